/**
 * The data of a CloudEvent in JSON: in the member `data`, or as bytes in `data_base64`; never in both.
 *
 * 1. Data of a media type that is not JSON is text, or bytes.
 * 2. `data: null` is data that is null; `data_base64: null` is none.
 */
import { cloudEventInvalid } from './invalid.js'
import { jsonData } from './json-data.js'

interface Payload {
  readonly data?: unknown
  readonly data_base64?: string
}

const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/
// Subtype json, or one that ends in +json; whatever the parameters.
const JSON_TYPE = /^[^;\s]+[/+]json\s*(;|$)/i

/** The members that hold `data`. */
export function payloadOf(data: unknown, datacontenttype: string | undefined): Payload {
  if (data === undefined) return {}
  if (data instanceof Uint8Array) return { data_base64: Buffer.from(data).toString('base64') }
  assertTextIfNotJson(data, datacontenttype)
  return { data: jsonData(data, 'data') }
}

/** The data that the members hold; `undefined` if there is none. */
export function readPayload(
  { data, data_base64 }: Readonly<Record<string, unknown>>,
  type: string | undefined,
): unknown {
  if (data_base64 === undefined || data_base64 === null) {
    if (data === undefined) return undefined
    assertTextIfNotJson(data, type)
    return jsonData(data, 'data')
  }
  if (data !== undefined) throw cloudEventInvalid('data_base64', 'must not be there beside data')
  return readBytes(data_base64)
}

function assertTextIfNotJson(data: unknown, datacontenttype = 'application/json'): void {
  if (!JSON_TYPE.test(datacontenttype) && typeof data !== 'string')
    throw cloudEventInvalid('data', `must be text or bytes, as the media type is ${datacontenttype}`)
}

function readBytes(base64: unknown): Uint8Array {
  if (typeof base64 !== 'string' || base64.length % 4 !== 0 || !BASE64.test(base64))
    throw cloudEventInvalid('data_base64', 'must be Base64')
  return new Uint8Array(Buffer.from(base64, 'base64'))
}

/**
 * Envelopes as CloudEvents 1.0 in structured JSON, for bridges to what is not Roscius: an HTTP hook, a queue, a broker.
 *
 * 1. What `toCloudEvent` answers is plain JSON that `fromCloudEvent` takes; it gives the same envelope back.
 * 2. What comes from outside is data: an address stays a text, and never becomes a ref by itself.
 */
import { isPlainPrototype } from '../persistence/storable.js'
import { attributesOf, type Members, readAttributes } from './cloud-events/attributes.js'
import type { EventEnvelope } from './cloud-events/event-envelope.js'
import { cloudEventInvalid } from './cloud-events/invalid.js'
import { payloadOf, readPayload } from './cloud-events/payload.js'

/** Media type of one CloudEvent as JSON. */
export const CLOUD_EVENT_TYPE = 'application/cloudevents+json'

/** A CloudEvent 1.0 as JSON has it: what `JSON.stringify` is given. Other members are attributes of extensions. */
export interface CloudEvent {
  readonly specversion: '1.0'
  readonly id: string
  readonly source: string
  readonly type: string
  readonly subject?: string
  /** RFC 3339. */
  readonly time?: string
  readonly datacontenttype?: string
  readonly dataschema?: string
  readonly data?: unknown
  /** Bytes, in place of `data`. */
  readonly data_base64?: string
  readonly [attribute: string]: unknown
}

/**
 * The envelope as a CloudEvent, which shares nothing with it. Refs in its data become their addresses. Throws
 * `CLOUD_EVENT_INVALID` with the path of what CloudEvents or JSON can't hold (a Map, a Date, a bigint, bytes inside data).
 *
 * @example
 * ```ts
 * import { CLOUD_EVENT_TYPE, toCloudEvent, wrapEvent } from 'roscius'
 *
 * const paid = wrapEvent({ type: 'com.example.paid', amount: 5 }, { id: '1', source: 'roscius://shop/orders/o1' })
 * await fetch('https://hooks.example.com', {
 *   method: 'POST',
 *   headers: { 'content-type': CLOUD_EVENT_TYPE },
 *   body: JSON.stringify(toCloudEvent(paid)),
 * })
 * ```
 */
export function toCloudEvent({ data, ...envelope }: EventEnvelope): CloudEvent {
  const isBytes = data instanceof Uint8Array && envelope.datacontenttype === undefined
  const attributes = attributesOf(isBytes ? { ...envelope, datacontenttype: 'application/octet-stream' } : envelope)
  return { ...attributes, ...payloadOf(data, envelope.datacontenttype) } as unknown as CloudEvent
}

/**
 * The envelope of a CloudEvent: of its JSON text, or of what that was parsed to. Members that are `null` are not there,
 * but for `data`. Throws `CLOUD_EVENT_INVALID` with the path of what is wrong.
 *
 * @example
 * ```ts
 * import { fromCloudEvent, unwrapEvent } from 'roscius'
 *
 * const text = '{"specversion":"1.0","id":"1","source":"/tills/3","type":"PAID","data":{"amount":5}}'
 * console.log(unwrapEvent(fromCloudEvent(text))) // { amount: 5, type: 'PAID' }
 * ```
 */
export function fromCloudEvent(json: unknown): EventEnvelope {
  const { data, data_base64, ...members } = membersOf(typeof json === 'string' ? parsed(json) : json)
  const attributes = readAttributes(
    Object.fromEntries(Object.entries(members).filter(([, value]) => value !== null && value !== undefined)),
  )
  const payload = readPayload({ data, data_base64 }, attributes.datacontenttype)
  return payload === undefined ? attributes : { ...attributes, data: payload }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw cloudEventInvalid('', `must be JSON: ${(error as Error).message}`)
  }
}

function membersOf(json: unknown): Members {
  if (typeof json !== 'object' || json === null || !isPlainPrototype(Object.getPrototypeOf(json)))
    throw cloudEventInvalid('', 'must be a JSON object')
  return json as Members
}

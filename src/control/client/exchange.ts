/** One request to a running system and its answer, over the network or over the socket of its store. */
import { type RequestOptions, request } from 'node:http'
import { RosciusError } from '../../core/errors.js'
import { errorOf } from '../http/told-problem.js'
import { problemSchema } from '../protocol/common.js'

const ANSWER_MS = 40_000
const MAX_ANSWER_BYTES = 64_000_000

/** Where it is: a socket, or a URL with a token. */
export type Place =
  | { readonly kind: 'socket'; readonly path: string }
  | { readonly kind: 'url'; readonly url: string; readonly token: string }

export interface Ask {
  readonly method: string
  /** With its query, below the place. */
  readonly path: string
  readonly body?: unknown
  /** Who asks, for the audit trail. */
  readonly by?: string | undefined
}

/** The text of the answer. Throws what it was refused with, and `STORE_FAILED` if nobody answers. */
export async function exchange(place: Place, ask: Ask): Promise<string> {
  const { status, text } = await spoken(place, ask)
  if (status >= 200 && status < 300) return text
  throw errorOf(problemSchema.parse(JSON.parse(text)).error)
}

export function headersFor(place: Place, by: string | undefined): Record<string, string> {
  return {
    ...(place.kind === 'url' && { authorization: `Bearer ${place.token}` }),
    ...(by !== undefined && { 'roscius-by': encodeURIComponent(by) }),
  }
}

function spoken(
  place: Place,
  { method, path, body, by }: Ask,
): Promise<{ readonly status: number; readonly text: string }> {
  const text = body === undefined ? undefined : JSON.stringify(body)
  const headers = {
    ...headersFor(place, by),
    ...(text !== undefined && { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }),
  }
  return new Promise((resolve, reject) => {
    const fail = (why: string): void => {
      asked.destroy()
      reject(noAnswer(why))
    }
    const asked = request({ ...whereOf(place, path), method, headers, agent: false, timeout: ANSWER_MS }, (answer) => {
      const parts: Buffer[] = []
      let bytes = 0
      answer.on('data', (part: Buffer) => {
        bytes += part.length
        if (bytes > MAX_ANSWER_BYTES) fail('its answer is too long')
        parts.push(part)
      })
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, text: Buffer.concat(parts).toString('utf8') }))
      answer.on('error', ({ message }) => fail(message))
    })
    asked.on('timeout', () => fail(`nothing came for ${ANSWER_MS / 1_000} s`))
    asked.on('error', ({ message }) => fail(message))
    asked.end(text)
  })
}

function whereOf(place: Place, path: string): RequestOptions {
  if (place.kind === 'socket') return { socketPath: place.path, path, host: 'localhost' }
  const { hostname, port, pathname } = new URL(place.url)
  return { host: hostname.replace(/^\[(.*)\]$/, '$1'), port, path: `${pathname.replace(/\/$/, '')}${path}` }
}

export function noAnswer(why: string): RosciusError {
  return new RosciusError('STORE_FAILED', `The system that has the store open did not answer: ${why}.`)
}

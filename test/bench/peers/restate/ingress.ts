/**
 * Calls handlers through the server's ingress, over one connection of HTTP/2.
 *
 * The client of the SDK does the same with `fetch`, over a connection of HTTP/1.1 for each call that is outstanding: slower.
 */
import { type ClientHttp2Session, type ClientHttp2Stream, connect } from 'node:http2'

export interface Ingress extends AsyncDisposable {
  /** Resolves with what the handler answers; `path` is `<service>/<handler>` or `<object>/<key>/<handler>`. */
  call<T>(path: string, input: unknown, headers?: Headers): Promise<T>
  /** Resolves once the server has accepted it durably. */
  send(path: string, input: unknown, delayMs?: number): Promise<void>
}

type Headers = Readonly<Record<string, string>>

/** As long as nothing may come while a call is outstanding. */
const SILENCE_MS = 60_000

export function connectIngress(url: string): Ingress {
  const session = connect(url)
  let outstanding = 0
  session.setTimeout(SILENCE_MS, () => outstanding > 0 && session.destroy(new Error('the ingress says nothing')))
  // Each call that is outstanding is told as well.
  session.on('error', () => undefined)
  const post = async (path: string, input: unknown, headers?: Headers): Promise<string> => {
    outstanding++
    try {
      return await posted(session, path, input, headers)
    } finally {
      outstanding--
    }
  }
  return {
    call: async (path, input, headers) => JSON.parse(await post(path, input, headers)),
    send: async (path, input, delayMs) => {
      await post(`${path}/send${delayMs === undefined ? '' : `?delay=${delayMs}ms`}`, input)
    },
    [Symbol.asyncDispose]: async () => session.destroy(),
  }
}

async function posted(session: ClientHttp2Session, path: string, input: unknown, headers?: Headers): Promise<string> {
  const json = { ':method': 'POST', ':path': `/${path}`, 'content-type': 'application/json' }
  const stream = session.request({ ...json, ...headers })
  stream.end(JSON.stringify(input))
  return await answer(stream)
}

function answer(stream: ClientHttp2Stream): Promise<string> {
  return new Promise((resolve, reject) => {
    let status = 0
    let body = ''
    stream.setEncoding('utf8')
    stream.on('response', (headers) => {
      status = headers[':status'] ?? 0
    })
    stream.on('data', (part: string) => {
      body += part
    })
    stream.on('end', () => (status >= 200 && status < 300 ? resolve(body) : reject(new Error(`${status}: ${body}`))))
    stream.on('error', reject)
    stream.on('close', () => reject(new Error('the connection to the ingress was closed')))
  })
}

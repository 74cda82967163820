/** Requests and WebSockets as nobody's client makes them: every header as it is given. */
import { type IncomingHttpHeaders, request } from 'node:http'
import { connect } from 'node:net'
import { WebSocket } from 'ws'

export interface RawAsk {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Buffer
}

export interface RawAnswer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly text: string
  /** The body as JSON. */
  json<T = Record<string, unknown>>(): T
  /** The code of the error in it. */
  readonly code: string | undefined
}

/** `path` goes out as it is, dots and all. */
export function ask(
  port: number,
  path: string,
  { method = 'GET', headers = {}, body }: RawAsk = {},
): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    const asked = request({ host: '127.0.0.1', port, path, method, headers, agent: false }, (answer) => {
      const parts: Buffer[] = []
      answer.on('data', (part: Buffer) => parts.push(part))
      answer.on('end', () => {
        const text = Buffer.concat(parts).toString()
        const json = <T>(): T => JSON.parse(text) as T
        const code = text.startsWith('{"error"') ? json<{ error: { code: string } }>().error.code : undefined
        resolve({ status: answer.statusCode ?? 0, headers: answer.headers, text, json, code })
      })
    })
    asked.on('error', reject)
    asked.end(body)
  })
}

/** With a body of JSON, from a page of the console itself. */
export function post(
  port: number,
  path: string,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): Promise<RawAnswer> {
  const own = { 'content-type': 'application/json', ...headers }
  return ask(port, path, { method: 'POST', headers: own, body: typeof body === 'string' ? body : JSON.stringify(body) })
}

/** What bytes are answered, up to the end of the connection. */
export function sayBytes(port: number, bytes: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1')
    let heard = ''
    socket.on('data', (part) => {
      heard += String(part)
    })
    socket.on('close', () => resolve(heard)).on('error', reject)
    socket.write(bytes)
  })
}

/** A WebSocket, with what came over it. */
export class RawSocket {
  readonly frames: Record<string, unknown>[] = []
  readonly opened: Promise<boolean>
  /** Status that it was refused with. */
  status: number | undefined
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>
  readonly socket: WebSocket

  constructor(url: string, headers: Readonly<Record<string, string>> = {}) {
    this.socket = new WebSocket(url, { headers: { ...headers }, perMessageDeflate: false })
    this.socket.on('message', (data) => this.frames.push(JSON.parse(String(data))))
    this.socket.on('unexpected-response', (_, { statusCode }) => {
      this.status = statusCode
      this.socket.terminate()
    })
    this.opened = new Promise((resolve) => {
      this.socket.on('open', () => resolve(true)).on('error', () => resolve(false))
    })
    this.closed = new Promise((resolve) => {
      this.socket.on('close', (code, reason) => resolve({ code, reason: reason.toString() }))
    })
  }

  say(value: unknown): void {
    this.socket.send(typeof value === 'string' ? value : JSON.stringify(value))
  }

  of(id: string): Record<string, unknown>[] {
    return this.frames.filter((frame) => frame.id === id)
  }
}

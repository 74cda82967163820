/**
 * The clients that came by HTTP. Each introduces itself, gets a session, and names it in every request from then on.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { refusalOf, refuse } from './http-door.js'
import type { HttpClient, McpServerSdk } from './sdk-server.js'
import type { ReadHttp } from './serve-options.js'

interface Session {
  readonly client: HttpClient
  /** Requests that are being answered, streams included. */
  running: number
}

export class HttpSessions {
  /** The one that was used last is the last. */
  readonly #sessions = new Map<string, Session>()
  #isClosed = false

  constructor(
    private readonly sdk: McpServerSdk,
    private readonly http: ReadHttp,
  ) {}

  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const refusal = await refusalOf(request, this.http)
      if (refusal !== undefined) return refuse(response, ...refusal)
      if (this.#isClosed) return refuse(response, 503, 'This server is closing.')
      await this.#admit(request, response)
    } catch {
      if (response.headersSent) response.destroy()
      else refuse(response, 500, 'The request could not be handled.')
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true
    await Promise.all([...this.#sessions.values()].map(({ client }) => client.close()))
  }

  async #admit(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const id = request.headers['mcp-session-id']
    if (id === undefined) return this.#introduce(request, response)
    const session = typeof id === 'string' ? this.#sessions.get(id) : undefined
    if (typeof id !== 'string' || session === undefined) return refuse(response, 404, 'There is no such session.')
    // It has left while it was asked who it is: its end would not be told again.
    if (response.closed) return
    this.#sessions.delete(id)
    this.#sessions.set(id, session)
    session.running++
    response.once('close', () => session.running--)
    await session.client.handle(request, response)
  }

  /** A client that is not known yet; one that doesn't introduce itself is not kept. */
  async #introduce(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (!(await this.#hasRoom())) return refuse(response, 503, 'Too many clients.')
    let id: string | undefined
    const client = await this.sdk.http(() => id !== undefined && this.#sessions.delete(id))
    await client.handle(request, response)
    id = client.sessionId()
    if (id === undefined || this.#isClosed) return client.close()
    this.#sessions.set(id, { client, running: 0 })
  }

  /** Makes some, if it can. */
  async #hasRoom(): Promise<boolean> {
    if (this.#sessions.size < this.http.maxSessions) return true
    const idle = [...this.#sessions.values()].find(({ running }) => running === 0)
    await idle?.client.close()
    return idle !== undefined
  }
}

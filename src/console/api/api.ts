/**
 * The control API as the page speaks it: JSON below the page's base, with the session's cookie.
 *
 * 1. Whoever is told that there is no session hears it here first: `onSignedOut`.
 * 2. Every failure is an `ApiError`; an abort stays an `AbortError`.
 */
import { ApiError } from './api-error.js'

export type Query = Readonly<Record<string, string | number | boolean | undefined>>

export class Api {
  onSignedOut: () => void = () => {}

  constructor(
    /** The page's base, with a `/` at its end. */
    readonly base: URL,
  ) {}

  urlOf(route: string, query: Query = {}): URL {
    const url = new URL(`api/${route}`, this.base)
    for (const [name, value] of Object.entries(query))
      if (value !== undefined && value !== '') url.searchParams.set(name, String(value))
    return url
  }

  async get<T>(route: string, query?: Query, signal?: AbortSignal): Promise<T> {
    return (await (await this.#asked(this.urlOf(route, query), { signal: signal ?? null })).json()) as T
  }

  async text(route: string, query?: Query, signal?: AbortSignal): Promise<string> {
    return (await this.#asked(this.urlOf(route, query), { signal: signal ?? null })).text()
  }

  async post<T>(route: string, body: unknown): Promise<T> {
    const headers = { 'content-type': 'application/json' }
    const answer = await this.#asked(this.urlOf(route), { method: 'POST', headers, body: JSON.stringify(body) })
    return read(await answer.text()) as T
  }

  async delete(route: string): Promise<void> {
    await this.#asked(this.urlOf(route), { method: 'DELETE' })
  }

  async #asked(url: URL, init: RequestInit): Promise<Response> {
    const answer = await fetch(url, { credentials: 'same-origin', cache: 'no-store', ...init }).catch(
      (error: unknown) => {
        if (error instanceof DOMException && error.name === 'AbortError') throw error
        throw new ApiError(0, 'UNREACHABLE', 'The node does not answer. It may have ended, or the connection is gone.')
      },
    )
    if (answer.ok) return answer
    if (answer.status === 401) this.onSignedOut()
    throw problemOf(answer.status, await answer.text())
  }
}

function problemOf(status: number, text: string): ApiError {
  const body = read(text) as
    | { error?: { code?: string; message?: string; details?: Record<string, unknown> } }
    | undefined
  const { code = `HTTP_${status}`, message = `The node answered with status ${status}.`, details } = body?.error ?? {}
  return new ApiError(status, code, message, details)
}

function read(text: string): unknown {
  try {
    return text === '' ? undefined : JSON.parse(text)
  } catch {
    return undefined
  }
}

/**
 * Who looks: a token, from the address that the node printed, becomes a cookie that scripts can't read.
 *
 * The token leaves the address bar before anything else happens, so that it is neither copied nor kept in the history.
 */

import { useSyncExternalStore } from 'react'
import type { Session } from '../../control/protocol/node.js'
import type { Api } from './api.js'
import { type ApiError, asApiError } from './api-error.js'

export type SessionState =
  | { readonly kind: 'opening' }
  | { readonly kind: 'in'; readonly session: Session }
  /** `refused`: a token was given, and is not taken. `isOver`: there was a session, and the node does not know it any more. */
  | { readonly kind: 'out'; readonly refused: ApiError | undefined; readonly isOver: boolean }
  | { readonly kind: 'unreachable'; readonly problem: ApiError }

export class SessionDesk {
  readonly #listeners = new Set<() => void>()
  #state: SessionState = { kind: 'opening' }

  constructor(readonly api: Api) {
    api.onSignedOut = () => {
      if (this.#state.kind === 'in') this.#become({ kind: 'out', refused: undefined, isOver: true })
    }
  }

  readonly state = (): SessionState => this.#state

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** With the token of the address, if there is one; else with the cookie of before. */
  async open(): Promise<void> {
    const token = takenFromAddress()
    return token === undefined ? this.look() : this.signIn(token)
  }

  async signIn(token: string): Promise<void> {
    this.#become({ kind: 'opening' })
    try {
      await this.api.post('session', { token })
      await this.look()
    } catch (error) {
      this.#refused(asApiError(error), true)
    }
  }

  async look(): Promise<void> {
    try {
      this.#become({ kind: 'in', session: await this.api.get<Session>('session') })
    } catch (error) {
      this.#refused(asApiError(error), false)
    }
  }

  async signOut(): Promise<void> {
    await this.api.delete('session').catch(() => {})
    this.#become({ kind: 'out', refused: undefined, isOver: false })
  }

  #refused(problem: ApiError, hadToken: boolean): void {
    if (problem.status === 401 || problem.status === 403 || problem.status === 400)
      this.#become({ kind: 'out', refused: hadToken ? problem : undefined, isOver: false })
    else this.#become({ kind: 'unreachable', problem })
  }

  #become(state: SessionState): void {
    this.#state = state
    for (const listener of this.#listeners) listener()
  }
}

export function useSessionState(desk: SessionDesk): SessionState {
  return useSyncExternalStore(desk.subscribe, desk.state)
}

function takenFromAddress(): string | undefined {
  const token = new URLSearchParams(location.hash.slice(1)).get('token')
  if (token === null) return undefined
  history.replaceState(history.state, '', location.pathname + location.search)
  return token
}

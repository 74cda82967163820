/** Sessions of browsers: what a cookie stands for. Bounded in number and in time; they end with the process. */
import type { Clock } from '../../core/clock.js'
import type { Role } from '../protocol/common.js'
import { digest, newToken } from './token.js'

/** Of each role: viewers can't push operators out. */
const MAX_SESSIONS = 200
const IDLE_MS = 12 * 3_600_000

interface Session {
  readonly role: Role
  usedMs: number
}

export class Sessions {
  /** The one unused for longest first. */
  readonly #sessions = new Map<string, Session>()

  constructor(private readonly clock: Clock) {}

  /** The secret of a new session. */
  begin(role: Role): string {
    const secret = newToken()
    this.#keep(keyOf(secret), { role, usedMs: this.clock.monotonic() })
    this.#forget(role)
    return secret
  }

  #forget(role: Role): void {
    const keys = [...this.#sessions].flatMap(([key, session]) => (session.role === role ? [key] : []))
    if (keys.length > MAX_SESSIONS) this.#sessions.delete(keys[0] as string)
  }

  roleOf(secret: string): Role | undefined {
    const key = keyOf(secret)
    const session = this.#sessions.get(key)
    if (session === undefined) return undefined
    const nowMs = this.clock.monotonic()
    this.#sessions.delete(key)
    if (nowMs - session.usedMs > IDLE_MS) return undefined
    this.#keep(key, { ...session, usedMs: nowMs })
    return session.role
  }

  end(secret: string): void {
    this.#sessions.delete(keyOf(secret))
  }

  #keep(key: string, session: Session): void {
    this.#sessions.set(key, session)
  }
}

function keyOf(secret: string): string {
  return digest(secret).toString('base64')
}

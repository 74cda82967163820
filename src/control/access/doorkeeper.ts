/**
 * Who gets in over the network, and as what. It decides; the server does.
 *
 * 1. Every request is for a known host. Whatever changes something, and every WebSocket, comes from no page at all or from one
 *    of this server; without an origin a cookie is worth nothing there.
 * 2. A role comes from a token (`Authorization: Bearer`) or from a session's cookie, and from nowhere else: a URL ends up in
 *    logs. (`/stately` is the exception: see `live/sockets.ts`.)
 * 3. An address that shows wrong tokens has to wait before it may show another; sessions that are open go on.
 */
import type { Clock } from '../../core/clock.js'
import { RosciusError } from '../../core/errors.js'
import { TokenBucket } from '../../remote/rate.js'
import type { Role } from '../protocol/common.js'
import { hostCheck, isSameOrigin } from './hosts.js'
import { Sessions } from './sessions.js'
import { isSameToken } from './token.js'

const WRONG_TOKENS = { burst: 10, perSecond: 0.2 }
const MAX_ADDRESSES = 1_000

export interface Keys {
  readonly token: string
  readonly viewerToken?: string | undefined
}

/** What of a request matters at the door. */
export interface Knock {
  readonly host: string | undefined
  readonly origin: string | undefined
  readonly authorization: string | undefined
  readonly cookie: string | undefined
  /** IP address of the caller, where it is known. */
  readonly address: string
}

/** Refused, and with which status. */
export class Refused extends Error {
  constructor(
    readonly status: 401 | 403 | 429 | 503,
    readonly error: RosciusError,
  ) {
    super(error.message)
  }
}

/** Of a control that was closed, in a server that goes on. */
export function closed(): Refused {
  return denied(503, 'closed', 'The console is closed.')
}

export interface DoorkeeperOptions {
  readonly keys: Keys
  readonly allowedHosts: readonly string[]
  readonly clock: Clock
}

/** What is asked at a door, whoever may come through it. */
export interface Door {
  readonly kind: 'network' | 'socket'
  assertHost(knock: Knock): void
  assertOrigin(knock: Knock): void
  roleFor(needed: Role, knock: Knock): Role
  roleOf(knock: Knock): Role | undefined
  signIn(token: string, knock: Knock, path: string): string
  signOut(knock: Knock, path: string): string
}

/** Whoever reaches the socket of a store's owner is the owner: the file system has seen to that. No page can reach it. */
export const ownersDoor: Door = {
  kind: 'socket',
  assertHost: () => undefined,
  assertOrigin: () => undefined,
  roleFor: () => 'operator',
  roleOf: () => 'operator',
  signIn: () => '',
  signOut: () => '',
}

export class Doorkeeper implements Door {
  readonly kind = 'network'
  readonly #sessions: Sessions
  readonly #isOurs: (host: string) => boolean
  readonly #wrong = new Map<string, TokenBucket>()

  constructor(private readonly options: DoorkeeperOptions) {
    this.#sessions = new Sessions(options.clock)
    this.#isOurs = hostCheck(options.allowedHosts)
  }

  /** Throws `Refused` if the request is for somebody else, or made by a page of another site. */
  assertHost({ host }: Knock): void {
    if (host !== undefined && this.#isOurs(host)) return
    throw denied(403, 'host', `The host ${quoted(host)} is not among allowedHosts.`)
  }

  /** Of requests that change something, and of WebSockets. */
  assertOrigin({ host, origin, authorization }: Knock): void {
    if (origin === undefined && authorization !== undefined) return
    if (origin !== undefined && isSameOrigin(origin, host ?? '')) return
    throw denied(403, 'origin', `The origin ${quoted(origin)} is not this console.`)
  }

  /** Throws `Refused` unless the caller has that role, or a greater one. */
  roleFor(needed: Role, knock: Knock): Role {
    const role = this.roleOf(knock)
    if (role === undefined)
      throw denied(
        401,
        'token',
        'Open the URL that the console printed, or send its token as `Authorization: Bearer <token>`.',
      )
    if (needed === 'operator' && role !== 'operator') throw denied(403, 'role', 'A viewer may look, and not act.')
    return role
  }

  /** The role of a caller, if he has any. A wrong token is refused; a cookie that has ended is none. */
  roleOf({ authorization, cookie, host, address }: Knock): Role | undefined {
    if (authorization !== undefined) return this.#roleOfToken(bearer(authorization), address)
    const secret = cookieIn(cookie, cookieName(host))
    return secret === undefined ? undefined : this.#sessions.roleOf(secret)
  }

  /** Throws `Refused` if it is wrong, or if too many wrong ones came from there. */
  #roleOfToken(given: string, address: string): Role {
    const { token, viewerToken } = this.options.keys
    const bucket = this.#wrong.get(address)
    if (bucket !== undefined && !bucket.take()) throw tooMany()
    const isOperator = isSameToken(given, token)
    const isViewer = isSameToken(given, viewerToken ?? token)
    if (isOperator || isViewer) {
      this.#wrong.delete(address)
      return isOperator ? 'operator' : 'viewer'
    }
    if (bucket === undefined) this.#suspect(address)
    throw denied(401, 'token', 'The token is wrong. A console makes a new one each time it starts.')
  }

  #suspect(address: string): void {
    this.#wrong.set(address, new TokenBucket(WRONG_TOKENS, this.options.clock))
    if (this.#wrong.size > MAX_ADDRESSES) this.#wrong.delete(this.#wrong.keys().next().value as string)
  }

  // --- sessions of browsers ---

  /** Begins a session; answers its `Set-Cookie`. `path`: below which the cookie is sent. Throws `Refused`. */
  signIn(token: string, { host, origin, address }: Knock, path: string): string {
    const secret = this.#sessions.begin(this.#roleOfToken(token, address))
    return `${cookieName(host)}=${secret}; ${attributes(path, origin)}`
  }

  /** Ends the session, and takes its cookie away. */
  signOut({ cookie, host, origin }: Knock, path: string): string {
    const secret = cookieIn(cookie, cookieName(host))
    if (secret !== undefined) this.#sessions.end(secret)
    return `${cookieName(host)}=; Max-Age=0; ${attributes(path, origin)}`
  }
}

/** One of its own for each port: all ports of a host share their cookies. */
function cookieName(host = ''): string {
  return `roscius_${host.toLowerCase().replaceAll(/[^a-z0-9]/g, '_')}`
}

function attributes(path: string, origin: string | undefined): string {
  const isSecure = origin?.startsWith('https:') === true
  return `Path=${path}; HttpOnly; SameSite=Strict${isSecure ? '; Secure' : ''}`
}

function bearer(authorization: string): string {
  return /^bearer +(\S+)$/i.exec(authorization)?.[1] ?? ''
}

function cookieIn(header: string | undefined, name: string): string | undefined {
  const found = header?.split(';').find((part) => part.trimStart().startsWith(`${name}=`))
  return found?.trim().slice(name.length + 1)
}

function denied(status: 401 | 403 | 503, why: string, message: string): Refused {
  return new Refused(status, new RosciusError('ACCESS_DENIED', message, { details: { why } }))
}

function tooMany(): Refused {
  const message = 'Too many wrong tokens came from there. Wait a minute.'
  return new Refused(429, new RosciusError('RATE_LIMITED', message, { details: { why: 'token' } }))
}

function quoted(text: string | undefined): string {
  return text === undefined ? '(none)' : JSON.stringify(text.slice(0, 200))
}

/**
 * WebSockets of a server: who may open one, at which path, and how long it lives.
 *
 * 1. Host, origin and role are looked at before anything is read from the socket; a refused one is answered with the same status
 *    as a request would be.
 * 2. There are never more than so many at once, and viewers never take those that are kept for operators. One that gives no sign
 *    of life over a heartbeat is ended.
 * 3. A socket that was opened with a session ends when that does, at the next heartbeat.
 */
import { type IncomingMessage, type Server, STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Clock } from '../../core/clock.js'
import { type Upgrade, upgrades, type WebSocket } from '../../remote/websocket/ws.js'
import { type Door, type Knock, Refused } from '../access/doorkeeper.js'
import type { Role } from '../protocol/common.js'
import type { ViewerSocket } from './live-viewer.js'
import { CLOSED, VIEWER } from './viewer-limits.js'

/** What is done with the sockets of one path: `heard` is called with each text, `close` at the end. */
export interface Attendant {
  attend(socket: ViewerSocket, role: Role): { heard(text: string): void; close(): void }
  /**
   * Whether a token may be in the URL, from a page of any site: for receivers that have nothing else. What a browser sends by itself
   * (a cookie) is worth nothing then.
   */
  readonly takesTokenInUrl?: boolean
}

const CLOSE_MS = 2_000
/** What a reason of a close frame may have, in bytes. */
const MAX_REASON_BYTES = 120

interface Open {
  readonly webSocket: WebSocket
  readonly knock: Knock
  isHeard: boolean
}

export class Sockets {
  readonly #upgrade: Upgrade = upgrades({ maxFrameBytes: VIEWER.maxRequestBytes, closeTimeoutMs: CLOSE_MS })
  readonly #open = new Set<Open>()
  #isClosed = false
  #cancelBeat: (() => void) | undefined

  /** `paths`: below `base`. */
  constructor(
    private readonly door: Door,
    private readonly base: string,
    private readonly paths: ReadonlyMap<string, Attendant>,
    private readonly clock: Clock,
  ) {}

  /** Upgrades of other paths are left to others; where there are none, they are answered 404. */
  attachTo(server: Server): { close(): void } {
    const onUpgrade = (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
      const attendant = this.paths.get(this.#pathOf(request))
      if (attendant !== undefined) this.#admit(request, socket, head, attendant)
      else if (server.listenerCount('upgrade') === 1) turnAway(socket, 404)
    }
    server.on('upgrade', onUpgrade)
    return { close: () => void server.off('upgrade', onUpgrade) }
  }

  /** Ends what is open, and turns away who comes later. */
  close(): void {
    this.#isClosed = true
    this.#cancelBeat?.()
    this.#cancelBeat = undefined
    for (const { webSocket } of this.#open) webSocket.close(CLOSED.goingAway, 'the console is closed')
  }

  #pathOf({ url = '/' }: IncomingMessage): string {
    const [path = '/'] = url.split('?', 1)
    return path.startsWith(`${this.base}/`) ? path.slice(this.base.length) : ''
  }

  #admit(request: IncomingMessage, socket: Duplex, head: Buffer, attendant: Attendant): void {
    const shown = attendant.takesTokenInUrl === true ? tokenIn(request) : undefined
    const knock = knockOf(request, shown)
    let role: Role
    try {
      this.door.assertHost(knock)
      if (shown === undefined) this.door.assertOrigin(knock)
      role = this.door.roleFor('viewer', knock)
    } catch (error) {
      turnAway(socket, error instanceof Refused ? error.status : 500)
      return
    }
    if (this.#isClosed || this.#isFullFor(role)) turnAway(socket, 503)
    else this.#upgrade(request, socket, head, (webSocket) => this.#attend(webSocket, knock, attendant, role))
  }

  #isFullFor(role: Role): boolean {
    return this.#open.size >= VIEWER.maxViewers - (role === 'operator' ? 0 : VIEWER.keptForOperators)
  }

  #attend(webSocket: WebSocket, knock: Knock, attendant: Attendant, role: Role): void {
    const open: Open = { webSocket, knock, isHeard: true }
    this.#open.add(open)
    const viewer = attendant.attend(socketOf(webSocket), role)
    webSocket.on('pong', () => {
      open.isHeard = true
    })
    webSocket.on('message', (data, isBinary) => {
      open.isHeard = true
      if (isBinary) end(webSocket, CLOSED.badRequest, 'request: must be a text')
      else viewer.heard(String(data))
    })
    webSocket.on('error', () => webSocket.terminate())
    webSocket.on('close', () => {
      this.#open.delete(open)
      viewer.close()
    })
    this.#beat()
  }

  // --- signs of life ---

  #beat(): void {
    if (this.#cancelBeat !== undefined || this.#open.size === 0) return
    this.#cancelBeat = this.clock.schedule(() => {
      this.#cancelBeat = undefined
      for (const open of this.#open) this.#lookAfter(open)
      this.#beat()
    }, VIEWER.heartbeatMs)
  }

  #lookAfter(open: Open): void {
    const { webSocket, knock } = open
    if (!open.isHeard) webSocket.terminate()
    else if (!this.#isStillIn(knock)) end(webSocket, CLOSED.noSession, 'the session has ended')
    else webSocket.ping()
    open.isHeard = false
  }

  /** A token is good as long as the console is; it is not shown again, as others may have shown wrong ones from there. */
  #isStillIn(knock: Knock): boolean {
    return knock.authorization !== undefined || this.door.roleOf(knock) !== undefined
  }
}

function socketOf(webSocket: WebSocket): ViewerSocket {
  return {
    get bufferedBytes() {
      return webSocket.bufferedAmount
    },
    send: (text) => {
      if (webSocket.readyState === webSocket.OPEN) webSocket.send(text)
    },
    close: (code, reason) => end(webSocket, code, reason),
  }
}

function end(webSocket: WebSocket, code: number, reason: string): void {
  webSocket.close(code, cutTo(reason, MAX_REASON_BYTES))
}

function cutTo(text: string, bytes: number): string {
  return Buffer.byteLength(text) <= bytes
    ? text
    : new TextDecoder().decode(Buffer.from(text).subarray(0, bytes - 6)).replace(/\uFFFD+$/, '')
}

/** `shown`: a token that came in another way than in a header. */
function knockOf({ headers, socket }: IncomingMessage, shown: string | undefined): Knock {
  const { host, origin, cookie } = headers
  const authorization = shown === undefined ? headers.authorization : `Bearer ${shown}`
  return { host, origin, authorization, cookie, address: socket.remoteAddress ?? '' }
}

function tokenIn({ url = '/' }: IncomingMessage): string | undefined {
  const at = url.indexOf('?')
  return at < 0 ? undefined : (new URLSearchParams(url.slice(at)).get('token') ?? undefined)
}

function turnAway(socket: Duplex, status: number): void {
  socket.on('error', () => socket.destroy())
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`)
}

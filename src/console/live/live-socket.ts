/**
 * The live socket: topics that views ask for, and the frames of each.
 *
 * 1. Frames are handed on once an animation frame, all together, so that a thousand of them make one picture.
 * 2. When the connection ends it comes back by itself, later and later, and every topic is asked for anew: a topic of states
 *    then tells everything again.
 * 3. A connection on which nothing is heard is doubted: the node is asked by a plain request, and if it does not answer, the
 *    connection is given up.
 */
import type { LiveFrame, LiveRequest, Topic } from '../../control/protocol/live.js'
import type { Api } from '../api/api.js'

export type LiveStatus =
  | { readonly kind: 'connecting' }
  | { readonly kind: 'open' }
  /** Lost: tried again at `retryAtMs`. */
  | { readonly kind: 'waiting'; readonly retryAtMs: number; readonly sinceMs: number }

export type Sink = (frame: LiveFrame) => void

const BACKOFF_MS = [500, 1_000, 2_000, 4_000, 8_000, 15_000]
const SILENCE_MS = 20_000
/** An invisible page gets no animation frames. */
const HIDDEN_BATCH_MS = 500

export class Live {
  readonly #topics = new Map<string, { readonly to: Topic; readonly sink: Sink }>()
  readonly #listeners = new Set<() => void>()
  readonly #api: Api
  #status: LiveStatus = { kind: 'connecting' }
  #socket: WebSocket | undefined
  #retry: number | undefined
  #failures = 0
  #lastId = 0
  #heardAtMs = 0
  #lostAtMs = 0
  #waiting: LiveFrame[] = []
  #isPlanned = false
  #isOn = false

  constructor(api: Api) {
    this.#api = api
    window.addEventListener('online', () => this.retryNow())
    window.setInterval(() => void this.#doubt(), SILENCE_MS / 2)
  }

  readonly status = (): LiveStatus => this.#status

  readonly onStatus = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  start(): void {
    if (this.#isOn) return
    this.#isOn = true
    this.#connect()
  }

  stop(): void {
    this.#isOn = false
    window.clearTimeout(this.#retry)
    this.#socket?.close()
    this.#socket = undefined
  }

  /** Until the answer is called. */
  subscribe(to: Topic, sink: Sink): () => void {
    const id = `t${++this.#lastId}`
    this.#topics.set(id, { to, sink })
    this.#say({ op: 'subscribe', id, to })
    return () => {
      this.#topics.delete(id)
      this.#say({ op: 'unsubscribe', id })
    }
  }

  retryNow(): void {
    if (this.#status.kind === 'waiting' && this.#isOn) this.#connect()
  }

  // --- connection ---

  #connect(): void {
    window.clearTimeout(this.#retry)
    const url = this.#api.urlOf('live')
    url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:'
    const socket = new WebSocket(url)
    this.#socket = socket
    if (this.#failures === 0) this.#become({ kind: 'connecting' })
    socket.onopen = () => this.#opened()
    socket.onmessage = ({ data }) => this.#heard(socket, data)
    socket.onclose = () => this.#closed(socket)
  }

  #opened(): void {
    this.#failures = 0
    this.#heardAtMs = Date.now()
    for (const [id, { to }] of this.#topics) this.#say({ op: 'subscribe', id, to })
    this.#become({ kind: 'open' })
  }

  #closed(socket: WebSocket): void {
    if (socket !== this.#socket || !this.#isOn) return
    this.#socket = undefined
    if (this.#failures === 0) this.#lostAtMs = Date.now()
    const delayMs =
      (BACKOFF_MS[Math.min(this.#failures, BACKOFF_MS.length - 1)] as number) * (0.8 + Math.random() * 0.4)
    this.#failures++
    this.#retry = window.setTimeout(() => this.#connect(), delayMs)
    this.#become({ kind: 'waiting', retryAtMs: Date.now() + delayMs, sinceMs: this.#lostAtMs })
    // A refused upgrade looks like any other end: only a plain request tells that the session is over.
    void this.#api.get('session').catch(() => {})
  }

  async #doubt(): Promise<void> {
    const socket = this.#socket
    if (this.#status.kind !== 'open' || Date.now() - this.#heardAtMs < SILENCE_MS) return
    await this.#api.get('session').catch(() => {
      if (socket === undefined || socket !== this.#socket) return
      socket.close()
      this.#closed(socket)
    })
  }

  #say(request: LiveRequest): void {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(request))
  }

  #become(status: LiveStatus): void {
    this.#status = status
    for (const listener of this.#listeners) listener()
  }

  // --- frames ---

  #heard(socket: WebSocket, data: unknown): void {
    if (socket !== this.#socket || typeof data !== 'string') return
    this.#heardAtMs = Date.now()
    this.#waiting.push(JSON.parse(data) as LiveFrame)
    if (this.#isPlanned) return
    this.#isPlanned = true
    if (document.hidden) window.setTimeout(() => this.#handOn(), HIDDEN_BATCH_MS)
    else requestAnimationFrame(() => this.#handOn())
  }

  #handOn(): void {
    this.#isPlanned = false
    const frames = this.#waiting
    this.#waiting = []
    for (const frame of frames) this.#topics.get(frame.id)?.sink(frame)
  }
}

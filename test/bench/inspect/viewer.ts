/** One who looks, in a process of its own, as a page of the console does: over a real WebSocket, reading every frame. */
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { WebSocket } from 'ws'
import { APART, type SecondProcess, type Service, secondProcess } from '../harness/second-process.js'
import type { Place } from './watched-node.js'

/** How often the console reads a context that changes. */
const CONTEXT_MS = 400

export interface Look extends Place {
  /** As in the live protocol. */
  readonly topics: readonly object[]
  /** Whose context is read over HTTP whenever a frame says that it may have changed, as on the actor's page. */
  readonly contextOf?: string
}

/** First pictures of all actors that are asked for at once, to fill a socket from which nobody reads. */
const PICTURES = Array.from({ length: 40 }, (_, n) => `picture-${n}`)

/** What it has been told since it looks. */
export interface Heard {
  readonly frames: number
  readonly rows: number
  readonly items: number
  /** Items that were left out, as the node says. */
  readonly lost: number
  /** Frames of an actor, and contexts read. */
  readonly actors: number
  readonly contexts: number
}

interface TellingFrame {
  readonly kind?: string
  readonly rows?: readonly unknown[]
  readonly items?: readonly unknown[]
  readonly lost?: number
}

/** Reads a context again as the console does: at most so often, and once more for what has changed meanwhile. */
class ContextReader {
  read = 0
  #timer: NodeJS.Timeout | undefined
  #lastMs = 0

  constructor(private readonly look: Look) {}

  changed(): void {
    if (this.look.contextOf === undefined) return
    this.#timer ??= setTimeout(() => this.#read(), Math.max(0, this.#lastMs + CONTEXT_MS - performance.now()))
  }

  stop(): void {
    clearTimeout(this.#timer)
  }

  async #read(): Promise<void> {
    const { port, token, contextOf = '' } = this.look
    this.#lastMs = performance.now()
    const url = `http://127.0.0.1:${port}/api/actor/value?path=${encodeURIComponent(contextOf)}`
    const answer = await fetch(url, { headers: { authorization: `Bearer ${token}` } })
    if (!answer.ok) throw new Error(`${url}: ${answer.status}`)
    await answer.json()
    this.read++
    this.#timer = undefined
  }
}

class Looking {
  #heard = { frames: 0, rows: 0, items: 0, lost: 0, actors: 0 }
  readonly #contexts: ContextReader

  constructor(
    readonly socket: WebSocket,
    look: Look,
  ) {
    this.#contexts = new ContextReader(look)
    socket.on('message', (data) => this.#take(JSON.parse(String(data)) as TellingFrame))
    socket.on('error', () => undefined)
  }

  get heard(): Heard {
    return { ...this.#heard, contexts: this.#contexts.read }
  }

  say(request: object): void {
    this.socket.send(JSON.stringify(request))
  }

  leave(): void {
    this.#contexts.stop()
    this.socket.terminate()
  }

  #take({ kind, rows = [], items = [], lost = 0 }: TellingFrame): void {
    if (kind === 'refused') throw new Error('a topic was refused')
    const heard = this.#heard
    heard.frames++
    heard.rows += rows.length
    heard.items += items.length
    heard.lost += lost
    if (kind !== 'actor') return
    heard.actors++
    this.#contexts.changed()
  }
}

/** The service of the second process. */
export function openViewer() {
  let looking: Looking | undefined
  const open = async (path: string, look: Look): Promise<void> => {
    const headers = { authorization: `Bearer ${look.token}` }
    const socket = new WebSocket(`ws://127.0.0.1:${look.port}${path}`, { perMessageDeflate: false, headers })
    looking = new Looking(socket, look)
    await once(socket, 'open')
  }
  const leave = (): void => looking?.leave()
  return {
    calls: {
      async look(look: Look): Promise<void> {
        await open('/api/live', look)
        for (const [n, to] of look.topics.entries()) looking?.say({ op: 'subscribe', id: `t${n}`, to })
      },
      lookAsStately: (place: Place): Promise<void> => open('/stately', { ...place, topics: [] }),
      heard: (): Heard | undefined => looking?.heard,
      /** It stays connected, and asks for more than goes into its socket. */
      stopReading(): void {
        looking?.socket.pause()
        for (const id of PICTURES) looking?.say({ op: 'subscribe', id, to: { topic: 'tree' } })
      },
      /** What is sent from here on is what it looks at. */
      askNoMore(): void {
        for (const id of PICTURES) looking?.say({ op: 'unsubscribe', id })
      },
      leave,
    },
    [Symbol.asyncDispose]: async () => leave(),
  } satisfies Service
}

export type Viewer = SecondProcess<ReturnType<typeof openViewer>>

export function viewerProcess(): Promise<Viewer> {
  return secondProcess({ module: import.meta.url, name: openViewer.name, argument: undefined }, APART)
}

/** Throws unless that was told. */
export async function heardBy(viewer: Viewer): Promise<Heard> {
  const heard = await viewer.call('heard')
  if (heard === undefined) throw new Error('the viewer looks at nothing')
  return heard
}

/** Throws unless it has been told that within ten seconds: what is on the wire comes when it does. */
export async function heardUntil(viewer: Viewer, isEnough: (heard: Heard) => boolean): Promise<Heard> {
  for (let n = 0; n < 200; n++) {
    const heard = await heardBy(viewer)
    if (isEnough(heard)) return heard
    // It is another process: it can be asked, and does not call.
    await sleep(50)
  }
  throw new Error(`the viewer was told otherwise: ${JSON.stringify(await heardBy(viewer))}`)
}

/** The baseline of the remote rows: `ws` and msgpackr, with nothing around them. */
import { once } from 'node:events'
import { Packr } from 'msgpackr'
import { WebSocket, WebSocketServer } from 'ws'
import { APART, type SecondProcess, type Service, secondProcess } from '../harness/second-process.js'
import { type SyncedPuts, syncedPuts } from '../kernel/synced-puts.js'
import type { AgentEvent } from '../kernel/work.js'
import { type Answer, answerTo, type BareQuestion, bareQuestionOf } from './events.js'

/** What one of them asks, with what makes it as long as the envelope that it is compared with. */
type Asked = readonly [n: number, question: BareQuestion, padding: Uint8Array]
type Answered = readonly [n: number, answer: Answer, padding: Uint8Array]

const packr = new Packr({ useRecords: false })
const SETTINGS = { perMessageDeflate: false }
/** Above so many bytes that have not left, a sender waits. */
const BUFFERED_BYTES = 1_048_576

const NOTHING = Buffer.alloc(0)

/** What makes `message` so many bytes long, with a few to spare for the numbers that grow. */
function paddingOf(message: unknown, bytes: number): Buffer {
  return Buffer.alloc(Math.max(0, bytes - packr.pack(message).length))
}

export type BareFar = Awaited<ReturnType<typeof openBareFar>>

export interface BareFarOptions {
  /** How long an answer is, about. Default: as short as it can be. */
  readonly answerBytes?: number
  /** Where as many bytes are stored, and synced, before an answer leaves; nowhere unless given. */
  readonly store?: { readonly path: string; readonly bytes: number }
}

/** Answers questions at `/ask`; at `/tell` counts the events of each message, which is a list of them. */
export async function openBareFar({ answerBytes = 0, store }: BareFarOptions) {
  const server = new WebSocketServer({ ...SETTINGS, host: '127.0.0.1', port: 0 })
  await once(server, 'listening')
  const puts: SyncedPuts | undefined = store && (await syncedPuts(store.path, store.bytes))
  const padding = paddingOf([0, answerTo(bareQuestionOf(0)), NOTHING] satisfies Answered, answerBytes)
  let told = 0
  let onTold = (): void => undefined
  server.on('connection', (socket, { url }) => {
    socket.on('message', async (data: Buffer) => {
      const message: unknown = packr.unpack(data)
      if (url === '/tell') {
        told += (message as readonly AgentEvent[]).length
        onTold()
        return
      }
      const [n, question] = message as Asked
      if (puts !== undefined) await puts.measure(1)
      socket.send(packr.pack([n, answerTo(question), padding] satisfies Answered))
    })
  })
  return {
    calls: {
      address: (): string => `ws://127.0.0.1:${(server.address() as { readonly port: number }).port}`,
      until: (count: number): Promise<void> =>
        new Promise((resolve) => {
          onTold = () => {
            if (told >= count) resolve()
          }
          onTold()
        }),
    },
    async [Symbol.asyncDispose](): Promise<void> {
      for (const socket of server.clients) socket.terminate()
      server.close()
      await puts?.[Symbol.asyncDispose]()
    },
  } satisfies Service
}

/** The side that asks and tells. */
export class Bare implements AsyncDisposable {
  readonly #waiting = new Map<number, () => void>()
  readonly #padding: Buffer
  #n = 0
  #told = 0

  private constructor(
    private readonly far: SecondProcess<BareFar>,
    private readonly asking: WebSocket,
    private readonly telling: WebSocket,
    askBytes: number,
  ) {
    this.#padding = paddingOf([0, bareQuestionOf(0), NOTHING] satisfies Asked, askBytes)
    asking.on('message', (data: Buffer) => this.#take(packr.unpack(data) as Answered))
  }

  static async open(far: SecondProcess<BareFar>, askBytes = 0): Promise<Bare> {
    const address = await far.call('address')
    const sockets = ['ask', 'tell'].map((path) => new WebSocket(`${address}/${path}`, SETTINGS))
    await Promise.all(sockets.map((socket) => once(socket, 'open')))
    const [asking, telling] = sockets as [WebSocket, WebSocket]
    return new Bare(far, asking, telling, askBytes)
  }

  ask(): Promise<void> {
    const n = this.#n++
    return new Promise((resolve) => {
      this.#waiting.set(n, resolve)
      this.asking.send(packr.pack([n, bareQuestionOf(n), this.#padding] satisfies Asked))
    })
  }

  #take([n]: Answered): void {
    this.#waiting.get(n)?.()
    this.#waiting.delete(n)
  }

  /** Sends `count` events, `each` in a message; resolves when the other side has them all. */
  async tell(count: number, each: number, eventOf: (n: number) => AgentEvent): Promise<void> {
    for (let n = 0; n < count; n += each) {
      const events = Array.from({ length: Math.min(each, count - n) }, (_, index) => eventOf(n + index))
      this.telling.send(packr.pack(events))
      if (this.telling.bufferedAmount > BUFFERED_BYTES) await this.#drained()
    }
    this.#told += count
    await this.far.call('until', this.#told)
  }

  async #drained(): Promise<void> {
    while (this.telling.bufferedAmount > 0) await new Promise((resolve) => setImmediate(resolve))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.asking.terminate()
    this.telling.terminate()
  }
}

export function bareFar(options: BareFarOptions): Promise<SecondProcess<BareFar>> {
  return secondProcess<BareFar>({ module: import.meta.url, name: openBareFar.name, argument: options }, APART)
}

/** The two nodes of the remote rows, as a user makes them: `a` in the bench's process, `b` in the second one. */
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import {
  createSystem,
  type PeerFigures,
  type RosciusRef,
  type Store,
  type Transport,
  websocketTransport,
} from 'roscius'
import { sendTo, setup } from 'xstate'
import { APART, type Running, type SecondProcess, type Service, secondProcess } from '../harness/second-process.js'
import { countingStore, type Durability } from '../kernel/systems.js'
import { type AgentEvent, agent } from '../kernel/work.js'
import { answerTo, type Question } from './events.js'
import { noticed } from './noticed.js'

export interface NodeOptions {
  readonly store: string
  readonly durability: Durability
  /** Whether the bytes are counted that it writes. */
  readonly isCounted?: boolean
}

/** Answers each question, and keeps nothing. */
export const answerer = setup({ types: {} as { events: Question } }).createMachine({
  id: 'answerer',
  on: {
    ASK: {
      actions: sendTo(
        ({ event }) => event.replyTo,
        ({ event }) => answerTo(event),
      ),
    },
  },
})

/** Passes each event on to the actor that its input names. */
export const source = setup({
  types: {} as {
    context: { readonly sink: RosciusRef<typeof agent> }
    input: { readonly sink: RosciusRef<typeof agent> }
    events: AgentEvent
  },
}).createMachine({
  id: 'source',
  context: ({ input }) => ({ sink: input.sink }),
  on: {
    APPEND: {
      actions: sendTo(
        ({ context }) => context.sink,
        ({ event }) => event,
      ),
    },
  },
})

export type Far = Awaited<ReturnType<typeof openFar>>

/** Node `b`: takes what `a` sends, asks and starts. */
export async function openFar({ store: path, durability, isCounted = false }: NodeOptions) {
  const store = isCounted ? await countingStore(path) : undefined
  const system = await createSystem({
    name: 'b',
    store: store ?? path,
    logic: { agent: { logic: agent, durability }, answerer: { logic: answerer, durability: 'volatile' } },
    passivation: NEVER,
    development: false,
    listen: { port: 0 },
    peers: { a: { allow: 'everything' } },
    auth: { unauthenticated: 'loopback' },
  })
  const sinks: RosciusRef<typeof agent>[] = []
  return {
    calls: {
      address: (): string | undefined => system.listening,
      async sinks(count: number): Promise<void> {
        for (let n = 0; n < count; n++)
          sinks.push(await system.spawn('agent', { id: `sink-${n}`, input: { notesKb: 0 } }))
      },
      async answerer(): Promise<void> {
        await system.spawn('answerer', { id: 'answerer' })
      },
      /** How many bytes were written, if they are counted. */
      bytes: (): number => store?.bytes ?? 0,
      /** How many events all sinks have handled. */
      handled: (): number => handledBy(sinks),
      /** Answers when all sinks together have handled so many. */
      async until(count: number): Promise<void> {
        // A timer leaves the processor to what is measured, and its millisecond is small beside the whole.
        while (handledBy(sinks) < count) await sleep(1)
      },
    },
    [Symbol.asyncDispose]: () => system.stop(),
  } satisfies Service
}

function handledBy(sinks: readonly RosciusRef<typeof agent>[]): number {
  return sinks.reduce((sum, sink) => sum + sink.getSnapshot().context.count, 0)
}

export type NearSystem = Awaited<ReturnType<typeof openNear>>

interface NearOptions {
  readonly store: string | Store
  readonly address: string
  readonly durability: Durability
  readonly transport: Transport
}

/** Node `a`: dials `b`. */
export function openNear({ store, address, durability, transport }: NearOptions) {
  return createSystem({
    name: 'a',
    store,
    logic: { source: { logic: source, durability }, agent, answerer },
    passivation: NEVER,
    development: false,
    transport,
    peers: { b: address },
    auth: { unauthenticated: 'loopback' },
    links: { outbox: { maxCount: 1_000_000, maxBytes: 2 ** 30 } },
  })
}

const NEVER = { idleMs: 86_400_000, maxActive: Number.MAX_SAFE_INTEGER }

export interface Pair extends AsyncDisposable {
  readonly near: NearSystem
  readonly far: SecondProcess<Far>
  /** Resolves once no more than `most` of what `a` has sent wait to be confirmed by `b`. Default 0. */
  confirmed(most?: number): Promise<void>
  /** How many bytes each has written, if they are counted. */
  written(): Promise<{ readonly near: number; readonly far: number }>
}

export interface PairOptions {
  /** Whether the bytes are counted that both write. Default: no. */
  readonly isCounted?: boolean
  /** Default: on processors of their own. */
  readonly running?: Running
}

/** Both nodes, with stores below `folder`, linked. */
export async function openPair(
  folder: string,
  durability: Durability,
  { isCounted = false, running = APART }: PairOptions = {},
): Promise<Pair> {
  const argument: NodeOptions = { store: join(folder, 'b'), durability, isCounted }
  const far = await secondProcess<Far>({ module: import.meta.url, name: openFar.name, argument }, running)
  const address = (await far.call('address')) ?? ''
  const path = join(folder, 'a')
  const store = isCounted ? await countingStore(path) : undefined
  const { transport, nextFrame } = noticed(websocketTransport())
  const near = await openNear({ store: store ?? path, address, durability, transport })
  // Not measured: real sockets come up when they do.
  while (near.peer('b').figures()?.state !== 'up') await sleep(5)
  return {
    near,
    far,
    async confirmed(most = 0) {
      while (figuresOf(near).outbox.count > most) await nextFrame()
    },
    written: async () => ({ near: store?.bytes ?? 0, far: await far.call('bytes') }),
    async [Symbol.asyncDispose]() {
      await near.stop()
      await far[Symbol.asyncDispose]()
    },
  }
}

/** The link from `a` to `b`, in numbers. */
export function figuresOf(near: NearSystem): PeerFigures {
  const figures = near.peer('b').figures()
  if (figures === undefined) throw new Error('there is no link')
  return figures
}

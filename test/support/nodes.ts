import {
  createSystem,
  type LogicTable,
  memoryTransport,
  type System,
  type SystemEvent,
  type SystemOptions,
} from 'roscius'
import { type FaultStore, faultStore, faultyNetwork, seededRandom, simulatedClock } from 'roscius/testing'

type NodeOptions = Partial<SystemOptions<LogicTable>>

/** Several computers with one clock, on one network in memory. Each runs, crashes and is opened again on its own disk. */
export class Nodes<const TLogic extends LogicTable> {
  readonly clock = simulatedClock({ now: 1_000_000 })
  readonly network = faultyNetwork({ clock: this.clock })
  readonly stores = new Map<string, FaultStore>()
  readonly events = new Map<string, SystemEvent[]>()
  readonly #systems = new Map<string, System<TLogic>>()
  readonly #optionsOf = new Map<string, NodeOptions>()

  constructor(
    readonly logic: TLogic,
    readonly options: NodeOptions = {},
  ) {}

  /** Opens the node, as the last time where nothing is said; by default it may be told everything by all others. */
  async open(name: string, options: NodeOptions = this.#optionsOf.get(name) ?? {}): Promise<System<TLogic>> {
    this.#optionsOf.set(name, options)
    const store = this.stores.get(name) ?? faultStore({ random: seededRandom(name) })
    this.stores.set(name, store)
    // A store that crashes by itself takes its process with it.
    void store.crashed.then(() => this.cut(name))
    const opening = createSystem({
      name,
      clock: this.clock,
      random: seededRandom(`${name} ${this.clock.now()}`),
      logger: () => {},
      auth: { unauthenticated: 'loopback' },
      transport: memoryTransport(this.network, { name }),
      peers: { '*': { allow: 'everything' } },
      ...this.options,
      ...options,
      store,
      logic: this.logic,
    } as SystemOptions<TLogic>)
    const system = await this.run(opening)
    const events: SystemEvent[] = []
    this.events.set(name, events)
    system.on((event) => events.push(event))
    this.#systems.set(name, system)
    return system
  }

  /** Two nodes `a` and `b`, of which `a` dials. */
  async pair(options: { readonly a?: NodeOptions; readonly b?: NodeOptions } = {}) {
    const b = await this.open('b', { peers: { a: { allow: 'everything' } }, ...options.b })
    const a = await this.open('a', { peers: { b: { address: 'memory://b', allow: 'everything' } }, ...options.a })
    return { a, b }
  }

  system(name: string): System<TLogic> {
    const system = this.#systems.get(name)
    if (system === undefined) throw new Error(`The node ${name} is not open.`)
    return system
  }

  /** Breaks all connections of that node. */
  cut(name: string): void {
    for (const link of this.network.links) if (link.nodes.some((node) => node.name === name)) link.cut()
  }

  /** The process ends at once, without a word to others; perhaps its store has crashed by itself. */
  async crash(name: string, options: { readonly powerLoss?: boolean } = {}): Promise<void> {
    const system = this.#systems.get(name)
    const store = this.stores.get(name)
    this.#systems.delete(name)
    this.cut(name)
    if (store !== undefined && !hasCrashed(store)) store.crash(options)
    if (system !== undefined) await this.run(system.stop().catch(() => undefined))
    if (store !== undefined) this.stores.set(name, store.reopen())
  }

  async crashAndOpen(name: string, options: { readonly powerLoss?: boolean } = {}): Promise<System<TLogic>> {
    await this.crash(name, options)
    return this.open(name)
  }

  store(name: string): FaultStore {
    const store = this.stores.get(name)
    if (store === undefined) throw new Error(`The node ${name} has no store.`)
    return store
  }

  async stop(name: string): Promise<void> {
    const system = this.#systems.get(name)
    this.#systems.delete(name)
    if (system !== undefined) await this.run(system.stop())
    const store = this.stores.get(name)
    if (store !== undefined) this.stores.set(name, store.reopen())
  }

  /** Another disk, with nothing on it. */
  wipe(name: string): void {
    this.stores.delete(name)
  }

  /** Time goes on until the promise is settled. */
  async run<T>(promise: Promise<T>, limitMs = 120_000): Promise<T> {
    let isSettled = false
    const settled = promise.finally(() => {
      isSettled = true
    })
    settled.catch(() => undefined)
    for (let ms = 0; ms < limitMs && !isSettled; ms += 5) await this.clock.advance(5)
    if (!isSettled) throw new Error(`Nothing has come of it within ${limitMs} ms.`)
    return settled
  }

  /** Time goes on until it holds. */
  async until(holds: () => boolean, limitMs = 120_000): Promise<void> {
    for (let ms = 0; ms < limitMs; ms += 5) {
      if (holds()) return
      await this.clock.advance(5)
    }
    throw new Error(`It does not hold within ${limitMs} ms.`)
  }

  async close(): Promise<void> {
    for (const [name, system] of [...this.#systems]) {
      this.#systems.delete(name)
      const store = this.stores.get(name)
      // A crash that was asked for may come with the last batches.
      await this.run(system.stop()).catch((error) => {
        if (store === undefined || !hasCrashed(store)) throw error
      })
    }
  }
}

/** Whether the store has crashed by itself, as it was asked to. */
export function hasCrashed(store: FaultStore): boolean {
  try {
    store.get('meta')
    return false
  } catch {
    return true
  }
}

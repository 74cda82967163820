/**
 * The nodes of a plan in one process: one simulated clock, one faulty network, a disk for each. A node crashes without its
 * process: from then on nothing that it does reaches the network, its disk or the ledger.
 */
import { createSystem, memoryTransport, type Store, type Transport } from 'roscius'
import {
  type FaultStore,
  type FaultyNetwork,
  faultStore,
  faultyNetwork,
  type SimulatedClock,
  seededRandom,
  simulatedClock,
} from 'roscius/testing'
import { type NetworkSystem, networkLogic } from '../actors/logic.js'
import { Inhabitants } from '../inhabitants.js'
import { MemoryLedger } from '../ledger.js'
import { HASTY_LINKS, SHARED_KEYS } from '../links.js'
import type { Plan } from '../plan.js'
import { Scribe } from '../scribe.js'
import { OwnClock } from './own-clock.js'

const STEP_MS = 5
/** How far clocks of nodes may be apart. */
const MOST_SKEW_MS = 100_000_000
/** Of simulated time. */
const PATIENCE_MS = 60_000

export interface FleetOptions {
  readonly seed: number
  /** How long a batch may take to get to the disk, in ms. */
  readonly slowestBatchMs: number
  /** Stands between a system and its store. */
  readonly wrap?: (store: FaultStore) => Store
}

export interface CrashOptions {
  /** The machine, not only the process: what was not synced may be gone, and nobody is told that its links have ended. */
  readonly powerLoss: boolean
}

interface Running {
  readonly system: NetworkSystem
  readonly inhabitants: Inhabitants
  readonly scribe: Scribe
  readonly transport: Transport
}

export class Fleet {
  readonly clock: SimulatedClock = simulatedClock({ now: 1_000_000_000 })
  readonly network: FaultyNetwork
  readonly ledger = new MemoryLedger()
  readonly stores = new Map<string, FaultStore>()
  /** They never agree. */
  readonly #clocks: ReadonlyMap<string, OwnClock>
  readonly #running = new Map<string, Running>()
  readonly #lives = new Map<string, number>()
  readonly #closing: Promise<unknown>[] = []

  constructor(
    readonly plan: Plan,
    private readonly options: FleetOptions,
  ) {
    const random = seededRandom(`${options.seed} network`)
    this.network = faultyNetwork({ clock: this.clock, random, delay: { minMs: 1, maxMs: 8 } })
    const aheadMs = (): number => Math.floor((random.next() - 0.5) * MOST_SKEW_MS)
    this.#clocks = new Map(plan.nodes.map((name) => [name, new OwnClock(this.clock, aheadMs())]))
    const disk = seededRandom(`${options.seed} disk`)
    for (const name of plan.nodes) this.stores.set(name, faultStore({ random: disk, delay: this.#slowly(disk) }))
  }

  #slowly(random: ReturnType<typeof seededRandom>): () => Promise<void> | undefined {
    return () => {
      const ms = Math.floor(random.next() * (this.options.slowestBatchMs + 1))
      return ms === 0 ? undefined : new Promise((resolve) => void this.clock.schedule(resolve, ms))
    }
  }

  isUp(name: string): boolean {
    return this.#running.has(name)
  }

  storeOf(name: string): FaultStore {
    return this.stores.get(name) as FaultStore
  }

  system(name: string): NetworkSystem {
    return (this.#running.get(name) as Running).system
  }

  /** All nodes, and all who live there. */
  async found(): Promise<void> {
    for (const name of this.plan.nodes) await this.open(name, false)
    for (const name of this.plan.nodes) await this.run(this.#inhabitantsOf(name).begin())
  }

  #inhabitantsOf(name: string): Inhabitants {
    return (this.#running.get(name) as Running).inhabitants
  }

  /** Answers whether it came up: its store may crash on the way. */
  async open(name: string, begins = true): Promise<boolean> {
    const store = this.storeOf(name)
    const life = (this.#lives.get(name) ?? 0) + 1
    let isDoomed = false
    void store.crashed.then(() => {
      isDoomed = true
    })
    const scribe = new Scribe(this.ledger, name, life, this.clock)
    const transport = memoryTransport(this.network, { name, isLoopback: false })
    void store.crashed.then(() => this.#vanish(name, scribe, transport, { powerLoss: false }))
    try {
      const system = await this.run(this.#create(name, scribe, transport))
      this.#lives.set(name, life)
      const inhabitants = new Inhabitants(system, this.plan, name, scribe, () => isDoomed)
      if (isDoomed) {
        this.#closing.push(system.stop().catch(() => undefined))
        return false
      }
      this.#running.set(name, { system, inhabitants, scribe, transport })
      scribe.note({ t: 'life' })
      await this.run(inhabitants.settle())
      if (begins) await this.run(inhabitants.begin())
      return true
    } catch (error) {
      if (!isDoomed) throw error
      return false
    }
  }

  #create(name: string, scribe: Scribe, transport: Transport): Promise<NetworkSystem> {
    const { seed, wrap = (store) => store } = this.options
    const peers = this.plan.nodes.filter((peer) => peer !== name)
    return createSystem({
      name,
      store: wrap(this.storeOf(name)),
      logic: networkLogic(scribe),
      clock: this.#clocks.get(name),
      random: seededRandom(`${seed} ${name} ${scribe.life} ${this.clock.now()}`),
      logger: () => {},
      transport,
      auth: { keys: SHARED_KEYS },
      peers: Object.fromEntries(peers.map((peer) => [peer, { address: `memory://${peer}`, allow: 'everything' }])),
      links: HASTY_LINKS,
    })
  }

  /** The node is gone, as by `kill -9` or a loss of power. */
  crash(name: string, { powerLoss }: CrashOptions): void {
    const running = this.#running.get(name)
    if (running === undefined) return
    this.storeOf(name).crash({ powerLoss })
    this.#vanish(name, running.scribe, running.transport, { powerLoss })
  }

  /** Takes a node off the network. Calling it again changes nothing. */
  #vanish(name: string, scribe: Scribe, transport: Transport, { powerLoss }: CrashOptions): void {
    scribe.end()
    for (const peer of this.plan.nodes) {
      if (peer === name) continue
      if (powerLoss) this.network.strike({ kind: 'halfOpen', told: name, untold: peer })
      else this.network.strike({ kind: 'cut', between: [name, peer] })
    }
    void transport.close()
    const running = this.#running.get(name)
    if (running?.scribe !== scribe) return
    this.#running.delete(name)
    running.inhabitants.end()
    this.#closing.push(running.system.stop().catch(() => undefined))
  }

  /** The disk of a node that has crashed, in a new machine. */
  replace(name: string): FaultStore {
    const disk = seededRandom(`${this.options.seed} ${name} ${this.clock.now()}`)
    const store = this.storeOf(name).reopen({ delay: this.#slowly(disk) })
    this.stores.set(name, store)
    return store
  }

  async pass(ms: number): Promise<void> {
    const end = this.clock.monotonic() + ms
    while (this.clock.monotonic() < end) await this.clock.advance(Math.min(STEP_MS, end - this.clock.monotonic()))
  }

  /** Time goes on until the promise is settled. */
  async run<T>(promise: Promise<T>): Promise<T> {
    let isSettled = false
    const settled = promise.finally(() => {
      isSettled = true
    })
    settled.catch(() => undefined)
    for (let ms = 0; ms < PATIENCE_MS && !isSettled; ms += STEP_MS) await this.clock.advance(STEP_MS)
    if (!isSettled) throw new Error(`nothing has come of it within ${PATIENCE_MS} ms`)
    return settled
  }

  /** Each node that is up says what there is. */
  async rest(): Promise<void> {
    for (const { inhabitants, scribe } of this.#running.values()) {
      scribe.note({ t: 'rest', rest: await inhabitants.rest() })
      inhabitants.end()
    }
  }

  /** Stops all. Rejects when a system does not stop. */
  async close(): Promise<void> {
    const stops = [...this.#running.values()].map(({ system }) => system.stop())
    this.#running.clear()
    await this.run(Promise.all([...stops, ...this.#closing]))
  }
}

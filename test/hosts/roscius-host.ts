import { createSystem, memoryStore, type Store } from 'roscius'
import { type SimulatedClock, seededRandom, simulatedClock } from 'roscius/testing'
import type { EventObject } from 'xstate'
import type { Host, Listeners, Machines, Stage } from './host.js'

interface RosciusHostOptions {
  readonly name: string
  /** Stops the system after each step and recovers it from its store. */
  readonly restarts?: boolean
  /** Leaves no more actors than this in memory when they are at rest. */
  readonly maxActive?: number
}

/** Machines as durable actors of one system, on a simulated clock and a store in memory. */
export function rosciusHost({ name, restarts = false, maxActive }: RosciusHostOptions): Host {
  return {
    name,
    async open(machines, listeners = {}) {
      const clock = simulatedClock()
      const options = {
        name: 'stage',
        store: keptOpen(memoryStore()),
        logic: machines,
        clock,
        random: seededRandom(1),
        logger: () => {},
        ...(maxActive !== undefined && { passivation: { maxActive } }),
      }
      const stage = new RosciusStage(() => createSystem(options), clock, machines, listeners, restarts)
      await stage.recover()
      return stage
    },
  }
}

type System = Awaited<ReturnType<typeof createSystem>>

class RosciusStage implements Stage {
  #system: System | undefined
  readonly #started = new Set<string>()

  constructor(
    private readonly create: () => Promise<System>,
    private readonly clock: SimulatedClock,
    readonly _machines: Machines,
    private readonly listeners: Listeners,
    private readonly restarts: boolean,
  ) {}

  async recover(): Promise<void> {
    this.#system = await this.create()
    for (const name of this.#started) this.#listen(name)
    await this.#system.settled()
  }

  async spawn(name: string, input?: unknown): Promise<void> {
    this.#started.add(name)
    this.#listen(name)
    await this.system.spawn(name, { id: name, input })
    await this.#rest()
  }

  ref(name: string) {
    return this.system.actor(name, name)
  }

  async send(name: string, ...events: readonly EventObject[]): Promise<void> {
    for (const event of events) this.ref(name).send(event)
    await this.#rest()
  }

  /** Moves from one due time to the next, so that what fires has settled before time goes on. */
  async advance(ms: number): Promise<void> {
    const end = this.clock.monotonic() + ms
    do {
      const leftMs = end - this.clock.monotonic()
      await this.clock.advance(Math.min(this.clock.nextInMs ?? leftMs, leftMs))
      await this.system.settled()
    } while (this.clock.monotonic() < end)
    await this.#rest()
  }

  snapshot(name: string) {
    return this.ref(name).getSnapshot()
  }

  async close(): Promise<void> {
    await this.system.stop()
  }

  private get system(): System {
    return this.#system!
  }

  async #rest(): Promise<void> {
    await this.system.settled()
    if (!this.restarts) return
    await this.system.stop()
    await this.recover()
  }

  #listen(name: string): void {
    const { onEmit, onError } = this.listeners
    this.ref(name).on('*', (event) => onEmit?.(name, event))
    this.ref(name).subscribe({ error: (error) => onError?.(name, error) })
  }
}

/** A store that outlives the systems that run on it one after the other. */
function keptOpen(store: Store): Store {
  return {
    get: (key) => store.get(key),
    range: (range) => store.range(range),
    batch: (operations, options) => store.batch(operations, options),
    deleteRange: (range) => store.deleteRange(range),
    close: async () => {},
  }
}

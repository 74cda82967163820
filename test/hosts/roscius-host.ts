import { setImmediate } from 'node:timers/promises'
import { createSystem, type Durability, type LogicTable, memoryStore, type Store } from 'roscius'
import { type SimulatedClock, seededRandom, simulatedClock } from 'roscius/testing'
import type { EventObject } from 'xstate'
import { advanceBySteps } from './advance.js'
import { Answers, type Host, type Machines, type Stage, type StageOptions } from './host.js'

/** More rounds of the event loop than any chain of turns and commits takes on a store in memory. */
const QUIET_ROUNDS = 20

interface RosciusHostOptions {
  readonly name: string
  readonly durability?: Durability
  /** Stops the system after each step and recovers it from its store. */
  readonly restarts?: boolean
  /** How long an actor may be idle before it leaves memory. */
  readonly idleMs?: number
}

/**
 * Machines as durable actors of one system, on a simulated clock and a store in memory. As in plain XState, an error ends
 * its actor: none is restarted.
 */
export function rosciusHost({
  name,
  durability = 'durable',
  restarts = false,
  idleMs,
}: RosciusHostOptions): RosciusHost {
  return {
    name,
    stores: durability !== 'volatile',
    async open(machines, options = {}) {
      const clock = simulatedClock()
      const systemOptions = {
        name: 'stage',
        store: keptOpen(memoryStore()),
        logic: neverRestarted(machines),
        clock,
        random: seededRandom(1),
        logger: () => {},
        ...(idleMs !== undefined && { passivation: { idleMs } }),
      }
      const stage = new RosciusStage(() => createSystem(systemOptions), clock, options, durability, restarts)
      await stage.recover()
      return stage
    },
  }
}

type System = Awaited<ReturnType<typeof createSystem>>

/** A host whose stage also tells what is in memory. */
interface RosciusHost extends Host {
  open(...args: Parameters<Host['open']>): Promise<RosciusStage>
}

class RosciusStage implements Stage {
  #system: System | undefined
  readonly #started = new Set<string>()

  constructor(
    private readonly create: () => Promise<System>,
    private readonly clock: SimulatedClock,
    private readonly options: StageOptions,
    private readonly durability: Durability,
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
    await this.system.spawn(name, { id: name, input, durability: this.durability })
    await this.#rest()
  }

  ref(name: string) {
    return this.system.actor(name, name)
  }

  async send(name: string, ...events: readonly EventObject[]): Promise<void> {
    for (const event of events) this.ref(name).send(event)
    await this.#rest()
  }

  async advance(ms: number): Promise<void> {
    await advanceBySteps(this.clock, ms, () => this.#settle())
    await this.#rest()
  }

  snapshot(name: string) {
    return this.ref(name).getSnapshot()
  }

  /** The actors that aren't passivated. */
  async namesInMemory(): Promise<string[]> {
    const names: string[] = []
    for await (const { path, isInMemory } of this.system.actors()) if (isInMemory) names.push(path)
    return names
  }

  isSound(): boolean {
    return true
  }

  async close(): Promise<void> {
    await this.system.stop()
  }

  private get system(): System {
    return this.#system!
  }

  async #rest(): Promise<void> {
    await this.#settle()
    if (!this.restarts) return
    await this.system.stop()
    await this.recover()
  }

  /** A promise that has yet to answer keeps the system from settling, so answers are also given once nothing else moves. */
  async #settle(): Promise<void> {
    const { answers = new Answers() } = this.options
    do await Promise.race([this.system.settled(), eventLoopRounds(QUIET_ROUNDS)])
    while (answers.giveNext())
    await this.system.settled()
  }

  #listen(name: string): void {
    const { onEmit, onError } = this.options
    this.ref(name).on('*', (event) => onEmit?.(name, event))
    this.ref(name).subscribe({ error: (error) => onError?.(name, error) })
  }
}

function neverRestarted(machines: Machines): LogicTable {
  const rows = Object.entries(machines).map(([name, logic]) => [name, { logic, supervision: { restart: 'temporary' } }])
  return Object.fromEntries(rows) as LogicTable
}

async function eventLoopRounds(count: number): Promise<void> {
  for (let round = 0; round < count; round++) await setImmediate()
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

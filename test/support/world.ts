import { createSystem, type LogicTable, type Store, type System, type SystemEvent, type SystemOptions } from 'roscius'
import { type FaultStore, faultStore, type SimulatedClock, seededRandom, simulatedClock } from 'roscius/testing'
import type { AnyActorRef } from 'xstate'

type WorldOptions<TLogic extends LogicTable> = Omit<Partial<SystemOptions<TLogic>>, 'logic' | 'store'>

/** A computer on which a system runs, stops, crashes and is opened again: one clock and one disk over all of it. */
export class World<const TLogic extends LogicTable> {
  readonly clock: SimulatedClock = simulatedClock({ now: 1_000_000 })
  store: FaultStore = faultStore({ random: seededRandom('world') })
  /** What the running system told of itself. */
  events: SystemEvent[] = []
  #system: System<TLogic> | undefined

  constructor(
    readonly logic: TLogic,
    readonly options: WorldOptions<TLogic> = {},
  ) {}

  get system(): System<TLogic> {
    if (this.#system === undefined) throw new Error('The world has no open system.')
    return this.#system
  }

  /** Opens the system, perhaps with other logic than before. */
  async open(
    logic: LogicTable = this.logic,
    options: Partial<SystemOptions<LogicTable>> = {},
  ): Promise<System<TLogic>> {
    const all = {
      name: 'world',
      clock: this.clock,
      logger: () => {},
      ...this.options,
      ...options,
      store: this.store as Store,
      logic,
    }
    const system = (await createSystem(all as SystemOptions<TLogic>)) as System<TLogic>
    this.#system = system
    this.events = []
    system.on((event) => this.events.push(event))
    return system
  }

  /** Stops the system in good order. */
  async stop(): Promise<void> {
    const system = this.#system
    this.#system = undefined
    await system?.stop()
    this.store = this.store.reopen()
  }

  /** The process ends at once (or the power does); what ran of it can do no more. */
  async crash(options: { readonly powerLoss?: boolean } = {}): Promise<void> {
    const system = this.#system
    this.#system = undefined
    if (!this.#hasCrashed()) this.store.crash(options)
    await system?.stop().catch(() => undefined)
    this.store = this.store.reopen()
  }

  /** Whether the store has crashed by itself, as it was asked to. */
  #hasCrashed(): boolean {
    try {
      this.store.get('meta')
      return false
    } catch {
      return true
    }
  }

  async restart(logic?: LogicTable): Promise<System<TLogic>> {
    await this.stop()
    return this.open(logic)
  }

  async crashAndOpen(logic?: LogicTable): Promise<System<TLogic>> {
    await this.crash()
    return this.open(logic)
  }

  /** Moves time on, due time by due time, so that what fires has settled before time goes on. */
  async advance(ms: number): Promise<void> {
    const end = this.clock.monotonic() + ms
    do {
      const leftMs = end - this.clock.monotonic()
      await this.clock.advance(Math.min(this.clock.nextInMs ?? leftMs, leftMs))
      await this.system.settled()
    } while (this.clock.monotonic() < end)
    await this.system.settled()
  }
}

/** Everything that an async iterable gives. */
export async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = []
  for await (const item of items) found.push(item)
  return found
}

/** The ref in this field of a context or an event: a target for `sendTo`. */
export function refIn(holder: object, field: string): AnyActorRef {
  return (holder as Record<string, AnyActorRef>)[field] as AnyActorRef
}

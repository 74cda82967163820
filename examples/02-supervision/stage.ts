/**
 * A newsroom on stage: its system, its world, its clock. Time stands still unless the script lets it pass, and chance
 * always says the same, so that the same script gives the same play.
 */
import { setTimeout as pause } from 'node:timers/promises'
import { createSystem, type Random, type RosciusRef, type System } from 'roscius'
import { type SimulatedClock, seededRandom, simulatedClock } from 'roscius/testing'
import { createLogic } from './newsroom.js'
import { isShown, type Outlet } from './notice.js'
import { Outside } from './outside.js'

type Logic = ReturnType<typeof createLogic>

export interface StageOptions {
  /** The folder of the store. */
  readonly folder: string
  /** Wall-clock time at which the clock stands, ms since the epoch. */
  readonly now: number
  readonly outlet: Outlet
  /** Whether to play slowly enough to be watched. */
  readonly isSlow: boolean
}

/** The longest that a watcher waits for time to pass, and how long for whatever else is shown. */
const LONGEST_MS = 1_000
const LOOK_MS = 400

export class Stage implements AsyncDisposable {
  static async open(options: StageOptions): Promise<Stage> {
    const { folder, now, outlet } = options
    const [outside, clock] = [new Outside(), simulatedClock({ now })]
    const system = await createSystem({
      name: 'newsroom',
      store: folder,
      logic: createLogic(outside),
      clock,
      random: steady(`newsroom at ${now}`),
    })
    system.on((event) => isShown(event) && outlet({ type: 'event', at: clock.now(), event }))
    return new Stage(system, outside, clock, options)
  }

  private constructor(
    readonly system: System<Logic>,
    readonly outside: Outside,
    private readonly clock: SimulatedClock,
    private readonly options: StageOptions,
  ) {}

  get now(): number {
    return this.clock.now()
  }

  step(number: number, title: string, text: string): Promise<void> {
    this.options.outlet({ type: 'step', number, title, text })
    return this.#look()
  }

  /** Something happens, and all that comes of it at once. */
  async deed(text: string, happen: () => unknown = () => undefined): Promise<void> {
    this.options.outlet({ type: 'deed', at: this.now, text })
    await happen()
    await this.system.settled()
    await this.#look()
  }

  /** Time passes, and all happens that falls due, each thing at its own time: the clock waits for the disk. */
  async pass(ms: number): Promise<void> {
    if (this.options.isSlow) await pause(Math.min(ms, LONGEST_MS))
    const end = this.now + ms
    while (this.now < end) {
      await this.clock.advance(Math.min(end - this.now, this.clock.nextInMs ?? ms))
      await this.system.settled()
    }
  }

  async showTree(): Promise<void> {
    this.options.outlet({ type: 'tree', at: this.now, tree: await this.system.tree() })
    await this.#look()
  }

  explain(ref: RosciusRef): Promise<void> {
    this.options.outlet({ type: 'explanation', explanation: ref.explain() })
    return this.#look()
  }

  async showDeadLetters(): Promise<void> {
    for await (const letter of this.system.deadLetters.list()) this.options.outlet({ type: 'deadLetter', letter })
    await this.#look()
  }

  async #look(): Promise<void> {
    if (this.options.isSlow) await pause(LOOK_MS)
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.system.stop()
  }
}

/** Ids from a seed, and waits that chance neither lengthens nor shortens. */
function steady(seed: string): Random {
  return { ...seededRandom(seed), next: () => 0.5 }
}

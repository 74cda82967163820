/**
 * How many dead letters there are. Only the store knows: they are counted when somebody begins to look, and again now and then;
 * those that come in between are added.
 */
import type { Clock } from '../../core/clock.js'
import { Pacer } from './pacer.js'
import { Slices } from './slices.js'
import type { WatchedSystem } from './watched-system.js'

const COUNT_MS = 5_000
/** The thread is given one ms in so many to counting. */
const SHARE = 50

export class DeadLetterCount {
  count = 0
  readonly #pacer: Pacer
  /** Resolves when they have been counted for the first time. */
  readonly known: Promise<void>
  #isStopped = false
  #last = Promise.resolve()
  #next: Promise<void> | undefined

  /** `changed`: there are more or fewer than were known of. */
  constructor(
    private readonly system: Pick<WatchedSystem, 'deadLetters'>,
    clock: Clock,
    private readonly changed: () => void,
  ) {
    this.#pacer = new Pacer(clock, COUNT_MS, () => {
      void this.read()
      return !this.#isStopped
    })
    this.known = this.read()
    this.#pacer.mark()
  }

  stop(): void {
    this.#isStopped = true
    this.#pacer.stop()
  }

  added(): void {
    this.count++
  }

  /** One count at a time: what one adds, another would take for letters that came meanwhile. One waits for its turn at most. */
  read(): Promise<void> {
    this.#next ??= this.#last.then(() => {
      this.#next = undefined
      return this.#read()
    })
    this.#last = this.#next
    return this.#next
  }

  async #read(): Promise<void> {
    const startMs = performance.now()
    const before = this.count
    const count = await this.#counted()
    if (count === undefined || this.#isStopped) return
    // Those that came meanwhile may be counted twice, until the next time.
    this.count = Math.max(count, count + this.count - before)
    this.#pacer.pace(Math.max(COUNT_MS, SHARE * (performance.now() - startMs)))
    if (this.count !== before) this.changed()
  }

  async #counted(): Promise<number | undefined> {
    const slices = new Slices()
    let count = 0
    try {
      for await (const _ of this.system.deadLetters.list()) {
        count++
        await slices.next()
        if (this.#isStopped) return undefined
      }
      return count
    } catch {
      // The system has stopped.
      return undefined
    }
  }
}

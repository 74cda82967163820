/**
 * An effect from the unit that starts it until it has settled, failed or been stopped.
 */
import type { EffectRun } from '../effect-run.js'
import type { EffectHandle } from '../held.js'

export class RunningEffect implements EffectHandle {
  status: EffectHandle['status'] = 'held'
  /** What became of it, once a unit has taken that. */
  outcome: 'done' | 'failed' | 'aborted' | undefined = undefined
  /** Whether those who inspect know of its end. */
  isEndTold = false
  /** Tells the logic to stop what it has started. */
  #stop: (() => void) | undefined

  constructor(
    readonly run: EffectRun,
    readonly kind: EffectHandle['kind'],
    /** The actor whose logic it is: of a child, or of the cell itself. */
    readonly self: object,
  ) {}

  get effectId(): string {
    return this.run.effectId
  }

  get attempt(): number {
    return this.run.attempt
  }

  /** Its start is released. */
  start(start: () => void, stop: () => void): void {
    this.#stop = stop
    this.run.run(start)
  }

  /** It has answered, or is to be ended: nothing is started and nobody waits for it any more. */
  settle(): void {
    this.status = 'over'
    this.run.settle()
  }

  /** Aborted, fenced, and told to stop what it has started; once. */
  end(reason: string | Error): void {
    this.settle()
    if (!this.run.isOver) this.run.abort(reason)
    const stop = this.#stop
    this.#stop = undefined
    if (stop !== undefined) this.run.run(stop)
    this.run.fence()
  }
}

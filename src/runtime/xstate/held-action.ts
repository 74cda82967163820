/**
 * A custom action that waits for its commit (D9). It runs once, after release, at most once over a crash; one declared
 * `atLeastOnce` is stored with what it needs and run again if no completion mark was committed.
 */
import type { EventObject } from 'xstate'
import type { Cell } from '../cell.js'
import { EffectRun } from '../effect-run.js'
import type { Engine } from '../engine.js'
import type { Held } from '../held.js'
import type { ExecutableActionLike } from './internals.js'

/** What the store holds of an action until it has run; the last three only of one that is run again. */
export type StoredAction = readonly [
  effectId: string,
  type: string,
  mode: 'atLeastOnce' | 'atMostOnce',
  params?: unknown,
  event?: EventObject,
  context?: unknown,
]

export class HeldAction implements Held {
  /** Called when the action has run: the completion mark. Set when the unit is recorded. */
  onDone: (() => void) | undefined = undefined

  constructor(
    private readonly engine: Engine,
    private readonly cell: Cell,
    private readonly child: string | undefined,
    private readonly action: ExecutableActionLike,
    readonly index: number,
    readonly mode: 'atLeastOnce' | 'atMostOnce',
    private readonly seqNr = cell.seqNr + 1,
  ) {}

  /** `path@life.seqNr.index`. */
  get #effectId(): string {
    this.cell.life ??= this.engine.nextLife()
    return `${this.cell.path}@${this.cell.life}.${this.seqNr}.${this.index}`
  }

  /** How the store remembers it until it has run. */
  toStored(): StoredAction {
    const { type, info, params } = this.action
    const base = [this.#effectId, type, this.mode] as const
    return this.mode === 'atLeastOnce' ? [...base, params, info.event, info.context] : base
  }

  release(): void {
    const { exec, info, params } = this.action
    const effectId = this.#effectId
    const run = new EffectRun(this.engine, this.cell.path, this.child, effectId, 1, this.mode === 'atLeastOnce')
    run.cause = { path: this.cell.path, seqNr: this.seqNr }
    let result: unknown
    run.run(() => {
      result = exec?.(info, params)
    })
    if (this.mode === 'atLeastOnce' && result instanceof Promise) {
      result.then(this.onDone, (error) => {
        this.onDone?.()
        run.fail(error)
      })
    } else this.onDone?.()
  }
}

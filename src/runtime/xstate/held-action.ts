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

/** What a stored `atLeastOnce` action is run with again. */
export interface StoredAction {
  readonly type: string
  readonly index: number
  readonly mode: 'atLeastOnce' | 'atMostOnce'
  readonly attempt: number
  readonly params?: unknown
  readonly event?: EventObject
  readonly context?: unknown
}

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
    private readonly attempt = 1,
  ) {}

  /** How the store remembers it until it has run. */
  toStored(): StoredAction {
    const { type, info, params } = this.action
    const base = { type, index: this.index, mode: this.mode, attempt: this.attempt }
    return this.mode === 'atLeastOnce' ? { ...base, params, event: info.event, context: info.context } : base
  }

  release(): void {
    const { exec, info, params } = this.action
    const effectId = `${this.cell.path}@${this.seqNr}.${this.index}`
    const run = new EffectRun(
      this.engine,
      this.cell.path,
      this.child,
      effectId,
      this.attempt,
      this.mode === 'atLeastOnce',
    )
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

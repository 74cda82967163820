/**
 * Promises, callbacks, observables and started logic of a user's own, hosted: what they would do outside at once waits for
 * the commit.
 *
 * 1. A start is held; an effect that is left before its release never starts (D10).
 * 2. An effect keeps its id over restarts; each start is its next attempt. One that must not be started twice fails with
 *    `OUTCOME_UNKNOWN` instead (I4).
 * 3. Once it has settled, failed or been stopped it is over: whatever it does later changes nothing.
 */
import type { EventObject } from 'xstate'
import type { ActorPath } from '../../core/address.js'
import { RosciusError } from '../../core/errors.js'
import type { Cell } from '../cell.js'
import { EffectRun } from '../effect-run.js'
import type { Engine } from '../engine.js'
import type { CellScope } from './cell-scope.js'
import type { Attempts } from './frame.js'
import { type ChildActor, type HostedLogic, type HostSnapshot, type Scope, STOP_EVENT } from './internals.js'
import { logicKind } from './logic-kind.js'
import { sessionOfNumber, unitOf } from './sessions.js'

/** How logic made by `fromActivity` says that it must not be run twice. */
interface EffectOptions {
  readonly roscius?: { readonly idempotent?: boolean }
}

export class HeldEffects {
  readonly attempts: Attempts = new WeakMap()
  /** Promises that were started, or are to be, and have not settled. */
  readonly settling = new Set<object>()
  readonly #held = new WeakMap<object, HostedLogic>()

  constructor(
    private readonly engine: Engine,
    /** The scope that all cells of the node share. */
    private readonly shared: CellScope,
  ) {}

  /** Ends every effect of a cell that has failed or leaves memory: aborted and fenced. */
  abandon(cell: Cell, reason: string): void {
    for (const handle of cell.effects?.values() ?? []) (handle as RunningEffect).end(this.settling, reason)
    cell.effects = undefined
  }

  /** The logic with its start, its stop and its input held. */
  hold(logic: HostedLogic): HostedLogic {
    let held = this.#held.get(logic)
    if (held === undefined) {
      held = {
        ...logic,
        start: (_snapshot, scope) => this.#holdStart(logic, scope),
        transition: (snapshot, event, scope) => this.#transitionEffect(logic, snapshot, event, scope),
      }
      this.#held.set(logic, held)
      this.#held.set(held, held)
    }
    return held
  }

  #holdStart(logic: HostedLogic, scope: Scope): void {
    const { cell, held } = unitOf(this.engine)
    const self = scope.self
    const isRoot = self === cell.self
    const effectId = isRoot ? sessionOfNumber(this.engine, cell, 0) : (self as ChildActor).sessionId
    const attempt = (this.attempts.get(self) ?? 0) + 1
    this.attempts.set(self, attempt)
    const isPromise = logicKind(logic) === 'promise'
    const run = new EffectRun(this.engine, cell.path, isRoot ? undefined : effectId, effectId, attempt, isPromise)
    const effect = new RunningEffect(run, isPromise ? 'settles' : 'stays')
    cell.effects ??= new Map()
    cell.effects.set(effectId, effect)
    if (isPromise) this.settling.add(effect)
    const own = isRoot ? this.shared.copy((event) => this.engine.emit(cell.path, event)) : scope
    const isUnknown = attempt > 1 && (logic as EffectOptions).roscius?.idempotent === false
    held.push({
      release: () => {
        if (effect.status !== 'held') return
        effect.status = 'running'
        if (isUnknown) run.fail(outcomeUnknown(cell.path, effectId, attempt))
        else
          run.run(() => logic.start?.(isRoot ? (cell.snapshot as HostSnapshot) : (self as ChildActor)._snapshot, own))
      },
    })
  }

  #transitionEffect(logic: HostedLogic, snapshot: HostSnapshot, event: EventObject, scope: Scope): HostSnapshot {
    const { cell, held } = unitOf(this.engine)
    const effectId =
      scope.self === cell.self ? sessionOfNumber(this.engine, cell, 0) : (scope.self as ChildActor).sessionId
    const effect = cell.effects?.get(effectId) as RunningEffect | undefined
    if (event.type === STOP_EVENT.type) {
      cell.effects?.delete(effectId)
      if (effect !== undefined) this.#holdStop(logic, effect, snapshot, scope)
      return { ...snapshot, status: 'stopped', error: undefined }
    }
    if (logicKind(logic) === 'callback') {
      held.push({
        release: () => effect?.status === 'running' && effect.run.run(() => logic.transition(snapshot, event, scope)),
      })
      return snapshot
    }
    const next = logic.transition(snapshot, event, scope)
    if (next.status !== 'active' && effect !== undefined) {
      cell.effects?.delete(effectId)
      effect.settle(this.settling)
    }
    return next
  }

  /** The effect of that session, if there is one, is over: it has failed. */
  fail(cell: Cell, session: string): void {
    const effect = cell.effects?.get(session) as RunningEffect | undefined
    if (effect === undefined) return
    cell.effects?.delete(session)
    effect.settle(this.settling)
    unitOf(this.engine).held.push({ release: () => effect.run.abort('The effect has failed.') })
  }

  #holdStop(logic: HostedLogic, effect: RunningEffect, snapshot: HostSnapshot, scope: Scope): void {
    const { held } = unitOf(this.engine)
    const wasRunning = effect.status === 'running'
    effect.settle(this.settling)
    // A scope of the node's is shared between cells: what it says now is kept for later.
    const own = scope === this.shared ? this.shared.copy(scope.emit) : scope
    held.push({
      release: () => {
        effect.run.abort('The effect was stopped.')
        if (wasRunning) effect.run.run(() => logic.transition(snapshot, STOP_EVENT, own))
      },
    })
  }
}

class RunningEffect {
  status: 'held' | 'running' | 'over' = 'held'

  constructor(
    readonly run: EffectRun,
    readonly kind: 'settles' | 'stays',
  ) {}

  get effectId(): string {
    return this.run.effectId
  }

  get attempt(): number {
    return this.run.attempt
  }

  settle(settling: Set<object>): void {
    this.status = 'over'
    this.run.settle()
    settling.delete(this)
  }

  end(settling: Set<object>, reason: string): void {
    this.settle(settling)
    this.run.abort(reason)
  }
}

function outcomeUnknown(path: ActorPath, effectId: string, attempt: number): RosciusError {
  return new RosciusError(
    'OUTCOME_UNKNOWN',
    `${path}: effect ${effectId} was started ${attempt - 1} time(s) before a crash and is declared not idempotent, so it was not started again; find out what it did and decide.`,
    { address: path, details: { effectId, attempt } },
  )
}

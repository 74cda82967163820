/**
 * Promises, callbacks, observables and started logic of a user's own, hosted: what they would do outside at once waits for
 * the commit.
 *
 * 1. A start is held; an effect that is left before its release never starts (D10).
 * 2. An effect keeps its id over restarts; each start is its next attempt. One that must not be started twice fails with
 *    `OUTCOME_UNKNOWN` instead (I4).
 * 3. Once it has settled, failed or been stopped it is over: whatever it does later changes nothing.
 * 4. A unit that fails may have ended effects itself; they are aborted with the rest of the cell's, so that there are never
 *    two attempts at once (D10).
 * 5. What one emits is heard at the ref of its cell, too: nobody outside has a ref to the effect itself.
 * 6. One with a `heartbeatMs` fails with `TIMEOUT` after so long a silence. It is over at once; only what a promise has
 *    answered by then counts, also if nobody has handled it yet.
 */
import type { EventObject } from 'xstate'
import { RosciusError } from '../../core/errors.js'
import type { InspectedEffect } from '../../core/inspection.js'
import type { Cell } from '../cell.js'
import { EffectRun } from '../effect-run.js'
import type { Engine } from '../engine.js'
import type { CellScope } from './cell-scope.js'
import { effectScope } from './effect-scope.js'
import { followedStart } from './followed-promise.js'
import type { Attempts } from './frame.js'
import { type ChildActor, type HostedLogic, type HostSnapshot, type Scope, STOP_EVENT } from './internals.js'
import { logicKind } from './logic-kind.js'
import { nameOf } from './probe.js'
import { RunningEffect } from './running-effect.js'
import { sessionOfNumber, unitOf } from './sessions.js'

/** What logic may say of itself as an effect; `fromActivity` and `withHeartbeat` put it there. */
interface EffectOptions {
  readonly roscius?: {
    /** `false`: must not be started twice. */
    readonly idempotent?: boolean
    /** The longest silence, in ms. */
    readonly heartbeatMs?: number
    /** Asked within a silent effect, before it fails with `error`: whether it has dealt with that itself and goes on. */
    readonly onSilence?: (error: RosciusError) => boolean
  }
}

export class HeldEffects {
  readonly attempts: Attempts = new WeakMap()
  /** Promises that were started, or are to be, and have not settled. */
  readonly settling = new Set<RunningEffect>()
  readonly #held = new WeakMap<object, HostedLogic>()
  /** Effects that were ended by units which are not released yet. */
  readonly #leaving = new Map<Cell, Set<RunningEffect>>()

  constructor(
    private readonly engine: Engine,
    /** The scope that all cells of the node share. */
    private readonly shared: CellScope,
  ) {}

  /** Ends every effect of a cell that has failed or leaves memory: aborted and fenced. */
  abandon(cell: Cell, reason: string): void {
    const effects = [...((cell.effects?.values() ?? []) as Iterable<RunningEffect>), ...(this.#leaving.get(cell) ?? [])]
    cell.effects = undefined
    this.#leaving.delete(cell)
    for (const effect of effects) {
      this.settling.delete(effect)
      effect.end(reason)
    }
    this.engine.tap.afterCommit(() => {
      for (const effect of effects) this.#tellEnd(cell, effect)
    })
  }

  /** Whether the cell has effects that are not over. */
  has(cell: Cell): boolean {
    return (cell.effects !== undefined && cell.effects.size > 0) || this.#leaving.has(cell)
  }

  /**
   * Aborts and fences every effect of a cell that is being ended and keeps its state until then. Answers the promises of
   * those that have not come back yet, but for that of `asker`: it may be waiting for this.
   */
  windDown(cell: Cell, reason: string, asker: EffectRun | undefined): Promise<void>[] {
    const effects = [...((cell.effects?.values() ?? []) as Iterable<RunningEffect>), ...(this.#leaving.get(cell) ?? [])]
    for (const effect of effects) {
      this.settling.delete(effect)
      effect.end(reason)
    }
    return effects.flatMap(({ run }) => (run === asker ? [] : (run.returned ?? [])))
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
    const { cell, envelope, held } = unitOf(this.engine)
    const self = scope.self
    const isRoot = self === cell.self
    const effectId = this.#effectIdOf(cell, self)
    const attempt = (this.attempts.get(self) ?? 0) + 1
    this.attempts.set(self, attempt)
    const isPromise = logicKind(logic) === 'promise'
    const child = isRoot ? undefined : effectId
    const run = new EffectRun(this.engine, cell.path, child, effectId, attempt, isPromise, 'effect')
    run.lineage = envelope.lineage
    run.cause = { path: cell.path, seqNr: cell.seqNr + 1 }
    const effect = new RunningEffect(run, isPromise ? 'settles' : 'stays', self)
    cell.effects ??= new Map()
    cell.effects.set(effectId, effect)
    if (isPromise) this.settling.add(effect)
    // A scope of the node's is shared between cells: what it says now is kept for later.
    const emit = (event: EventObject): void => this.engine.emit(cell.path, event)
    const kept = isRoot ? this.shared.copy(emit) : scope
    const tell = isRoot ? undefined : emit
    held.push({ release: () => this.#start(effect, logic, cell, effectScope(kept, run, isPromise, tell)) })
  }

  #start(effect: RunningEffect, logic: HostedLogic, cell: Cell, scope: Scope): void {
    if (effect.status !== 'held') return
    effect.status = 'running'
    const { run } = effect
    const { idempotent, heartbeatMs } = (logic as EffectOptions).roscius ?? {}
    if (run.attempt > 1 && idempotent === false) {
      run.fail(outcomeUnknown(run))
      return
    }
    if (heartbeatMs !== undefined)
      run.limitSilence(heartbeatMs, (silentMs) => this.#hasDealtWithSilence(effect, logic, heartbeatMs, silentMs))
    const snapshotNow = (): HostSnapshot =>
      run.child === undefined ? (cell.snapshot as HostSnapshot) : (scope.self as ChildActor)._snapshot
    const started = snapshotNow()
    this.#tell(cell, effect, 'started')
    effect.start(
      () => (effect.kind === 'settles' ? followedStart(logic) : logic.start)?.(started, scope),
      () => {
        // Logic that sees itself ended already would not clean up.
        const now = snapshotNow()
        logic.transition(now.status === 'active' ? now : started, STOP_EVENT, scope)
      },
    )
  }

  #hasDealtWithSilence(effect: RunningEffect, logic: HostedLogic, heartbeatMs: number, silentMs: number): boolean {
    const { run } = effect
    const { path, effectId, attempt } = run
    const error = timedOut(run, heartbeatMs, silentMs)
    let goesOn = false
    run.run(() => {
      goesOn = (logic as EffectOptions).roscius?.onSilence?.(error) === true
    })
    if (goesOn) return true
    this.engine.report({ type: 'effectTimedOut', path, effectId, attempt, silentMs })
    run.fail(error)
    effect.end(error)
    return false
  }

  #transitionEffect(logic: HostedLogic, snapshot: HostSnapshot, event: EventObject, scope: Scope): HostSnapshot {
    const { cell, held } = unitOf(this.engine)
    const effectId = this.#effectIdOf(cell, scope.self)
    const effect = cell.effects?.get(effectId) as RunningEffect | undefined
    if (event.type === STOP_EVENT.type) {
      this.#endAfterCommit(cell, effectId, 'aborted', 'The effect was stopped.')
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
      this.#leave(cell, effect, next.status === 'done' ? 'done' : 'failed')
      held.push({ release: () => this.#left(cell, effect) })
    }
    return next
  }

  /** The effect of that session, if there is one, is over: it has failed. */
  fail(cell: Cell, session: string): void {
    this.#endAfterCommit(cell, session, 'failed', 'The effect has failed.')
  }

  #endAfterCommit(cell: Cell, effectId: string, outcome: 'failed' | 'aborted', reason: string): void {
    const effect = cell.effects?.get(effectId) as RunningEffect | undefined
    if (effect === undefined) return
    this.#leave(cell, effect, outcome)
    unitOf(this.engine).held.push({
      release: () => {
        this.#left(cell, effect)
        effect.end(reason)
      },
    })
  }

  #leave(cell: Cell, effect: RunningEffect, outcome: RunningEffect['outcome']): void {
    effect.outcome = outcome
    cell.effects?.delete(effect.effectId)
    effect.settle()
    this.settling.delete(effect)
    const leaving = this.#leaving.get(cell)
    if (leaving === undefined) this.#leaving.set(cell, new Set([effect]))
    else leaving.add(effect)
  }

  #left(cell: Cell, effect: RunningEffect): void {
    const leaving = this.#leaving.get(cell)
    if (leaving?.delete(effect) && leaving.size === 0) this.#leaving.delete(cell)
    this.#tellEnd(cell, effect)
  }

  // --- telling those who inspect ---

  /** Once, and only of one that has begun. */
  #tellEnd(cell: Cell, effect: RunningEffect): void {
    const { run, outcome = 'aborted', isEndTold } = effect
    if (run.startedMs === undefined || isEndTold || !this.engine.tap.isOpen) return
    effect.isEndTold = true
    this.#tell(cell, effect, outcome, run.startedMs)
  }

  #tell(cell: Cell, effect: RunningEffect, status: InspectedEffect['status'], startedMs?: number): void {
    const { tap } = this.engine
    if (!tap.isOpen) return
    const { self, effectId, attempt } = effect
    const isRoot = self === cell.self
    const src = isRoot ? cell.row.name : nameOf((self as ChildActor).src)
    const { id } = self as ChildActor
    tap.effect({ path: cell.path, effectId, id, src, attempt, status }, startedMs)
  }

  /** An effect is named after the session of its actor. */
  #effectIdOf(cell: Cell, self: object): string {
    return self === cell.self ? sessionOfNumber(this.engine, cell, 0) : (self as ChildActor).sessionId
  }
}

function outcomeUnknown({ path, effectId, attempt }: EffectRun): RosciusError {
  return new RosciusError(
    'OUTCOME_UNKNOWN',
    `${path}: effect ${effectId} may have been started before (this is attempt ${attempt}) and is declared not idempotent, so it was not started again; find out what it did and decide.`,
    { address: path, details: { effectId, attempt } },
  )
}

function timedOut({ path, effectId, attempt }: EffectRun, heartbeatMs: number, silentMs: number): RosciusError {
  return new RosciusError(
    'TIMEOUT',
    `${path}: effect ${effectId} gave no sign of life for ${Math.round(silentMs)} ms, so it was aborted; call currentEffect().heartbeat() as it makes progress, or raise its heartbeatMs (${heartbeatMs}).`,
    { address: path, details: { effectId, attempt, heartbeatMs, silentMs } },
  )
}

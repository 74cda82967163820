/**
 * Hosting of XState logic: the one place that knows how XState 5 runs an actor.
 *
 * A cell is the XState actor as far as XState can tell, without an `Actor` instance behind it; children are real `Actor`s,
 * adopted at their construction. `init`, `step` and `update` mirror `Actor.start`, `_process` and `update`, in the same
 * order, with these changes:
 *
 * 1. Builtin actions and machine children run at once; custom actions, `log`, `emit`, and the start, input and stop of
 *    promises, callbacks and observables are held in the unit, in the order in which XState would have run them (I2, D7).
 * 2. A relay to another cell is planned in the unit, and lost with it if the unit fails (D4).
 * 3. Session ids come from a counter kept in the cell, so that they mean the same after a restart (D7).
 * 4. Delays go to the cell's timers (I6).
 */
import type { AnyActorLogic, EventObject } from 'xstate'
import type { ActorPath } from '../../core/address.js'
import { RosciusError } from '../../core/errors.js'
import { ActorHandle } from '../actor-handle.js'
import type { ArmedTimer, Cell } from '../cell.js'
import type { Engine } from '../engine.js'
import type { Unit } from '../unit.js'
import { type ActionArgs, unitActionOf } from '../unit-action.js'
import { CellScheduler } from './cell-scheduler.js'
import { CellScope } from './cell-scope.js'
import { CellSystem, type InspectionLike, type SystemPort } from './cell-system.js'
import { type ChildFrame, type Frame, isMachineFrame, toPersisted } from './frame.js'
import { HeldAction } from './held-action.js'
import { HeldEffects } from './held-effects.js'
import {
  type ChildActor,
  type ExecutableActionLike,
  type HostedLogic,
  type HostSnapshot,
  RUNNING,
  STOP_EVENT,
} from './internals.js'
import { isEffectful } from './logic-kind.js'
import { restoreOrder } from './region-order.js'
import { pathOfSession, sessionOfNumber, sourceAddress, unitOf } from './sessions.js'

/** Builtin actions whose `exec` only defers or schedules: they run within the unit. `xstate.log` is output, so it is held. */
const WITHIN_UNIT = new Set([
  'xstate.raise',
  'xstate.sendTo',
  'xstate.cancel',
  'xstate.emit',
  'xstate.spawnChild',
  'xstate.stopChild',
])

/** How many events a cell may send itself or get from its children within one unit; the rest that can wait waits for the next turn. */
const MAX_INNER = 256

/** Most events among a cell and its children within one unit before they are held to loop, which is a failure of the actor. */
const MAX_RELAYS = 100_000

/** What `onSnapshot` and `syncSnapshot` bring: it has the snapshot itself, which lives no longer than its unit. */
function isSnapshotOfChild({ type }: EventObject): boolean {
  return type.startsWith('xstate.snapshot.')
}

/** How many of what the cell has sent itself are for this unit: `MAX_INNER`, and on to the last that could not be stored. */
function shareOf({ durability }: Cell, inner: readonly EventObject[]): number {
  const unstorable =
    durability === 'volatile' || inner.length <= MAX_INNER ? 0 : inner.findLastIndex(isSnapshotOfChild) + 1
  return Math.max(Math.min(inner.length, MAX_INNER), unstorable)
}

function loops(address: ActorPath): RosciusError {
  const message = `${address}: it and its children sent each other more than ${MAX_RELAYS} events for one event; they loop.`
  return new RosciusError('ACTOR_FAILED', message, { address })
}

/** The frames of restored children, by the actor whose children they are. */
type ChildFrames = WeakMap<object, Readonly<Record<string, ChildFrame>>>

export class LogicHost implements SystemPort {
  readonly scheduler: CellScheduler
  readonly effects: HeldEffects
  readonly #scope: CellScope
  readonly #deferred: (() => void)[] = []
  #isRunning = false
  /** The cell being restored or resumed, with the frames of its children by parent. */
  #restoring: { readonly cell: Cell; readonly frames: ChildFrames } | undefined
  #isResuming = false
  #relays = 0
  #atOnce = 0
  /** What the cell's own logic threw in the midst of a child's processing, which must not take it for its own error. */
  #failure: { readonly error: unknown } | undefined
  /** How many events cells have sent themselves and handled within their units, since the caller last set it to 0. */
  innerHandled = 0

  constructor(
    private readonly engine: Engine,
    readonly logger: (...args: unknown[]) => void,
  ) {
    this.#scope = new CellScope(
      logger,
      (fn) => void this.#deferred.push(fn),
      (child) => this.#stopChild(child),
      (event) => this.#holdRootEmit(event),
      (action) => this.#executeRootAction(action),
    )
    this.effects = new HeldEffects(engine, this.#scope)
    this.scheduler = new CellScheduler(engine)
  }

  /** The logic as a cell runs it: what it would do outside at once is held. */
  hosted(logic: AnyActorLogic): HostedLogic {
    const plain = logic as unknown as HostedLogic
    return isEffectful(plain) ? this.effects.hold(plain) : plain
  }

  systemOf(path: ActorPath): CellSystem {
    return new CellSystem(this, path)
  }

  // --- the life of a cell's own logic ---

  /** Makes the first snapshot and starts what it contains. Throws what the logic threw. */
  init(cell: Cell, input: unknown): void {
    this.#enter(cell)
    this.#isRunning = false
    try {
      cell.snapshot = cell.logic.getInitialSnapshot(this.#scope, input)
    } finally {
      this.#isRunning = true
    }
    this.#begin(cell)
  }

  /** Starts the restored children of a cell again (machines at once, effects after the commit). */
  resume(cell: Cell): void {
    this.#enter(cell)
    this.#isResuming = true
    try {
      this.#begin(cell)
    } finally {
      this.#isResuming = false
    }
  }

  #begin(cell: Cell): void {
    const snapshot = cell.snapshot as HostSnapshot
    cell.isProcessing = true
    try {
      if (snapshot.status === 'active') cell.logic.start?.(snapshot, this.#scope)
      this.#update(cell, snapshot)
    } finally {
      cell.isProcessing = false
    }
    this.drain(cell)
  }

  /** One event for the cell's own logic, then all that it sends itself, up to a bound. Throws what the logic threw. */
  receive(cell: Cell, event: EventObject): void {
    this.#enter(cell)
    this.#accept(cell, event)
    this.drain(cell)
  }

  /** One event for a child inside the cell. Answers false if that child is gone. */
  receiveInChild(cell: Cell, session: string, event: EventObject): boolean {
    const child = cell.children?.get(session)
    if (child === undefined) return false
    this.#enter(cell)
    const unit = this.#unit()
    unit.wasTaken = true
    unit.probe?.reaches(child, event)
    child._send(event)
    this.drain(cell)
    return true
  }

  /** An action or effect of a child threw after its release. Answers false if that child is gone. */
  failChild(cell: Cell, session: string, error: unknown): boolean {
    const child = cell.children?.get(session)
    if (child === undefined) return false
    this.#enter(cell)
    const unit = this.#unit()
    unit.wasTaken = true
    unit.probe?.reaches(child, unit.envelope.event)
    this.effects.fail(cell, session)
    child._snapshot = { ...child._snapshot, status: 'error', error }
    child._error(error)
    this.drain(cell)
    return true
  }

  /** A fired timer of the cell. */
  fire(cell: Cell, timer: ArmedTimer): void {
    this.#enter(cell)
    const source = timer.source === '' ? cell.self : cell.children?.get(timer.source)
    const target =
      timer.target === ''
        ? cell.self
        : typeof timer.target === 'string'
          ? cell.children?.get(timer.target)
          : timer.target
    if (target !== undefined) this.relay(cell.path, source, target, timer.event)
    this.drain(cell)
  }

  /** Stops the cell's logic and everything inside it. */
  stop(cell: Cell): void {
    this.#enter(cell)
    const { snapshot } = cell
    if (snapshot?.status !== 'active') return
    // XState makes the same of a machine without children, but derives everything again.
    if (isChildlessMachine(snapshot)) {
      this.#update(cell, { ...snapshot, status: 'stopped' })
      return
    }
    this.#update(cell, cell.logic.transition(snapshot, STOP_EVENT, this.#scope))
    if (cell.snapshot?.status === 'active') cell.snapshot = { ...(cell.snapshot as HostSnapshot), status: 'stopped' }
  }

  #accept(cell: Cell, event: EventObject): void {
    if (cell.snapshot?.status !== 'active') return
    cell.isProcessing = true
    try {
      this.#update(cell, cell.logic.transition(cell.snapshot, event, this.#scope))
    } finally {
      cell.isProcessing = false
    }
  }

  /** Handles what the cell has sent itself; what is over the bound stays in `cell.inner`. Throws what the logic threw. */
  drain(cell: Cell): void {
    if (this.#failure !== undefined) throw this.#failure.error
    const { inner } = cell
    if (inner === undefined || cell.isProcessing) return
    let handled = 0
    for (let share = shareOf(cell, inner); handled < share; share = shareOf(cell, inner)) {
      if (share > MAX_RELAYS) throw loops(cell.path)
      while (handled < share) this.#accept(cell, inner[handled++] as EventObject)
    }
    cell.inner = handled < inner.length ? inner.slice(handled) : undefined
    this.innerHandled += handled
  }

  #update(cell: Cell, snapshot: HostSnapshot): void {
    cell.snapshot = snapshot
    const deferred = this.#deferred
    for (let i = 0; i < deferred.length; i++) deferred[i]?.()
    while (deferred.length > 0) deferred.pop()
    if (snapshot.status === 'error') throw snapshot.error
    if (snapshot.status !== 'active') this.scheduler.cancelSession('')
  }

  #enter(cell: Cell): void {
    this.#scope.self = cell.self
    while (this.#deferred.length > 0) this.#deferred.pop()
    this.#relays = 0
    this.#atOnce = 0
    this.#failure = undefined
    this.#isRunning = true
  }

  /** As `#enter`, perhaps in the middle of a unit of another cell, which goes on when the answer is called. */
  #enterBeside(cell: Cell): () => void {
    const { self } = this.#scope
    const deferred = this.#deferred.splice(0)
    const [relays, atOnce, failure, isRunning] = [this.#relays, this.#atOnce, this.#failure, this.#isRunning]
    this.#enter(cell)
    return () => {
      this.#scope.self = self
      this.#deferred.splice(0, this.#deferred.length, ...deferred)
      this.#relays = relays
      this.#atOnce = atOnce
      this.#failure = failure
      this.#isRunning = isRunning
    }
  }

  // --- restoring ---

  /** Makes the cell's snapshot and children from a stored frame; nothing is started. `revive` puts refs back into contexts. */
  restore(cell: Cell, frame: Frame, revive: (value: unknown) => void): void {
    const frames: ChildFrames = new WeakMap()
    if (isMachineFrame(frame.snapshot)) frames.set(cell.self, frame.snapshot.children ?? {})
    this.effects.attempts.set(cell.self, frame.attempt)
    const leave = this.#enterBeside(cell)
    this.#restoring = { cell, frames }
    try {
      const persisted = toPersisted(frame.snapshot)
      cell.snapshot =
        cell.logic.restoreSnapshot === undefined
          ? (persisted as unknown as HostSnapshot)
          : cell.logic.restoreSnapshot(persisted, this.#scope)
    } finally {
      this.#restoring = undefined
      leave()
    }
    revive(cell.snapshot.context)
    if (isMachineFrame(frame.snapshot)) restoreOrder(cell.snapshot, frame.snapshot.order)
    for (const child of cell.children?.values() ?? []) {
      revive(child._snapshot.context)
      const childFrame = frames.get(child._parent)?.[child.id]?.snapshot
      if (childFrame !== undefined && isMachineFrame(childFrame)) restoreOrder(child._snapshot, childFrame.order)
    }
  }

  /** XState has just constructed an actor inside a cell: make it this host's. */
  #adopt(child: ChildActor): void {
    const restoring = this.#restoring
    if (restoring !== undefined) this.#identify(child, restoring.cell, restoring.frames)
    const scope = child._actorScope
    scope.actionExecutor = (action) => {
      const run = (): void => this.#executeAction(child.sessionId, action)
      if (child._processingStatus === RUNNING) run()
      else child._deferred.push(run)
    }
    const emit = scope.emit
    scope.emit = (event) => {
      if (this.engine.unit === undefined) emit(event)
      else this.#unit().held.push({ release: () => emit(event) })
    }
    if (isEffectful(child.logic)) child.logic = this.effects.hold(child.logic)
  }

  /** Gives a restored child the session it had before. */
  #identify(child: ChildActor, cell: Cell, frames: ChildFrames): void {
    const frame = frames.get(child._parent)?.[child.id]
    if (frame === undefined) return
    // A migration may have added a child: it gets its first session now.
    const session = frame.session === '' ? sessionOfNumber(this.engine, cell, ++cell.sessions) : frame.session
    child.sessionId = session
    child._actorScope.sessionId = session
    this.effects.attempts.set(child, frame.attempt)
    if (isMachineFrame(frame.snapshot)) frames.set(child, frame.snapshot.children ?? {})
    cell.children ??= new Map()
    cell.children.set(session, child)
  }

  // --- XState's system calls ---

  bookSession(): string {
    if (this.#restoring !== undefined) return ''
    const { cell } = this.#unit()
    return sessionOfNumber(this.engine, cell, ++cell.sessions)
  }

  register(_path: ActorPath, child: ChildActor): void {
    const { cell } = this.#unit()
    cell.children ??= new Map()
    cell.children.set(child.sessionId, child)
  }

  unregister(path: ActorPath, actor: { readonly sessionId: string; readonly systemId?: string }): void {
    const cell = this.#restoring?.cell ?? this.engine.cellAt(path)
    cell?.children?.delete(actor.sessionId)
    this.engine.unit?.left.push(actor.sessionId)
    if (actor.systemId !== undefined) cell?.systemIds?.delete(actor.systemId)
  }

  nameChild(path: ActorPath, systemId: string, child: ChildActor): void {
    const cell = this.#restoring?.cell ?? this.#unit().cell
    const existing = cell.systemIds?.get(systemId)
    if (existing !== undefined && existing !== child) {
      throw new RosciusError(
        'SYSTEM_ID_TAKEN',
        `${path}: an actor with the systemId "${systemId}" already exists in this cell.`,
        { address: path },
      )
    }
    cell.systemIds ??= new Map()
    cell.systemIds.set(systemId, child)
  }

  lookup(path: ActorPath, systemId: string): object | undefined {
    return this.engine.cellAt(path)?.systemIds?.get(systemId) ?? this.engine.lookup(systemId)
  }

  lookupAll(path: ActorPath): Record<string, object> {
    return Object.fromEntries(this.engine.cellAt(path)?.systemIds ?? [])
  }

  inspect(path: ActorPath, event: InspectionLike): void {
    if (event.type === '@xstate.actor') {
      this.#adopt(event.actorRef as ChildActor)
      return
    }
    const { unit } = this.engine
    if (unit === undefined || unit.cell.path !== path) return
    if (event.type === '@xstate.microstep' && event._transitions !== undefined && event._transitions.length > 0)
      unit.wasTaken = true
    unit.probe?.hears(event)
  }

  relay(path: ActorPath, source: object | undefined, target: object, event: EventObject): void {
    const { unit } = this.engine
    const from = sourceAddress(source, path)
    if (unit === undefined) this.#relayOutside(path, target, event, from)
    else if (target instanceof ActorHandle) {
      if (target.path === unit.cell.path && target.child === undefined) this.#receiveInner(unit.cell, event)
      else unit.sends.push({ path: target.path, child: target.child, event, from })
    } else this.#relayToChild(unit, target as ChildActor, event, from)
  }

  #receiveInner(cell: Cell, event: EventObject): void {
    if (this.#isResuming && isSnapshotOfChild(event)) return
    if (cell.inner !== undefined || cell.isProcessing || this.#atOnce >= MAX_INNER) {
      cell.inner ??= []
      cell.inner.push(event)
    } else this.#receiveAtOnce(cell, event)
  }

  /** As XState's mailbox does: what a child sends to an idle parent is handled before the child goes on. */
  #receiveAtOnce(cell: Cell, event: EventObject): void {
    if (this.#failure !== undefined) return
    this.#atOnce++
    this.innerHandled++
    try {
      this.#accept(cell, event)
      this.drain(cell)
    } catch (error) {
      this.#failure ??= { error }
    }
  }

  #relayToChild(unit: Unit, child: ChildActor, event: EventObject, from: string): void {
    const owner = pathOfSession(child.sessionId)
    if (owner !== unit.cell.path) {
      unit.sends.push({ path: owner, child: child.sessionId, event, from })
      return
    }
    if (this.#isResuming && isSnapshotOfChild(event)) return
    if (++this.#relays > MAX_RELAYS) throw loops(owner)
    unit.probe?.reaches(child, event)
    child._send(event)
  }

  #relayOutside(path: ActorPath, target: object, event: EventObject, from: string): void {
    if (target instanceof ActorHandle) {
      if (target.path === path) this.engine.postFromEffect(path, target.child, event, from)
      else this.engine.post(target.path, target.child, event)
      return
    }
    const { sessionId } = target as ChildActor
    this.engine.postFromEffect(pathOfSession(sessionId), sessionId, event, from)
  }

  // --- actions ---

  #executeRootAction(action: ExecutableActionLike): void {
    const run = (): void => this.#executeAction(undefined, action)
    if (this.#isRunning) run()
    else this.#deferred.push(run)
  }

  #executeAction(child: string | undefined, action: ExecutableActionLike): void {
    const { exec } = action
    if (exec === undefined) return
    if (action.type === 'xstate.stopChild' && action.params instanceof ActorHandle) {
      // XState would walk through the snapshot of that cell, which may not have started yet.
      this.#stopChild(action.params)
      return
    }
    if (WITHIN_UNIT.has(action.type)) {
      exec(action.info, action.params)
      return
    }
    const unit = this.#unit()
    const act = unitActionOf(exec)
    if (act !== undefined) act(unit, this.engine, child, action.info as ActionArgs<unknown, unknown>, action.params)
    else {
      const mode = unit.cell.row.actions[action.type] ?? 'atMostOnce'
      unit.held.push(new HeldAction(this.engine, unit.cell, child, action, unit.actionCount++, mode))
    }
  }

  #holdRootEmit(event: EventObject): void {
    const { cell, held } = this.#unit()
    held.push({ release: () => this.engine.emit(cell.path, event) })
  }

  #stopChild(child: object): void {
    if (child instanceof ActorHandle) this.#unit().stops.push(child.path)
    else (child as { _stop(): void })._stop()
  }

  #unit(): Unit {
    return unitOf(this.engine)
  }
}

function isChildlessMachine({ machine, children }: HostSnapshot): boolean {
  if (machine === undefined) return false
  for (const _ in children) return false
  return true
}

/**
 * One subtree on its way to its end, from the moment its members are known. It works in turns, a step at a time.
 *
 * 1. Nobody in it handles anything any more (`frozen`), but for machines that took the cancel event: they end by themselves
 *    as far as they get (`awake`).
 * 2. All running effects are aborted and fenced first; then they may take until the deadline to come back. What comes back
 *    changes nothing. Whoever ignores its signal is left behind at the deadline, fenced.
 * 3. The actors are stopped in order, children before their parent and the youngest sibling first, as many in one commit as
 *    a turn allows. Nobody is stopped twice, and nobody whose `order` isn't below that of the ending.
 * 4. What the ending leaves behind (its note gone, its callers told, a restart) is part of the commit of the last stop.
 */
import type { ActorPath } from '../core/address.js'
import type { Cancel, Clock } from '../core/clock.js'
import type { EndingNote } from '../persistence/ending-note.js'
import type { ShutdownMs } from '../supervision/child-spec.js'
import type { Cell } from './cell.js'
import { currentRun } from './effect-run.js'
import { EndOrder } from './end-order.js'
import { Envelope } from './envelope.js'
import { isAlive, type Member, type Subtree } from './subtree.js'
import type { Turns } from './turns.js'
import { cancelEvent } from './xstate/cancel-event.js'
import type { LogicHost } from './xstate/host.js'

export interface EndingPort {
  readonly options: { readonly clock: Clock }
  readonly cells: ReadonlyMap<ActorPath, Cell>
  readonly turns: Turns
  readonly host: LogicHost
  activate(path: ActorPath): Cell | undefined
  /** Runs a unit of the cell in the current turn. */
  runUnit(cell: Cell, envelope: Envelope): void
  /** How long the effects of the cell may take by its child spec. */
  shutdownMsOf(cell: Cell): ShutdownMs
  /** The cell has come to its end in the current turn. */
  ended(cell: Cell, event: undefined): void
}

type Phase = 'finding' | 'windingDown' | 'waiting' | 'stopping' | 'over'

/** To look at a member is much less work than any other step. */
const SEEN_A_STEP = 32

const STOP = { type: 'xstate.stop' }

export class Ending implements Subtree {
  /** Those who have not ended yet. */
  readonly members = new Map<ActorPath, Member>()
  readonly #order: EndOrder<Member>
  readonly gone = new Set<ActorPath>()
  /** Whether one of them is in the store. */
  hasStored = false
  /** Whether the root was alive when the ending began. */
  hadRoot = false
  phase: Phase = 'finding'
  /** Whether its note is in the store, or in the batch that is being filled. */
  isNoted = false
  #out = 0
  readonly #deadlines: Cancel[] = []
  readonly #awake = new Set<Cell>()
  /** The effect that asked for the ending, if one did. */
  readonly #asker = currentRun()
  /** One of the awake that was still busy when it was looked at last. */
  #busy: Cell | undefined

  constructor(
    readonly path: ActorPath,
    readonly note: EndingNote,
    private readonly node: EndingPort,
    /** Called in the turn in which the last of them has ended. */
    private readonly over: (ending: Ending) => void,
  ) {
    this.#order = new EndOrder(path)
  }

  get before(): number {
    return this.note.before
  }

  get withItself(): boolean {
    return this.note.scope === 'withItself'
  }

  add(member: Member): void {
    this.members.set(member.path, member)
    this.#order.add(member)
    this.hasStored ||= member.isStored
  }

  /** Its members are known. */
  begin(): void {
    this.hadRoot = this.members.has(this.path)
    if (this.note.graceMs === 'kill') this.#beginStopping()
    else this.#beginWindingDown()
  }

  /** The node has closed: whatever is left is done when the store is opened next. */
  abandon(): void {
    this.#dropDeadlines()
    this.phase = 'over'
  }

  /** Marks a cell of the subtree: it handles nothing from here on. */
  freeze(cell: Cell): void {
    cell.ending = 'frozen'
    this.#giveReason(cell)
  }

  #giveReason(cell: Cell): void {
    const { reason } = this.note
    if (cell.endReason === undefined || reason === 'cancelled') cell.endReason = reason
  }

  // --- effects and machines that end by themselves ---

  #beginWindingDown(): void {
    this.phase = 'windingDown'
    const unseen = this.members.values()
    const concerned: Member[] = []
    this.node.turns.add(() => {
      for (let seen = 0; seen < SEEN_A_STEP; seen++) {
        const { value, done } = unseen.next()
        if (done !== true && this.#isConcerned(value)) concerned.push(value)
        if (done !== true) continue
        this.#windDownAll(concerned)
        return false
      }
      return true
    })
  }

  /** A parent hears of it before its children, and of siblings the one that was started last comes first. */
  #windDownAll(members: readonly Member[]): void {
    const byDepth = members.map((member) => ({ member, depth: member.path.split('/').length }))
    byDepth.sort((a, b) => b.depth - a.depth || a.member.order - b.member.order)
    this.node.turns.add(() => {
      const { member } = byDepth.pop() ?? {}
      if (member === undefined) this.#beginWaiting()
      else this.#windDown(member)
      return member !== undefined
    })
  }

  /** Most of a large subtree have neither effects nor a transition for the cancel event. */
  #isConcerned({ path, takesCancel }: Member): boolean {
    if (takesCancel && this.note.cancelEvent) return true
    const cell = this.node.cells.get(path)
    return cell !== undefined && this.node.host.effects.has(cell)
  }

  #windDown({ path, takesCancel }: Member): void {
    const isTold = takesCancel && this.note.cancelEvent
    const cell = isTold ? this.#livingCell(path) : this.node.cells.get(path)
    if (cell === undefined || !isAlive(cell.status) || cell.order >= this.before) return
    if (cell.ending === 'awake') this.#awake.add(cell)
    else if (isTold && cell.status === 'active') this.#tell(cell)
    else this.#silence(cell)
  }

  #silence(cell: Cell): void {
    this.freeze(cell)
    const returned = this.node.host.effects.windDown(cell, this.#why, this.#asker)
    const graceMs = this.note.graceMs === 'each' ? this.node.shutdownMsOf(cell) : 'infinity'
    if (returned.length === 0 || graceMs === 'kill') return
    this.#out++
    let isOut = true
    const back = (): void => {
      if (!isOut) return
      isOut = false
      this.#out--
      this.check()
    }
    void Promise.all(returned).then(back)
    if (graceMs !== 'infinity') this.#after(graceMs, back)
  }

  #after(ms: number, then: () => void): void {
    this.#deadlines.push(this.node.options.clock.schedule(then, ms))
  }

  #dropDeadlines(): void {
    for (const cancel of this.#deadlines.splice(0)) cancel()
  }

  get #why(): string {
    return this.note.reason === 'cancelled' ? 'The actor is being cancelled.' : 'The actor is being stopped.'
  }

  /** Gives a machine the cancel event, before all its mail. One that took it before a crash goes on from there. */
  #tell(cell: Cell): void {
    const key = `$cancel:${this.before}`
    if (cell.dedupe?.has(key) !== true) {
      this.#resume(cell)
      this.#silence(cell)
      const envelope = new Envelope('event', cancelEvent(this.note.why))
      envelope.key = key
      this.node.runUnit(cell, envelope)
    }
    const isTaken = cell.status === 'active' && cell.dedupe?.get(key)?.outcome === 'handled'
    if (isTaken) this.#wake(cell)
    else this.freeze(cell)
  }

  /** A cell that has just come from the store starts its children first; what they would do outside is over at once. */
  #resume(cell: Cell): void {
    const envelope = cell.mailbox?.peek()
    if (envelope?.kind !== 'resume') return
    cell.mailbox?.shift()
    this.node.runUnit(cell, envelope)
  }

  #wake(cell: Cell): void {
    this.#giveReason(cell)
    cell.ending = 'awake'
    this.#awake.add(cell)
    this.node.turns.wake(cell)
  }

  #beginWaiting(): void {
    if (this.phase === 'over') return
    this.phase = 'waiting'
    const { graceMs } = this.note
    if (graceMs === 0) this.#beginStopping()
    else if (typeof graceMs === 'number') this.#after(graceMs, () => this.#beginStopping())
    this.check()
  }

  /** Stops the subtree as soon as there is nothing more to wait for. */
  check(): void {
    if (this.phase !== 'waiting') return
    // Another ending may have overtaken this one: then nobody is left to wait for.
    const isQuiet = this.members.size === 0 || (this.#out === 0 && !this.#isAnyoneBusy())
    if (isQuiet) this.#beginStopping()
  }

  /** The actor has come to its end, by this ending or otherwise. */
  left(path: ActorPath): void {
    this.members.delete(path)
    if (this.phase === 'finding') this.gone.add(path)
    else if (this.members.size === 0) this.check()
  }

  #isAnyoneBusy(): boolean {
    if (this.#busy !== undefined && isBusy(this.#busy)) return true
    this.#busy = undefined
    for (const cell of this.#awake) if (isBusy(cell)) this.#busy = cell
    return this.#busy !== undefined
  }

  // --- stopping ---

  #beginStopping(): void {
    if (this.phase === 'over') return
    this.#dropDeadlines()
    this.phase = 'stopping'
    const inOrder = this.#order.take(this.members)
    this.node.turns.add(() => {
      const { value, done } = inOrder.next()
      if (done === true) this.#finish()
      else this.#stop(value)
      return done !== true
    })
  }

  #finish(): void {
    this.phase = 'over'
    this.over(this)
  }

  #stop({ path }: Member): void {
    const cell = this.#livingCell(path)
    if (cell === undefined || cell.order >= this.before) return
    this.freeze(cell)
    const start = cell.status === 'starting' ? cell.mailbox?.peek() : undefined
    if (start?.kind === 'start' && !isRestart(start)) this.#forestall(cell)
    else this.#stopCell(cell, start)
  }

  /** An actor that is being restarted has a stored state already: its end has to be written after its start. */
  #stopCell(cell: Cell, start: Envelope | undefined): void {
    if (start !== undefined) {
      cell.mailbox?.shift()
      this.node.runUnit(cell, start)
    }
    if (isAlive(cell.status)) this.node.runUnit(cell, new Envelope('stop', STOP))
  }

  /** Its start has not been handled: it never runs. */
  #forestall(cell: Cell): void {
    cell.status = 'stopped'
    this.node.ended(cell, undefined)
  }

  #livingCell(path: ActorPath): Cell | undefined {
    const cell = this.node.cells.get(path) ?? this.node.activate(path)
    return cell !== undefined && isAlive(cell.status) ? cell : undefined
  }
}

/** Whether it still has mail, or waits for a promise. */
function isBusy({ status, mailbox, effects }: Cell): boolean {
  if (status !== 'active') return false
  if (mailbox !== undefined && mailbox.size > 0) return true
  for (const { kind, status: effect } of effects?.values() ?? [])
    if (kind === 'settles' && effect !== 'over') return true
  return false
}

function isRestart({ event }: Envelope): boolean {
  return (event as { readonly isRestart?: boolean }).isRestart === true
}

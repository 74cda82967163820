/** One actor of the roster: what is known of it, and how that becomes a row. */
import type { AnyStateMachine } from 'xstate'
import { type ActorPath, idOf, parentOf } from '../../core/address.js'
import type { InspectedUnit } from '../../core/inspection.js'
import { stateLine } from '../definition/state-line.js'
import type { ActorFacts } from './actor-facts.js'
import { machineIn } from './machines.js'
import { Rate } from './rate.js'
import type { ActorRow, ActorStatus } from './shapes.js'
import type { Shown } from './shown.js'

/** What an entry needs to become a row. */
export interface RowWords {
  readonly shown: Shown
  readonly nowMs: number
}

export class RosterEntry {
  readonly id: string
  readonly parent: ActorPath | undefined
  logic = ''
  status: ActorStatus = 'missing'
  durability: ActorRow['durability'] = 'durable'
  isInMemory = false
  isSupervisor = false
  isPaused = false
  value: unknown = undefined
  restarts = 0
  mailbox = 0
  stash = 0
  effects = 0
  seqNr = 0
  error: string | undefined = undefined
  last: { readonly type: string; readonly atMs: number } | undefined = undefined
  budget: { readonly dimension: string; readonly used: number } | undefined = undefined
  approvals = 0
  /** Transitions that its last unit took: XState's definitions. */
  transitions: InspectedUnit['transitions'] = []
  /** Whose transitions these are. */
  machine: AnyStateMachine | undefined = undefined
  /** What it is has changed in a way that only the actor itself can tell. */
  isUnsure = false
  #rate: Rate | undefined = undefined
  #state: { readonly value: unknown; readonly line: string } | undefined = undefined

  constructor(
    readonly path: ActorPath,
    public order: number,
  ) {
    this.id = idOf(path)
    this.parent = parentOf(path)
  }

  /** What the actor itself says; answers whether any of it is new. */
  learn(facts: ActorFacts): boolean {
    const before = this.#facts()
    const { logic, isSupervisor = this.isSupervisor } = facts
    // A quarantined one can't say much: what was known before stays.
    const { value, restarts, stash } = facts.status === 'quarantined' ? this : facts
    Object.assign(this, facts, { logic: logic || this.logic, isSupervisor, value, restarts, stash })
    if (this.isSupervisor) this.effects = 0
    this.isUnsure = false
    const after = this.#facts()
    return before.some((fact, index) => fact !== after[index])
  }

  /** It is not there; perhaps those below it are. Answers whether that is new. */
  miss(): boolean {
    this.transitions = []
    this.last = undefined
    this.budget = undefined
    this.approvals = 0
    this.isSupervisor = false
    this.logic = ''
    // As in the tree: before those that are there.
    this.order = Number.MIN_SAFE_INTEGER
    return this.learn(MISSING)
  }

  #facts(): readonly unknown[] {
    const { logic, status, durability, isInMemory, isSupervisor, isPaused, restarts, mailbox, stash, effects } = this
    const state = this.value === undefined ? undefined : stateLine(this.value)
    const { seqNr, error } = this
    const place = [logic, status, durability, isInMemory, isSupervisor, isPaused, state, error]
    return [...place, restarts, mailbox, stash, effects, seqNr]
  }

  /** The actor has handled an event. */
  handled({ status, snapshot, mailbox, stash, effects, seqNr, atMs, transitions }: InspectedUnit, type: string): void {
    this.status = status
    this.value = (snapshot as { readonly value?: unknown } | undefined)?.value
    this.mailbox = mailbox
    this.stash = stash
    this.effects = this.isSupervisor ? 0 : effects
    this.seqNr = seqNr
    this.isInMemory = true
    this.transitions = transitions
    this.machine = machineIn(snapshot)
    this.last = { type, atMs }
    if (status === 'active') this.error = undefined
    else this.isUnsure = true
    this.#rate ??= new Rate()
    this.#rate.add(atMs)
  }

  rate(nowMs: number): number {
    return this.#rate?.perSecond(nowMs) ?? 0
  }

  /** Whether somebody should look at it. */
  get isTroubled(): boolean {
    if (TROUBLED.has(this.status) || this.restarts > 0 || this.isPaused) return true
    return this.approvals > 0 || (this.budget !== undefined && this.budget.used >= 1)
  }

  state({ shown }: RowWords): string | undefined {
    const { value } = this
    if (value === undefined) return undefined
    if (this.#state?.value !== value) this.#state = { value, line: shown.word(stateLine(value)) }
    return this.#state?.line
  }

  row(words: RowWords): ActorRow {
    const { path, id, logic, status, durability, isInMemory, isSupervisor, isPaused, order, seqNr } = this
    const { restarts, mailbox, stash, effects, error, last, budget, approvals } = this
    const row: ActorRow = {
      path,
      id,
      logic,
      status,
      durability,
      isInMemory,
      isSupervisor,
      isPaused,
      restarts,
      mailbox,
      stash,
      effects,
      seqNr,
      order,
      rate: this.rate(words.nowMs),
      approvals,
    }
    const state = this.state(words)
    if (state !== undefined) row.state = state
    if (error !== undefined) row.error = words.shown.text(error)
    if (last !== undefined) row.last = { ...last }
    if (budget !== undefined) row.budget = { ...budget }
    return row
  }
}

const MISSING: ActorFacts = {
  logic: '',
  status: 'missing',
  durability: 'durable',
  isInMemory: false,
  isSupervisor: false,
  isPaused: false,
  value: undefined,
  restarts: 0,
  mailbox: 0,
  stash: 0,
  effects: 0,
  seqNr: 0,
  error: undefined,
}

const TROUBLED: ReadonlySet<ActorStatus> = new Set(['failed', 'quarantined', 'restarting', 'missing'])

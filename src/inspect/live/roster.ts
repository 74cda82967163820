/**
 * Every actor of the node in one place, kept up while somebody looks: what lists and trees are made of.
 *
 * Boundary: it reads the system and is told of what happens (`handled`, `told`); who tells it, and who is shown what, is the
 * affair of `inspection.ts` and the viewers.
 *
 * 1. It is built in pieces, and takes in what happens meanwhile: whoever has changed is asked again afterwards.
 * 2. What a unit tells is taken from the unit. Where that is not enough (a failure, a restart, a pause), the actor is asked
 *    itself, when its row is needed or soon after.
 * 3. What nobody tells (an actor gets mail while it is paused or waits for its restart) is found by asking all in rotation, those
 *    that wait for something first. That takes a fiftieth of the thread at most.
 * 4. Whoever has changed is named to the listeners; what it is now they ask for when they want to show it.
 */
import type { ActorNode } from '../../core/actor-tree.js'
import { type ActorPath, childPath, parentOf } from '../../core/address.js'
import type { Clock } from '../../core/clock.js'
import type { SystemEvent } from '../../core/events.js'
import type { InspectedPresence, InspectedUnit } from '../../core/inspection.js'
import { factsOf } from './actor-facts.js'
import { pathIn } from './notices.js'
import { Pacer } from './pacer.js'
import type { RosterEntry, RowWords } from './roster-entry.js'
import { RosterIndex } from './roster-index.js'
import { pageOf } from './roster-query.js'
import { RowBudgets } from './row-budgets.js'
import type { ActorRow, RowPage, RowQuery } from './shapes.js'
import type { Shown } from './shown.js'
import { Slices } from './slices.js'
import type { WatchedSystem } from './watched-system.js'

const SETTLE_MS = 100
const SWEEP_MS = 250
const RATES_MS = 1_000
/** How many are asked in one sweep: of those that wait, and of all. */
const WAITING_A_SWEEP = 32
const ALL_A_SWEEP = 32
/** How long one round of questions may hold the thread. */
const ROUND_MS = 4
/** Of the thread's time sweeps take one part in so many. */
const SHARE = 50

export class Roster {
  readonly #index = new RosterIndex()
  readonly #listeners = new Set<(path: ActorPath) => void>()
  /** To be asked themselves. */
  readonly #unsure = new Set<ActorPath>()
  /** Those with a rate, and which it was when they were named last. */
  readonly #warm = new Map<RosterEntry, number>()
  /** Named while it is built: what the tree says of them may be old already. */
  #meanwhile: Set<ActorPath> | undefined = new Set()
  readonly #rotations: { waiting?: Iterator<RosterEntry> | undefined; all?: Iterator<RosterEntry> | undefined } = {}
  #areApprovalsOld = true
  #isStopped = false
  readonly #settling: Pacer
  readonly #sweeping: Pacer
  readonly #rating: Pacer
  readonly #budgets: RowBudgets
  /** Resolves when all are in; rejects if the system has stopped. */
  readonly built: Promise<void>

  /** `spent`: the use of some budget has changed. */
  constructor(
    private readonly system: WatchedSystem,
    private readonly clock: Clock,
    private readonly shown: Shown,
    spent: () => void,
  ) {
    this.#settling = new Pacer(clock, SETTLE_MS, () => this.#settle())
    this.#sweeping = new Pacer(clock, SWEEP_MS, () => this.#sweep())
    this.#rating = new Pacer(clock, RATES_MS, () => this.#cool())
    this.#budgets = new RowBudgets(system, clock, (path, budget) => {
      const entry = this.#index.get(path)
      if (entry === undefined) return
      entry.budget = budget
      // While it is built nobody has seen a row yet.
      if (this.#meanwhile === undefined) this.#touch(path)
      spent()
    })
    this.built = this.#build()
    this.built.catch(() => undefined)
  }

  /** Ends all that it does by itself. */
  stop(): void {
    this.#isStopped = true
    for (const part of [this.#settling, this.#sweeping, this.#rating, this.#budgets]) part.stop()
    this.#listeners.clear()
  }

  /** Tells of every actor that has changed, is new or is gone. Answers how to end that. */
  onChange(listener: (path: ActorPath) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  // --- what it answers ---

  paths(): ActorPath[] {
    return this.#index.paths()
  }

  /** `undefined`: there is no such actor. */
  row(path: ActorPath): ActorRow | undefined {
    return this.entry(path)?.row(this.#words())
  }

  /** The entry as its actor is now. */
  entry(path: ActorPath): RosterEntry | undefined {
    const entry = this.#index.get(path)
    if (entry?.isUnsure) this.#ask(entry)
    return this.#index.get(path)
  }

  async page(query: RowQuery): Promise<RowPage> {
    await this.built
    await this.settled()
    return pageOf([...this.#index.values()], query, this.#words())
  }

  /** Asks all of whom something is to be found out. */
  async settled(): Promise<void> {
    const slices = new Slices()
    for (const path of [...this.#unsure]) {
      this.entry(path)
      await slices.next()
    }
    if (this.#areApprovalsOld) this.#countApprovals()
  }

  /** The first of those directly below it, in the order of their start, and how many there are. */
  childrenOf(path: ActorPath, limit: number): { readonly rows: ActorRow[]; readonly total: number } {
    const entries = [...this.#index.below(path)].sort((a, b) => a.order - b.order)
    const rows = entries.slice(0, limit).flatMap((entry) => this.row(entry.path) ?? [])
    return { rows, total: entries.length }
  }

  counts(): { readonly byStatus: Record<string, number>; readonly trouble: number } {
    const byStatus: Record<string, number> = {}
    let trouble = 0
    for (const entry of this.#index.values()) {
      byStatus[entry.status] = (byStatus[entry.status] ?? 0) + 1
      if (entry.isTroubled) trouble++
    }
    return { byStatus, trouble }
  }

  // --- what it is told ---

  handled(unit: InspectedUnit): void {
    const { path, logic, kind, event } = unit
    const isAnew = kind === 'start' && (event as { readonly isRestart?: boolean }).isRestart !== true
    const entry = this.#known(path)
    if (isAnew) {
      entry.order = this.#index.nextOrder()
      entry.isUnsure = true
      this.#budgets.started(path)
    }
    entry.logic = logic
    entry.handled(unit, this.shown.type(event.type))
    if (entry.isUnsure) this.#doubt(entry)
    this.#warm.set(entry, Number.NaN)
    this.#rating.mark()
    this.#touch(path)
  }

  /** The actor is in memory, out of it, or no more. */
  moved({ path, is }: InspectedPresence): void {
    const entry = this.#index.get(path)
    if (entry === undefined) return
    if (is === 'deleted') this.#doubt(entry)
    else entry.isInMemory = is === 'loaded'
    this.#touch(path)
  }

  told(event: SystemEvent): void {
    const { type } = event
    if (type.startsWith('approval')) this.#areApprovalsOld = true
    if (type.startsWith('budget')) this.#budgets.mark()
    const path = pathIn(event)
    if (path === undefined) return
    // An actor that fails at its start has handled nothing.
    if (type.startsWith('actor') || type.startsWith('child')) this.#known(path)
    for (const one of [path, ...othersIn(event)]) {
      const entry = this.#index.get(one)
      if (entry !== undefined) this.#doubt(entry)
    }
    if (this.#areApprovalsOld) this.#settling.mark()
  }

  #known(path: ActorPath): RosterEntry {
    return this.#index.ensure(path, (entry) => {
      // Those that are there already get their place from the tree.
      if (this.#meanwhile === undefined) entry.order = this.#index.nextOrder()
      this.#doubt(entry)
    })
  }

  // --- how it is built ---

  async #build(): Promise<void> {
    const tree = await this.system.tree()
    const slices = new Slices()
    const waiting: Placed[] = []
    pushPlaced(waiting, tree.children)
    for (let next = waiting.pop(); next !== undefined && !this.#isStopped; next = waiting.pop()) {
      this.#plant(next)
      pushPlaced(waiting, next.node.children)
      await slices.next()
    }
    await this.#readNumbers(slices)
    await this.#budgets.begin(this.paths())
    this.#begin()
  }

  #plant({ node, order }: Placed): void {
    const { path } = node
    let isNew = false
    const entry = this.#index.ensure(path, () => {
      isNew = true
    })
    if (Number.isNaN(entry.order)) entry.order = order
    if (isNew) entry.learn({ ...node, seqNr: 0 })
  }

  /** The tree does not tell sequence numbers. */
  async #readNumbers(slices: Slices): Promise<void> {
    for await (const { path, seqNr } of this.system.actors()) {
      if (this.#isStopped) return
      const entry = this.#index.get(path)
      if (entry !== undefined) entry.seqNr = Math.max(entry.seqNr, seqNr)
      await slices.next()
    }
  }

  /** All are in: what happened meanwhile is found out. */
  #begin(): void {
    if (this.#isStopped) return
    const meanwhile = this.#meanwhile ?? []
    this.#meanwhile = undefined
    for (const path of meanwhile) {
      const entry = this.#index.get(path)
      if (entry === undefined) continue
      if (Number.isNaN(entry.order)) entry.order = this.#index.nextOrder()
      this.#doubt(entry)
      this.#budgets.started(path)
    }
    this.#settling.mark()
    this.#sweeping.mark()
  }

  // --- asking actors ---

  #ask(entry: RosterEntry): void {
    const { path } = entry
    this.#unsure.delete(path)
    entry.isUnsure = false
    const facts = factsOf(this.system, path)
    if (facts === 'unknown') return
    if (facts !== 'gone') {
      if (entry.learn(facts)) this.#touch(path)
      return
    }
    if (entry.miss()) this.#touch(path)
    for (const { path: gone } of this.#index.remove(entry)) {
      this.#budgets.ended(gone)
      this.#touch(gone)
    }
    if (this.#index.get(path) === undefined) this.#warm.delete(entry)
  }

  #doubt(entry: RosterEntry): void {
    entry.isUnsure = true
    this.#unsure.add(entry.path)
    this.#meanwhile?.add(entry.path)
    this.#settling.mark()
  }

  #settle(): boolean {
    if (this.#meanwhile !== undefined) return false
    const round = new Round()
    for (const path of this.#unsure) {
      if (round.isOver) return true
      this.entry(path)
    }
    if (this.#areApprovalsOld) this.#countApprovals()
    return false
  }

  /** Some of those that wait, and some of all, in turn. */
  #sweep(): boolean {
    const round = new Round()
    let asked = 0
    for (let left = this.#index.size; left > 0 && asked < WAITING_A_SWEEP && !round.isOver; left--) {
      const entry = this.#next('waiting')
      if (entry === undefined || !isWaiting(entry)) continue
      this.#ask(entry)
      asked++
    }
    for (let count = 0; count < ALL_A_SWEEP && !round.isOver; count++) {
      const entry = this.#next('all')
      if (entry === undefined) break
      this.#ask(entry)
    }
    this.#sweeping.pace(Math.max(SWEEP_MS, SHARE * round.ms))
    return true
  }

  #next(of: 'waiting' | 'all'): RosterEntry | undefined {
    this.#rotations[of] ??= this.#index.values()
    const { value, done } = this.#rotations[of].next()
    if (done) this.#rotations[of] = undefined
    return done ? undefined : value
  }

  // --- rates, approvals ---

  /** Rates fall by themselves: those who have one are named until it is 0. */
  #cool(): boolean {
    const nowMs = this.clock.now()
    for (const [entry, before] of this.#warm) {
      const rate = entry.rate(nowMs)
      if (rate === 0) this.#warm.delete(entry)
      else this.#warm.set(entry, rate)
      if (rate !== before) this.#touch(entry.path)
    }
    return this.#warm.size > 0
  }

  #countApprovals(): void {
    this.#areApprovalsOld = false
    const counts = new Map<ActorPath, number>()
    for (const { path } of this.system.approvals.list()) counts.set(path, (counts.get(path) ?? 0) + 1)
    for (const entry of this.#index.values()) {
      const count = counts.get(entry.path) ?? 0
      if (count === entry.approvals) continue
      entry.approvals = count
      this.#touch(entry.path)
    }
  }

  #touch(path: ActorPath): void {
    this.#meanwhile?.add(path)
    for (const listener of this.#listeners) listener(path)
  }

  #words(): RowWords {
    return { shown: this.shown, nowMs: this.clock.now() }
  }
}

/** An actor of the tree with its place among its siblings: below 0, before all that start later. */
interface Placed {
  readonly node: ActorNode
  readonly order: number
}

function pushPlaced(waiting: Placed[], nodes: readonly ActorNode[]): void {
  for (const [index, node] of [...nodes.entries()].reverse()) waiting.push({ node, order: index - nodes.length })
}

/** How long a round of questions takes. */
class Round {
  readonly #startMs = performance.now()

  get ms(): number {
    return performance.now() - this.#startMs
  }

  get isOver(): boolean {
    return this.ms > ROUND_MS
  }
}

/** Those that it befalls, too: who is restarted in a group, and whose child has failed. */
function othersIn(event: SystemEvent): readonly ActorPath[] {
  if (event.type === 'groupRestarting') return event.children.map((id) => childPath(event.path, id))
  const parent = event.type === 'childFailed' ? parentOf(event.path) : undefined
  return parent === undefined ? [] : [parent]
}

/** Something may come to it, or befall it, of which nobody tells. */
function isWaiting({ status, isPaused, mailbox }: RosterEntry): boolean {
  return isPaused || mailbox > 0 || status === 'restarting' || status === 'starting'
}

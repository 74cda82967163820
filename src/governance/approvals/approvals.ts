/**
 * Questions to people: durable, decided once, never forgotten by a crash and never waited for without an end.
 *
 * 1. A question is a record of the node; asking the same again, as a re-run effect does, finds the one that is there.
 * 2. It is decided at most once (see `approval-book.ts`). Nobody sees a decision before it is durable.
 * 3. Deadlines are times in the store. One that passed while no system was there is dealt with at the opening, before any
 *    actor runs.
 * 4. A question ends with the actor that asks, in the commit of its end.
 */
import type { ActorPath } from '../../core/address.js'
import type { ApprovalEvent } from '../../core/approval-events.js'
import type { Extension, ExtensionHost } from '../../runtime/extension.js'
import type { Approval, ReadFilter } from './approval.js'
import {
  advanced,
  asked,
  type Change,
  type Decision,
  decided,
  nextMs,
  reopened,
  type Settled,
  withdrawn,
} from './approval-book.js'
import { approvalDecided, approvalNotFound, deskClosed } from './approval-errors.js'
import { ApprovalShelf, type Entry } from './approval-shelf.js'
import { type ApprovalQuestion, assertSame, type ReadQuestion, readQuestion } from './question.js'
import { type ApprovalSettings, planOf, type ReadSettings, readSettings } from './settings.js'

/** Farther deadlines are looked at again on the way: a timer can't wait for ever. */
const LONGEST_WAIT_MS = 86_400_000

export class Approvals implements Extension {
  readonly name = 'approvals'
  readonly settings: ReadSettings
  #host!: ExtensionHost
  #shelf!: ApprovalShelf
  #isClosed = false

  /** Throws `OPTIONS_INVALID`. */
  constructor(settings: ApprovalSettings = {}) {
    this.settings = readSettings(settings)
  }

  // --- the life of the node ---

  async open(host: ExtensionHost): Promise<void> {
    this.#host = host
    this.#shelf = new ApprovalShelf(host)
    await this.#shelf.load()
    const { reason } = this.settings
    for (const entry of this.#shelf.entries()) this.#apply(entry, reopened(entry.state, host.now(), reason))
    this.#shelf.prune(host.now())
  }

  ended(path: ActorPath): void {
    this.#withdrawAll(path, 'Its actor has ended.')
  }

  deleted(path: ActorPath): void {
    this.#withdrawAll(path, 'Its actor was deleted.')
  }

  close(): void {
    this.#isClosed = true
  }

  // --- asking ---

  /**
   * Resolves when the question is durable. Under the id of one that was withdrawn it is asked anew; under that of any other,
   * the one that is there is answered. Rejects with `OPTIONS_INVALID`, also if that one is about something else, and with
   * `VALUE_NOT_STORABLE`.
   */
  async ask(question: ApprovalQuestion): Promise<Approval> {
    this.#assertOpen()
    const read = readQuestion(question)
    const former = this.#shelf.entry(read.id)
    if (former !== undefined) assertSame(this.#shelf.question(read.id), read)
    const isOpen = former !== undefined && former.state.settled?.status !== 'withdrawn'
    const entry = isOpen ? former : this.#open(read)
    await this.#committed()
    return this.#show(entry)
  }

  #open(question: ReadQuestion): Entry {
    const now = this.#host.now()
    const plan = planOf(question, this.settings, now)
    const { id: approvalId, path, tool, risk, what } = question
    const entry = this.#shelf.add(question, asked(plan, now, this.#host.isVolatile(path)))
    this.#changed(entry)
    this.#tell({ type: 'approvalRequested', path, approvalId, tool, risk, what, expiresMs: plan.expiresMs })
    return entry
  }

  /** The question as it was asked; `undefined` if there is none under that id. */
  question(id: string): ReadQuestion | undefined {
    return this.#shelf.entry(id) && this.#shelf.question(id)
  }

  // --- deciding ---

  /** Decides them in one commit, and answers of each what came of it, when that is durable. */
  async decide(ids: readonly string[], decision: Decision): Promise<readonly (Approval | Error)[]> {
    this.#assertOpen()
    const outcomes = ids.map((id) => this.#decideOne(id, decision))
    if (ids.length > 0) await this.#committed()
    return outcomes.map((outcome) => (outcome instanceof Error ? outcome : this.#show(outcome)))
  }

  #decideOne(id: string, decision: Decision): Entry | Error {
    const entry = this.#shelf.entry(id)
    if (entry === undefined) return approvalNotFound(id)
    const change = decided(entry.state, decision, this.#host.now(), this.settings.reason)
    this.#apply(entry, change)
    return change.isTaken ? entry : approvalDecided(id, entry.path, change.state.settled as Settled)
  }

  /** Whoever asked does not want to know any more. Changes nothing that is settled. Rejects with `APPROVAL_NOT_FOUND`. */
  async withdraw(id: string, reason = 'Whoever asked does not wait for it any more.'): Promise<void> {
    this.#assertOpen()
    const entry = this.#shelf.entry(id)
    if (entry === undefined) throw approvalNotFound(id)
    this.#withdraw(entry, reason)
    await this.#committed()
  }

  #withdrawAll(path: ActorPath, reason: string): void {
    for (const entry of this.#shelf.pendingOf(path)) this.#withdraw(entry, reason)
  }

  #withdraw(entry: Entry, reason: string): void {
    this.#apply(entry, withdrawn(entry.state, reason, this.#host.now(), this.settings.reason))
  }

  // --- finding out ---

  /**
   * Resolves when the question is settled, durably; also if that was long ago. Rejects with `APPROVAL_NOT_FOUND`, and with the
   * signal's reason if that is aborted first.
   */
  wait(id: string, signal?: AbortSignal): Promise<Settled> {
    return new Promise((resolve, reject) => {
      const entry = this.#shelf.entry(id)
      if (entry === undefined) throw approvalNotFound(id)
      const leave = (): void => {
        entry.watchers.delete(look)
        signal?.removeEventListener('abort', give)
      }
      const give = (): void => {
        leave()
        reject(signal?.reason)
      }
      const look = (): void => {
        // Asked again, it is pending, whatever is still shown.
        if (entry.shown?.settled === undefined || entry.shown !== entry.state) return
        leave()
        resolve(entry.shown.settled)
      }
      signal?.throwIfAborted()
      signal?.addEventListener('abort', give)
      entry.watchers.add(look)
      look()
    })
  }

  /** Whether a person has said yes, durably: a decision that is on its way to the store is waited for. */
  async isApproved(id: string): Promise<boolean> {
    const entry = this.#shelf.entry(id)
    if (entry === undefined) return false
    if (entry.shown !== entry.state) await this.#committed()
    return entry.shown?.settled?.status === 'approved'
  }

  /** What is known of it, durably. */
  get(id: string): Approval | undefined {
    const entry = this.#shelf.entry(id)
    return entry && this.#shelf.show(entry)
  }

  list(filter: ReadFilter): readonly Approval[] {
    return this.#shelf.list(filter)
  }

  // --- changes ---

  #apply(entry: Entry, { state, happened }: Change): void {
    if (state === entry.state) this.#arm(entry)
    else this.#shelf.change(entry, state)
    if (happened.length > 0) this.#changed(entry)
    for (const happening of happened) this.#tell({ ...happening, path: entry.path, approvalId: entry.id })
  }

  /** The state of the entry is new: shown when it is durable, and looked at again when it is due. */
  #changed(entry: Entry): void {
    const { state } = entry
    this.#arm(entry)
    // Before anybody is told of it: who listens looks here.
    this.#host.whenCommitted(() => {
      entry.shown = state
      for (const look of [...entry.watchers]) look()
    })
    if (state.settled !== undefined) this.#shelf.prune(this.#host.now())
  }

  #arm(entry: Entry): void {
    entry.cancel?.()
    entry.cancel = undefined
    const dueMs = nextMs(entry.state)
    if (dueMs === undefined) return
    const waitMs = Math.min(Math.max(dueMs - this.#host.now(), 0), LONGEST_WAIT_MS)
    entry.cancel = this.#host.schedule(() => {
      this.#apply(entry, advanced(entry.state, this.#host.now(), this.settings.reason))
    }, waitMs)
  }

  #tell(event: ApprovalEvent): void {
    this.#host.tell(event)
  }

  #show(entry: Entry): Approval {
    return this.#shelf.show(entry) as Approval
  }

  async #committed(): Promise<void> {
    this.#assertOpen()
    await this.#host.committed()
  }

  #assertOpen(): void {
    if (this.#isClosed) throw deskClosed()
  }
}

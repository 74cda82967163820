/**
 * The approvals that a node keeps: an index in memory, the questions themselves in the store.
 *
 * 1. Pending ones are kept always; of settled ones the newest 10 000, for 30 days.
 * 2. What is shown is durable: `state` is newer than `shown` while its commit is on the way.
 */
import type { ActorPath } from '../../core/address.js'
import type { Cancel } from '../../core/clock.js'
import type { ExtensionHost } from '../../runtime/extension.js'
import { type Approval, approvalOf, codeOf, type Indexed, isMeant, type ReadFilter } from './approval.js'
import { type ApprovalState, statusOf } from './approval-book.js'
import {
  idInKey,
  isStateKey,
  packQuestion,
  packState,
  questionKey,
  stateKey,
  unpackQuestion,
  unpackState,
} from './approval-record.js'
import type { ReadQuestion } from './question.js'

const KEPT_COUNT = 10_000
const KEPT_MS = 30 * 86_400_000

export interface Entry extends Indexed {
  readonly id: string
  state: ApprovalState
  /** The newest state that is durable. */
  shown: ApprovalState | undefined
  /** What is scheduled for its next deadline. */
  cancel: Cancel | undefined
  /** Told of each durable change. */
  readonly watchers: Set<() => void>
}

export class ApprovalShelf {
  readonly #entries = new Map<string, Entry>()
  readonly #pending = new Map<ActorPath, Set<Entry>>()
  /** In the order in which they were settled. */
  readonly #settled = new Set<Entry>()

  constructor(private readonly host: ExtensionHost) {}

  /** Reads what the store has. */
  async load(): Promise<void> {
    const states = new Map<string, ApprovalState>()
    for await (const [key, value] of this.host.records())
      if (isStateKey(key)) states.set(idInKey(key), unpackState(value))
    const inOrder = [...states].sort(([, one], [, other]) => lastMs(one) - lastMs(other))
    for (const [id, state] of inOrder) {
      const { path, risk } = this.question(id)
      this.#place({ id, path, risk, code: codeOf(id), state, shown: state, cancel: undefined, watchers: new Set() })
    }
  }

  entry(id: string): Entry | undefined {
    return this.#entries.get(id)
  }

  entries(): Iterable<Entry> {
    return this.#entries.values()
  }

  /** The pending ones of an actor. */
  pendingOf(path: ActorPath): readonly Entry[] {
    return [...(this.#pending.get(path) ?? [])]
  }

  question(id: string): ReadQuestion {
    return unpackQuestion(id, this.host.get(questionKey(id)))
  }

  /** A question is asked, perhaps again. Throws `VALUE_NOT_STORABLE`, and nothing has changed then. */
  add(question: ReadQuestion, state: ApprovalState): Entry {
    const { id, path, risk } = question
    this.host.put(questionKey(id), packQuestion(question))
    const former = this.#entries.get(id)
    if (former !== undefined) {
      this.change(former, state)
      return former
    }
    const entry = {
      id,
      path,
      risk,
      code: codeOf(id),
      state,
      shown: undefined,
      cancel: undefined,
      watchers: new Set<() => void>(),
    }
    this.#place(entry)
    this.host.put(stateKey(id), packState(state))
    return entry
  }

  change(entry: Entry, state: ApprovalState): void {
    this.#take(entry)
    entry.state = state
    this.#place(entry)
    this.host.put(stateKey(entry.id), packState(state))
  }

  /** Lets go of what was settled long ago, and of the oldest above the bound. */
  prune(nowMs: number): void {
    for (const entry of this.#settled) {
      if (this.#settled.size <= KEPT_COUNT && nowMs - lastMs(entry.state) <= KEPT_MS) return
      this.#take(entry)
      this.#entries.delete(entry.id)
      this.host.delete(stateKey(entry.id))
      this.host.delete(questionKey(entry.id))
    }
  }

  show({ id, shown }: Entry): Approval | undefined {
    return shown && approvalOf(this.question(id), shown)
  }

  /** The oldest first. */
  list(filter: ReadFilter): Approval[] {
    const meant = [...this.#entries.values()].filter(
      (entry) => entry.shown !== undefined && isMeant(filter, entry, statusOf(entry.shown)),
    )
    meant.sort((one, other) => one.state.askedMs - other.state.askedMs || (one.id < other.id ? -1 : 1))
    return meant.slice(0, filter.limit).flatMap((entry) => this.show(entry) ?? [])
  }

  #place(entry: Entry): void {
    this.#entries.set(entry.id, entry)
    if (entry.state.settled !== undefined) this.#settled.add(entry)
    else this.#pending.set(entry.path, (this.#pending.get(entry.path) ?? new Set()).add(entry))
  }

  #take(entry: Entry): void {
    this.#settled.delete(entry)
    const pending = this.#pending.get(entry.path)
    if (pending?.delete(entry) && pending.size === 0) this.#pending.delete(entry.path)
  }
}

function lastMs({ settled, askedMs }: ApprovalState): number {
  return settled?.atMs ?? askedMs
}

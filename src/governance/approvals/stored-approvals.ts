/**
 * The approvals in a store that no system has open: read, and decided in the store itself. The next system that opens it finds
 * the decision, tells of it, and tells the agent that waits.
 *
 * 1. What time has made of a question counts here as it does in a system; it is written down when one opens the store.
 * 2. The decisions of one call are one batch, synced.
 */
import { RosciusError } from '../../core/errors.js'
import { type Codec, createCodec } from '../../persistence/codec.js'
import { extensionKey, extensionRange, META, STRUCTURES } from '../../persistence/keys.js'
import { type Meta, STORE_FORMAT } from '../../persistence/records.js'
import type { Operation, Store } from '../../persistence/store.js'
import { type Approval, approvalOf, isMeant, type ReadFilter } from './approval.js'
import { type ApprovalState, advanced, type Decision, decided, reopened, statusOf } from './approval-book.js'
import { approvalDecided, approvalNotFound } from './approval-errors.js'
import {
  idInKey,
  isStateKey,
  packState,
  questionKey,
  stateKey,
  unpackQuestion,
  unpackState,
} from './approval-record.js'
import type { ReadQuestion } from './question.js'
import { readSettings } from './settings.js'

const EXTENSION = 'approvals'
/** What the system would say is not in the store. */
const { reason: LATE } = readSettings(undefined)

export interface StoredOptions {
  readonly now: () => number
  /** Whether another process has the store open, and this is a copy: its volatile actors are alive then. */
  readonly isInUse?: boolean
}

export class StoredApprovals {
  readonly #states = new Map<string, ApprovalState>()
  readonly #codec: Codec

  private constructor(
    private readonly store: Store,
    private readonly options: StoredOptions,
  ) {
    this.#codec = createCodec(store.get(STRUCTURES))
  }

  /** `store` is decrypted. Throws `RECORD_CORRUPT`, and `RECORD_UNSUPPORTED` for a store of a newer Roscius. */
  static async read(store: Store, options: StoredOptions): Promise<StoredApprovals> {
    const approvals = new StoredApprovals(store, options)
    await approvals.#load()
    return approvals
  }

  async #load(): Promise<void> {
    this.#assertFormat()
    const range = extensionRange(EXTENSION)
    for await (const [key, bytes] of this.store.range(range)) {
      const own = key.slice(range.gte.length)
      if (isStateKey(own)) this.#states.set(idInKey(own), unpackState(this.#codec.decode(bytes, key)))
    }
  }

  #assertFormat(): void {
    const bytes = this.store.get(META)
    const { format } = bytes === undefined ? { format: STORE_FORMAT } : (this.#codec.decode(bytes, META) as Meta)
    if (format <= STORE_FORMAT) return
    const message = `The store was written in format ${format}, this Roscius reads up to ${STORE_FORMAT}: upgrade Roscius.`
    throw new RosciusError('RECORD_UNSUPPORTED', message, { details: { format } })
  }

  /** The oldest first. */
  list(filter: ReadFilter): Approval[] {
    const meant: Approval[] = []
    for (const [id, state] of this.#states) {
      const now = this.#now(state)
      if (filter.status !== 'any' && filter.status !== statusOf(now)) continue
      const approval = approvalOf(this.#question(id), now)
      if (isMeant(filter, approval, approval.status)) meant.push(approval)
    }
    meant.sort((one, other) => one.askedMs - other.askedMs || (one.id < other.id ? -1 : 1))
    return meant.slice(0, filter.limit)
  }

  get(id: string): Approval | undefined {
    const state = this.#states.get(id)
    return state && approvalOf(this.#question(id), this.#now(state))
  }

  /** What came of each id. */
  async decide(ids: readonly string[], decision: Decision): Promise<readonly (Approval | Error)[]> {
    const operations: Operation[] = []
    const outcomes = ids.map((id) => this.#decideOne(id, decision, operations))
    if (operations.length > 0) {
      const structures = this.#codec.structuresChanged()
      if (structures !== undefined) operations.push({ type: 'put', key: STRUCTURES, value: structures })
      await this.store.batch(operations, { sync: true })
    }
    return outcomes
  }

  #decideOne(id: string, decision: Decision, operations: Operation[]): Approval | Error {
    const state = this.#states.get(id)
    if (state === undefined) return approvalNotFound(id)
    const { settled } = this.#now(state)
    const question = this.#question(id)
    if (settled !== undefined) return approvalDecided(id, question.path, settled)
    const { state: next } = decided(state, decision, this.options.now(), LATE)
    this.#states.set(id, next)
    const value = this.#codec.encode(packState({ ...next, isNews: true }))
    // A view on a buffer that the next record shares.
    operations.push({ type: 'put', key: extensionKey(EXTENSION, stateKey(id)), value: value.slice() })
    return approvalOf(question, next)
  }

  #now(state: ApprovalState): ApprovalState {
    const nowMs = this.options.now()
    return (this.options.isInUse === true ? advanced : reopened)(state, nowMs, LATE).state
  }

  #question(id: string): ReadQuestion {
    const key = extensionKey(EXTENSION, questionKey(id))
    const bytes = this.store.get(key)
    if (bytes === undefined) throw new RosciusError('RECORD_CORRUPT', `The record ${key} is missing.`, { address: key })
    return unpackQuestion(id, this.#codec.decode(bytes, key))
  }
}

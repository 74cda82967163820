/**
 * The audit trail of a node: a hash chain over what was asked, decided and interfered with, durable in the commits of what it
 * is about.
 *
 * 1. A record is part of the current commit: what is durable is in the trail, and the trail tells of nothing that is not.
 * 2. Payloads are redacted, salted and kept apart: one can be erased, and the chain stays whole. That it was is a record.
 * 3. The chain goes on where it ended. If what is noted as its end is not there, the system does not open: a trail that has
 *    been tampered with is not written further.
 * 4. An actor of which nothing is recorded pays one look into a set for each event.
 */
import type { ActorPath } from '../../core/address.js'
import { RosciusError } from '../../core/errors.js'
import type { SystemEvent } from '../../core/events.js'
import type { Extension, ExtensionHost, Recorded, Starting } from '../../runtime/extension.js'
import { type AuditOptions, readAuditOptions } from './audit-options.js'
import {
  type AuditKind,
  bytesOf,
  GENESIS,
  HEAD_KEY,
  isHashed,
  packAuditRecord,
  payloadKey,
  recordHash,
  recordKey,
  SALT_BYTES,
  saltedHash,
  unpackAuditRecord,
} from './audit-record.js'
import { canonicalText } from './canonical-text.js'
import type { AuditCheck, AuditHead } from './check-chain.js'
import { rangesOf } from './erasure.js'
import { notedOf } from './interventions.js'
import { type AuditedRecord, type AuditFilter, type ExportOptions, TrailReader } from './trail-reader.js'

export interface AuditEntryInput {
  /** The actor that it is about. */
  readonly path?: ActorPath | undefined
  /** What it is about: a tool, the type of an event, an id. */
  readonly subject: string
  /** The facts; redacted, then kept as JSON. */
  readonly payload?: unknown
}

export interface EraseOptions {
  /** Who erases. */
  readonly by: string
  /** Why: kept in the trail. */
  readonly reason: string
}

export class AuditTrail implements Extension {
  readonly name = 'audit'
  readonly #options
  readonly #reader = new TrailReader({
    head: () => this.#host.get(HEAD_KEY),
    record: (n) => this.#host.get(recordKey(n)),
    payload: (n) => this.#host.get(payloadKey(n)),
    journal: (path, seqNr) => this.#host.journalRecord(path, seqNr),
  })
  #host!: ExtensionHost
  #n = 0
  #hash = GENESIS
  /** Whether journal records are in the chain: then it has to be told from which life of an actor they are. */
  #hasJournal = false

  constructor(options: AuditOptions = {}) {
    this.#options = readAuditOptions(options)
  }

  // --- the life of the chain ---

  open(host: ExtensionHost): void {
    this.#host = host
    const stored = host.get(HEAD_KEY) as [number, Uint8Array, boolean] | undefined
    const [n, hash, hasJournal] = stored ?? [0, GENESIS, false]
    const last = n === 0 ? undefined : unpackAuditRecord(host.get(recordKey(n)))
    const isThere = n === 0 || (last?.n === n && isHashed(last) && Buffer.compare(bytesOf(last.hash), hash) === 0)
    if (!isThere || host.get(recordKey(n + 1)) !== undefined) throw brokenEnd(n)
    this.#n = n
    this.#hash = hash
    this.#hasJournal = hasJournal || this.#options.journal
  }

  /** The record's number. It is part of the current commit. */
  append(kind: AuditKind, { path, subject, payload }: AuditEntryInput): number {
    const { redaction } = this.#options
    const text = canonicalText(redaction.value(payload))
    const salt = this.#host.random.bytes(SALT_BYTES)
    return this.#chain(kind, path, redaction.text(subject), saltedHash(salt, Buffer.from(text)), [salt, text])
  }

  #chain(
    kind: AuditKind,
    path: ActorPath | undefined,
    subject: string,
    payloadHash: Uint8Array,
    kept: readonly unknown[],
  ): number {
    const host = this.#host
    const record = { n: this.#n + 1, atMs: host.now(), kind, path, subject, payloadHash, prev: this.#hash }
    const hash = recordHash(record)
    host.put(recordKey(record.n), packAuditRecord(record, hash))
    host.put(payloadKey(record.n), kept)
    host.put(HEAD_KEY, [record.n, hash, this.#hasJournal])
    this.#hash = hash
    this.#n = record.n
    return record.n
  }

  // --- what goes in by itself ---

  recorded({ path, seqNr, event, from, bytes }: Recorded): void {
    const { commands, journal } = this.#options
    if (commands.has(event.type)) this.append('intervention', { path, subject: event.type, payload: { event, from } })
    if (!journal || bytes === undefined) return
    const salt = this.#host.random.bytes(SALT_BYTES)
    // The record itself is in the journal: only what it was hashed with is kept here.
    this.#chain('journal', path, String(seqNr), saltedHash(salt, bytes), [salt])
  }

  started({ path, logic, extras }: Starting, durability: string): void {
    if (!this.#options.journal || durability === 'volatile') return
    this.append('actorStarted', { path, subject: logic, payload: { logic, durability, extras } })
  }

  deleted(path: ActorPath): void {
    if (this.#hasJournal) this.append('actorDeleted', { path, subject: 'deleted' })
  }

  /** What the system is about to tell; in the commit that it waits for. */
  telling(event: SystemEvent): void {
    const noted = notedOf(event)
    if (noted !== undefined) this.append(noted.kind, noted)
  }

  /** Whether the decisions of brains are recorded here. */
  get takesDecisions(): boolean {
    return this.#options.decisions
  }

  /** Resolves when all that was appended is durable. */
  committed(): Promise<void> {
    return this.#host.committed()
  }

  // --- what it is asked ---

  /** The durable end of the trail, to be noted elsewhere: see `verify`. `undefined` if nothing was ever recorded. */
  async head(): Promise<AuditHead | undefined> {
    const head = this.#reader.head()
    await this.#host.committed()
    return head
  }

  /** The durable records with their payloads, oldest first. */
  async *records(filter: AuditFilter = {}): AsyncGenerator<AuditedRecord> {
    yield* this.#reader.records(await this.#upToNow(filter))
  }

  /**
   * The same as lines of JSON, as `roscius audit export` writes them. What is recorded meanwhile goes with it: it may say that a
   * payload was erased before its line was written.
   */
  async *export(options: ExportOptions = {}): AsyncGenerator<string> {
    const { to = Number.MAX_SAFE_INTEGER } = options
    for (let from = options.from ?? 1; from <= Math.min(to, this.#n); ) {
      const part = await this.#upToNow({ ...options, from })
      yield* this.#reader.lines(part)
      from = part.to + 1
    }
  }

  /**
   * Whether the whole trail is as it was recorded. `anchor`: what `head()` answered at some time and was kept elsewhere;
   * without one, a trail that was cut at its end, or made anew as a whole, can't be told from a true one.
   */
  async verify(options: { readonly anchor?: AuditHead | undefined } = {}): Promise<AuditCheck> {
    await this.#host.committed()
    return this.#reader.check(options)
  }

  /**
   * Removes payloads for good: of record `n`, or of all that the filter finds. What stays is that there was a record, of what
   * kind and about whom, and a record that says who erased it and why. Answers how many were erased. Records of erasures
   * can't be erased. Throws `OPTIONS_INVALID` without `by` and `reason`.
   */
  async erase(which: number | AuditFilter, { by, reason }: EraseOptions): Promise<number> {
    for (const [field, value] of Object.entries({ by, reason })) assertSaid(field, value)
    const filter = typeof which === 'number' ? { from: which, to: which } : which
    const numbers: number[] = []
    for await (const { record, payload } of this.#reader.entries(await this.#upToNow(filter)))
      if (payload.state !== 'erased' && record.kind !== 'erased') numbers.push(record.n)
    if (numbers.length === 0) return 0
    for (const n of numbers) this.#host.delete(payloadKey(n))
    this.append('erased', { subject: `${numbers.length}`, payload: { by, reason, records: rangesOf(numbers) } })
    await this.#host.committed()
    return numbers.length
  }

  async #upToNow<T extends AuditFilter>(filter: T): Promise<T & { readonly to: number }> {
    const to = Math.min(filter.to ?? this.#n, this.#n)
    await this.#host.committed()
    return { ...filter, to }
  }
}

/** What a system offers of its trail. */
export type SystemAudit = Pick<AuditTrail, 'head' | 'records' | 'export' | 'verify' | 'erase'>

/** The trail behind what is offered of it, to be written to: for other parts of Roscius. Throws `OPTIONS_INVALID` for another. */
export function writableTrail(audit: SystemAudit): Pick<AuditTrail, 'append' | 'committed'> {
  if (audit instanceof AuditTrail) return audit
  throw new RosciusError('OPTIONS_INVALID', 'audit: must be that of a system', { details: { field: 'audit' } })
}

function assertSaid(field: string, value: unknown): void {
  if (typeof value === 'string' && value.trim() !== '') return
  throw new RosciusError('OPTIONS_INVALID', `audit.erase: ${field}: must say something`, { details: { field } })
}

function brokenEnd(n: number): RosciusError {
  const message = `The audit trail does not end at record ${n}, as it should. Run \`roscius audit verify\` on the store, and keep a copy of it. createSystem({ audit: false }) opens the system without the trail.`
  return new RosciusError('RECORD_CORRUPT', message, { address: 'u/audit/head', details: { key: 'u/audit/head', n } })
}

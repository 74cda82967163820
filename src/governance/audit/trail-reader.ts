/**
 * Reads an audit trail from wherever it is kept: a running system, or a store that no system has open.
 *
 * It gives the event loop its turn again and again: a trail may be long.
 */
import { setImmediate } from 'node:timers/promises'
import { isRosciusError } from '../../core/errors.js'
import { pathMatches } from '../policy/glob.js'
import { lineOf } from './audit-line.js'
import { type AuditKind, type AuditRecord, hexOf, unpackAuditRecord } from './audit-record.js'
import {
  type AuditCheck,
  type AuditEntry,
  type AuditHead,
  type AuditPayload,
  ChainCheck,
  type CheckOptions,
} from './check-chain.js'

/** Where the parts of a trail are found, decoded; each throws `RECORD_CORRUPT` for what is damaged. */
export interface TrailSource {
  head(): unknown
  record(n: number): unknown
  payload(n: number): unknown
  /** A journal record of an actor, as it is stored; `undefined` if it is not kept any more, or can't be read from here. */
  journal(path: string, seqNr: number): Uint8Array | undefined
}

/** Which records: all that is given must hold. */
export interface AuditFilter {
  readonly kind?: AuditKind | readonly AuditKind[]
  /** Paths of actors: `desk/*`, `desk/**`. */
  readonly path?: string
  /** The first number. Default 1. */
  readonly from?: number
  /** The last number. Default: the newest. */
  readonly to?: number
}

export interface ExportOptions extends AuditFilter {
  /** Whether journal records go with it, as they are stored: encoded, and not redacted. Default false. */
  readonly journal?: boolean
}

/** A record with its payload: JSON data, or `undefined` if it was erased, or is a journal record. */
export interface AuditedRecord extends AuditRecord {
  readonly payload: unknown
  readonly isErased: boolean
}

const AT_ONCE = 256

export class TrailReader {
  constructor(private readonly source: TrailSource) {}

  /** The end of the trail as it is noted; `undefined` if nothing was ever recorded. */
  head(): AuditHead | undefined {
    const stored = this.source.head()
    if (!Array.isArray(stored) || !(stored[1] instanceof Uint8Array)) return undefined
    return { n: stored[0], hash: hexOf(stored[1]) }
  }

  async *entries(filter: AuditFilter = {}): AsyncGenerator<AuditEntry> {
    for await (const n of this.#numbers(filter)) {
      const record = unpackAuditRecord(this.source.record(n))
      if (record === undefined || !matches(record, filter)) continue
      yield { record, payload: this.#payloadOf(record, n) }
    }
  }

  async *records(filter: AuditFilter = {}): AsyncGenerator<AuditedRecord> {
    for await (const { record, payload } of this.entries(filter)) {
      const isText = payload.state === 'here' && record.kind !== 'journal'
      yield {
        ...record,
        payload: isText ? JSON.parse(Buffer.from(payload.bytes).toString()) : undefined,
        isErased: payload.state === 'erased',
      }
    }
  }

  /** JSON Lines: one record a line, without its line end. */
  async *lines(options: ExportOptions = {}): AsyncGenerator<string> {
    for await (const entry of this.entries(options)) yield lineOf(entry, options.journal === true)
  }

  async check(options: Omit<CheckOptions, 'isPartial'> = {}): Promise<AuditCheck> {
    const check = new ChainCheck(options)
    let head = unlessDamaged(() => this.head())
    for (let n = 1; ; n++) {
      if (n % AT_ONCE === 0) await setImmediate()
      // The end may have moved on, and what is new may say that a payload which is missing was erased meanwhile.
      if (head !== DAMAGED && n > (head?.n ?? 0)) head = unlessDamaged(() => this.head())
      if (head === DAMAGED || n > (head?.n ?? 0)) break
      this.#checkOne(check, n)
    }
    // At once: nothing may be recorded between finding the end and looking behind it.
    if (head === DAMAGED) check.fail(1, 'the noted end of the trail can not be read')
    this.#checkEnd(check, head === DAMAGED ? undefined : head)
    return check.end()
  }

  #checkOne(check: ChainCheck, n: number): void {
    const record = unlessDamaged(() => unpackAuditRecord(this.source.record(n)))
    const payload = typeof record === 'object' ? unlessDamaged(() => this.#payloadOf(record, n)) : undefined
    if (record === DAMAGED) check.fail(n, 'it can not be read')
    else if (record === undefined) check.fail(n, 'it is missing')
    else if (record.n !== n) check.fail(n, 'it has the number of another')
    else if (typeof payload !== 'object') check.fail(n, 'its payload can not be read')
    else check.add({ record, payload })
  }

  #checkEnd(check: ChainCheck, noted: AuditHead | undefined): void {
    const n = noted?.n ?? 0
    const { head } = check.end()
    if (head?.n === n && head.hash !== noted?.hash) check.fail(n, 'its hash is not the one that is noted as the end')
    const behind = unlessDamaged(() => this.source.record(n + 1))
    if (behind !== undefined) check.fail(n + 1, 'it is behind the noted end of the trail')
  }

  #payloadOf({ kind, path = '', subject }: AuditRecord, n: number): AuditPayload {
    const [salt, text] = (this.source.payload(n) ?? []) as [Uint8Array?, string?]
    if (salt === undefined) return { state: 'erased' }
    if (kind !== 'journal') return { state: 'here', salt, bytes: Buffer.from(text ?? '') }
    const bytes = this.source.journal(path, Number(subject))
    return bytes === undefined ? { state: 'absent' } : { state: 'here', salt, bytes }
  }

  async *#numbers({ from = 1, to = Number.MAX_SAFE_INTEGER }: AuditFilter = {}): AsyncGenerator<number> {
    const last = Math.min(to, this.head()?.n ?? 0)
    for (let n = Math.max(1, from); n <= last; n++) {
      if (n % AT_ONCE === 0) await setImmediate()
      yield n
    }
  }
}

const DAMAGED = Symbol('damaged')

function unlessDamaged<T>(read: () => T): T | typeof DAMAGED {
  try {
    return read()
  } catch (error) {
    if (isRosciusError(error, 'RECORD_CORRUPT')) return DAMAGED
    throw error
  }
}

function matches(record: AuditRecord, { kind, path }: AuditFilter): boolean {
  if (kind !== undefined && !(Array.isArray(kind) ? kind : [kind]).includes(record.kind)) return false
  return path === undefined || (record.path !== undefined && pathMatches(path, record.path))
}

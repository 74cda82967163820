/**
 * Whether a chain of audit records is whole. Pure: it is given the records one by one, whatever they come from.
 *
 * 1. Each record's hash is that of its fields, and each names the hash of the one before. So no record can be changed, put
 *    elsewhere, left out or put in without a break at it or at the next.
 * 2. A payload that is missing is accepted only if a later record says that it was erased.
 * 3. A journal record that differs is accepted only if a later record says that its actor was deleted: it is another one's.
 * 4. What it can't see: that the end is missing, or that all was made anew. For that it takes an anchor, kept elsewhere.
 */
import { type AuditRecord, hexOf, isHashed, saltedHash } from './audit-record.js'
import { readErased } from './erasure.js'

/** The end of the chain: its newest record. */
export interface AuditHead {
  readonly n: number
  readonly hash: string
}

/** What is known of a payload. `absent`: a journal record that is not kept any more, or is not in the file. */
export type AuditPayload =
  | { readonly state: 'here'; readonly salt: Uint8Array; readonly bytes: Uint8Array }
  | { readonly state: 'erased' | 'absent' }

export interface AuditEntry {
  readonly record: AuditRecord
  readonly payload: AuditPayload
}

export interface AuditBreak {
  /** Number of the record at which the chain breaks. */
  readonly n: number
  readonly problem: string
}

export interface AuditCheck {
  readonly ok: boolean
  /** How many records were checked. */
  readonly records: number
  readonly payloads: { readonly compared: number; readonly erased: number; readonly absent: number }
  /** Records that are left out, where that was allowed. */
  readonly leftOut: number
  /** The newest record that was checked; none if there is none. */
  readonly head: AuditHead | undefined
  /** The first break, if there is one. */
  readonly firstBreak: AuditBreak | undefined
}

export interface CheckOptions {
  /** What was noted elsewhere of an earlier or of the present end: finds a chain that was cut, or made anew. */
  readonly anchor?: AuditHead | undefined
  /** Whether records may be left out, as in an export of some of them. Default false. */
  readonly isPartial?: boolean
}

export class ChainCheck {
  #last: AuditRecord | undefined
  #records = 0
  #leftOut = 0
  #compared = 0
  #absent = 0
  #firstBreak: AuditBreak | undefined
  /** Records without payload, and those whose journal record is another: whether that is right is known at the end. */
  readonly #missing: number[] = []
  readonly #differing: AuditRecord[] = []
  readonly #erased: (readonly [first: number, last: number])[] = []
  readonly #deletions = new Map<string, number>()

  constructor(private readonly options: CheckOptions = {}) {}

  add({ record, payload }: AuditEntry): void {
    this.#records++
    this.#checkPlace(record)
    if (!isHashed(record)) this.fail(record.n, 'its hash is not that of its fields')
    if (record.n === this.options.anchor?.n && record.hash !== this.options.anchor.hash)
      this.fail(record.n, 'its hash is not the one in the anchor')
    this.#checkPayload(record, payload)
    if (record.kind === 'actorDeleted' && record.path !== undefined) this.#deletions.set(record.path, record.n)
    this.#last = record
  }

  /** Something is wrong at record `n`; the lowest counts. */
  fail(n: number, problem: string): void {
    if (this.#firstBreak === undefined || n < this.#firstBreak.n) this.#firstBreak = { n, problem }
  }

  end(): AuditCheck {
    const { anchor, isPartial } = this.options
    const last = this.#last
    if (anchor !== undefined && anchor.n > (last?.n ?? 0))
      this.fail((last?.n ?? 0) + 1, `it is missing: the anchor says that there are ${anchor.n} records`)
    if (isPartial !== true) for (const n of this.#missing) this.#checkErasure(n)
    for (const record of this.#differing) this.#checkDeletion(record)
    return {
      ok: this.#firstBreak === undefined,
      records: this.#records,
      payloads: { compared: this.#compared, erased: this.#missing.length, absent: this.#absent },
      leftOut: this.#leftOut,
      head: last && { n: last.n, hash: last.hash },
      firstBreak: this.#firstBreak,
    }
  }

  #checkPlace({ n, prev }: AuditRecord): void {
    const expected = (this.#last?.n ?? 0) + 1
    if (n === expected) {
      if (prev !== (this.#last?.hash ?? '0'.repeat(64))) this.fail(n, 'it does not follow the record before it')
    } else if (n > expected && this.options.isPartial === true) this.#leftOut += n - expected
    else if (n > expected) this.fail(expected, 'it is missing')
    else this.fail(n, 'it is not where it should be')
  }

  #checkPayload(record: AuditRecord, payload: AuditPayload): void {
    if (payload.state === 'here') this.#compare(record, payload.salt, payload.bytes)
    else if (payload.state === 'absent' && record.kind === 'journal') this.#absent++
    else this.#missing.push(record.n)
  }

  #compare(record: AuditRecord, salt: Uint8Array, bytes: Uint8Array): void {
    const isSame = hexOf(saltedHash(salt, bytes)) === record.payloadHash
    if (isSame) this.#compared++
    else if (record.kind === 'journal') this.#differing.push(record)
    else this.fail(record.n, 'its payload is not the one that was recorded')
    if (isSame && record.kind === 'erased') this.#erased.push(...readErased(bytes, record.n))
  }

  #checkErasure(n: number): void {
    if (!this.#erased.some(([first, last]) => first <= n && n <= last))
      this.fail(n, 'its payload is missing, and no record says that it was erased')
  }

  #checkDeletion({ n, path, subject }: AuditRecord): void {
    if ((this.#deletions.get(path ?? '') ?? 0) > n) this.#absent++
    else this.fail(n, `journal record ${subject} of ${path} is not the one that was recorded`)
  }
}

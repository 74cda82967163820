/**
 * What the brains of a node have decided: for each actor the newest records, durable in the commits of what they are about.
 *
 * 1. A decision that is made again after a crash takes the place of the one before: both have the same effect id.
 * 2. Of each actor the newest `keep` records are kept; they are deleted with their actor. Those of a volatile actor are in
 *    memory, as it is, and forgotten with it.
 * 3. What is stored is redacted.
 */
import type { ActorPath } from '../../core/address.js'
import type { Extension, ExtensionHost, Starting } from '../../runtime/extension.js'
import type { Redaction } from '../redaction/redaction.js'
import { type DecisionOptions, readDecisionOptions } from './decision-options.js'
import type { DecisionRecord, LoggedToolCall } from './decision-record.js'

/** Which turns; both included. */
export interface DecisionRange {
  readonly from?: number
  readonly to?: number
}

/** The numbers of the records of an actor that are kept: from the first up to, not including, the next. */
type Kept = readonly [first: number, next: number]

/** Records of an actor are looked for among so many newest ones: a turn has few. */
const LOOKED_BACK = 20
const WIDTH = 8

export class DecisionLog implements Extension {
  readonly name = 'decisions'
  readonly #keep: number
  readonly #redaction: Redaction
  /** Actors that have records in the store. */
  readonly #stored = new Set<ActorPath>()
  /** The records of volatile actors. */
  readonly #inMemory = new Map<ActorPath, Map<string, unknown>>()
  #host!: ExtensionHost

  constructor(options: DecisionOptions = {}) {
    const { keep, redaction } = readDecisionOptions(options)
    this.#keep = keep
    this.#redaction = redaction
  }

  async open(host: ExtensionHost): Promise<void> {
    this.#host = host
    for await (const [key] of host.records(keptKey(''))) this.#stored.add(key.slice(keptKey('').length))
  }

  /** Removes what another actor has left under the path. */
  started({ path }: Starting): void {
    this.deleted(path)
  }

  forgotten(path: ActorPath): void {
    this.#inMemory.delete(path)
  }

  deleted(path: ActorPath): void {
    this.#inMemory.delete(path)
    if (!this.#stored.delete(path)) return
    const kept = this.#host.get(keptKey(path)) as Kept
    for (let n = kept[0]; n < kept[1]; n++) this.#host.delete(recordKey(path, n))
    this.#host.delete(keptKey(path))
  }

  // --- writing ---

  /** A brain has decided; part of the current commit. */
  decided(record: DecisionRecord, refusedBefore: string | undefined): void {
    const { path, turn, effectId } = record
    const isSame = (other: DecisionRecord): boolean =>
      other.turn === turn && (other.effectId === effectId || other.effectId === undefined)
    const n = this.#find(path, isSame)
    if (refusedBefore !== undefined) this.#refuse(path, turn, effectId, refusedBefore)
    const { toolCalls = [] } = n === undefined ? {} : this.#read(path, n)!
    this.#write(path, n ?? this.#next(path), { ...record, toolCalls })
  }

  /** The decision of that turn before this one could not be taken. */
  #refuse(path: ActorPath, turn: number, effectId: string | undefined, reason: string): void {
    const n = this.#find(path, (other) => other.turn === turn && other.effectId !== effectId)
    if (n !== undefined) this.#write(path, n, { ...this.#read(path, n)!, refusedBecause: reason })
  }

  /** A tool was called, or refused; part of the current commit. */
  called(path: ActorPath, turn: number, call: LoggedToolCall): void {
    const n = this.#find(path, (other) => other.turn === turn)
    const record = n === undefined ? this.#undecided(path, turn) : this.#read(path, n)!
    const others = record.toolCalls.filter((one) => one.effectId !== call.effectId || one.callId !== call.callId)
    this.#write(path, n ?? this.#next(path), { ...record, toolCalls: [...others, call] })
  }

  #undecided(path: ActorPath, turn: number): DecisionRecord {
    const unknown = { goal: '', state: '', contextDigest: '', legal: [], decision: undefined, reason: '', ms: 0 }
    return { path, turn, atMs: this.#host.now(), ...unknown, toolCalls: [] }
  }

  now(): number {
    return this.#host.now()
  }

  // --- reading ---

  /** The records of an actor that are kept, durable, oldest first. */
  async records(
    path: ActorPath,
    { from = 0, to = Number.POSITIVE_INFINITY }: DecisionRange = {},
  ): Promise<readonly DecisionRecord[]> {
    const [first, next] = this.#kept(path)
    const found: DecisionRecord[] = []
    for (let n = first; n < next; n++) {
      const record = this.#read(path, n)
      if (record !== undefined && record.turn >= from && record.turn <= to) found.push(record)
    }
    await this.#host.committed()
    return found
  }

  // --- records ---

  #find(path: ActorPath, isIt: (record: DecisionRecord) => boolean): number | undefined {
    const [first, next] = this.#kept(path)
    for (let n = next - 1; n >= Math.max(first, next - LOOKED_BACK); n--) {
      const record = this.#read(path, n)
      if (record !== undefined && isIt(record)) return n
    }
    return undefined
  }

  /** Makes room for a new record. */
  #next(path: ActorPath): number {
    const [first, next] = this.#kept(path)
    const oldest = Math.max(first, next + 1 - this.#keep)
    for (let n = first; n < oldest; n++) this.#delete(path, recordKey(path, n))
    this.#put(path, keptKey(path), [oldest, next + 1])
    return next
  }

  #kept(path: ActorPath): Kept {
    return (this.#get(path, keptKey(path)) as Kept | undefined) ?? [0, 0]
  }

  #read(path: ActorPath, n: number): DecisionRecord | undefined {
    return this.#get(path, recordKey(path, n)) as DecisionRecord | undefined
  }

  /** Only what was said: by path, turn and effect a record is known again. */
  #write(path: ActorPath, n: number, record: DecisionRecord): void {
    const { goal, decision, reason, refusedBecause } = record
    const said = this.#redacted({ goal, decision, reason, refusedBecause })
    const toolCalls = record.toolCalls.map((call) => ({
      ...call,
      ...this.#redacted({ tool: call.tool, rule: call.rule }),
    }))
    this.#put(path, recordKey(path, n), { ...record, ...said, toolCalls })
  }

  /** Of the same shape, also if somebody's own redaction gives up. */
  #redacted<T extends object>(said: T): T {
    const redacted = this.#redaction.value(said)
    if (typeof redacted === 'object') return redacted as T
    return Object.fromEntries(Object.keys(said).map((key) => [key, redacted])) as T
  }

  #get(path: ActorPath, key: string): unknown {
    return this.#stored.has(path) ? this.#host.get(key) : this.#inMemory.get(path)?.get(key)
  }

  #put(path: ActorPath, key: string, value: unknown): void {
    if (this.#host.isVolatile(path)) {
      const own = this.#inMemory.get(path) ?? new Map<string, unknown>()
      this.#inMemory.set(path, own.set(key, value))
    } else {
      this.#stored.add(path)
      this.#host.put(key, value)
    }
  }

  #delete(path: ActorPath, key: string): void {
    if (this.#stored.has(path)) this.#host.delete(key)
    else this.#inMemory.get(path)?.delete(key)
  }
}

const keptKey = (path: ActorPath): string => `k/${path}`
const recordKey = (path: ActorPath, n: number): string => `d/${path}:${n.toString(36).padStart(WIDTH, '0')}`

/**
 * What was committed for another node and is not confirmed.
 *
 * Boundary: it knows numbers, the store and bounds; when and how entries travel is `flow.ts`'s.
 *
 * 1. What a stored actor sends is in the batch of the unit that sent it; what a volatile one sends is in memory. Both have
 *    their number from then on, and leave in that order once that batch is durable (I2, I5).
 * 2. Numbers belong to one store of the peer (D15): when it has another, what waits becomes dead letters, and counting begins
 *    anew.
 * 3. Bounded in count and bytes. What finds no room is refused at the door, or a dead letter in its sender's commit (D3).
 *    Answers have as much room again: who asks and reads slowly would else wait for ever.
 */
import type { Cancel } from '../../core/clock.js'
import { RosciusError } from '../../core/errors.js'
import { sortableNumber } from '../../persistence/keys.js'
import type { AbroadHost } from '../../runtime/abroad.js'
import type { PackedEnvelope } from '../protocol/frame-codec.js'
import type { Lanes } from '../protocol/lanes.js'
import { Entry, Lane } from './lane.js'
import { type PeerRecord, peerRecordKey } from './peer-record.js'

export interface OutboxBounds {
  readonly maxCount: number
  readonly maxBytes: number
}

/** So many leave together at the most, as far as turns go: the peer then works on them while this node makes the next. */
const MANY = 48
/** How long what was confirmed may stay in the store for company. */
const FORGET_MS = 100
/** How many numbers are reserved at once for what is in memory only. */
const BLOCK = 65_536

const entryKey = (peer: string, lane: number, number: number): string =>
  `u/remote/o/${peer}/${lane}/${sortableNumber(number)}`

export class Outbox {
  readonly lanes: readonly [Lane, Lane, Lane] = [new Lane(), new Lane(), new Lane()]
  /** What waits, released or not. */
  count = 0
  bytes = 0
  /** How many an earlier run has left. */
  restored = 0
  /** The store of the peer that the numbers are for; undefined until it was met. */
  storeId: string | undefined
  #record: PeerRecord
  #pending: [lane: number, entry: Entry][] = []
  #filling: object | undefined
  /** What was sent in commits that are not durable yet, in their order. */
  readonly #unreleased: [lane: number, entry: Entry][][] = []
  /** Keys of what was confirmed: deleted with what is stored next, or a little later. */
  #forgotten: string[] = []
  #isRecordOld = false
  #onRoom: (() => void)[] = []
  #timer: Cancel | undefined

  constructor(
    private readonly peer: string,
    private readonly host: AbroadHost,
    private readonly bounds: OutboxBounds,
    record: PeerRecord | undefined,
    /** Entries are in their lanes, and may go. */
    private readonly released: () => void,
  ) {
    this.#record = record ?? {}
    this.storeId = record?.storeId
    for (const [i, lane] of this.lanes.entries()) {
      lane.reserved = lane.newest = record?.reserved?.[i] ?? 0
      lane.confirmed = record?.confirmed?.[i] ?? 0
    }
  }

  /** An entry of an earlier run. */
  restore(lane: number, number: number, bytes: Uint8Array, dueMs: number | undefined): void {
    this.lanes[lane]?.restore(new Entry(number, { bytes, nodes: UNKNOWN }, true, dueMs))
    this.restored++
    this.count++
    this.bytes += bytes.length
  }

  /** Whether something is for a store that the peer, as far as it was met, does not have (D15). */
  isForOther(store: string | undefined): boolean {
    return store !== undefined && this.storeId !== undefined && store !== this.storeId
  }

  get record(): PeerRecord {
    return this.#record
  }

  /** Whether there is room for one more; for what is owed as much again. */
  hasRoomFor(bytes: number, isOwed = false): boolean {
    const { maxCount, maxBytes } = this.bounds
    const times = isOwed ? 2 : 1
    return this.count < times * maxCount && this.bytes + bytes <= times * maxBytes
  }

  /** Whether as much waits as may, or more; then `onRoom` is called when it is less. */
  isFull(onRoom: () => void): boolean {
    if (this.hasRoomFor(1)) return false
    this.#onRoom.push(onRoom)
    return true
  }

  #tellRoom(): void {
    if (this.#onRoom.length === 0 || !this.hasRoomFor(1)) return
    const listeners = this.#onRoom
    this.#onRoom = []
    for (const listener of listeners) listener()
  }

  /** Throws `OUTBOX_FULL`. */
  assertRoomFor(bytes: number, address: string): void {
    if (!this.hasRoomFor(bytes)) throw this.full(address)
  }

  full(address: string): RosciusError {
    const message = `${address}: ${this.count} messages (${this.bytes} bytes) wait for the node "${this.peer}" already, as many as may. Send more slowly, or raise links.outbox.`
    return new RosciusError('OUTBOX_FULL', message, { address, details: { ...this.bounds } })
  }

  /** Part of the current commit; answers its number. */
  add(laneIndex: number, packed: PackedEnvelope, isStored: boolean, dueMs: number | undefined): number {
    const lane = this.lanes[laneIndex] as Lane
    const entry = new Entry(++lane.newest, packed, isStored, dueMs)
    if (lane.newest > lane.reserved) this.#reserve(lane)
    if (isStored) this.#store(laneIndex, entry)
    this.count++
    this.bytes += packed.bytes.length
    this.#hold(laneIndex, entry)
    return entry.number
  }

  #reserve(lane: Lane): void {
    lane.reserved = lane.newest + BLOCK - 1
    this.save()
  }

  #store(lane: number, { number, packed, dueMs }: Entry): void {
    const { codec, commits } = this.host
    this.flush()
    commits.put(entryKey(this.peer, lane, number), codec.encode([packed.bytes, dueMs ?? null]))
    commits.sync()
  }

  /** One release for all that is sent in a batch. */
  #hold(lane: number, entry: Entry): void {
    const { commits } = this.host
    if (this.#filling === commits.filling) {
      if (this.#pending.push([lane, entry]) === MANY) this.host.endTurnSoon()
      return
    }
    this.#filling = commits.filling
    const pending: [number, Entry][] = [[lane, entry]]
    this.#pending = pending
    this.#unreleased.push(pending)
    commits.hold({ release: () => this.#release(pending) })
    this.host.scheduleCommit()
  }

  #release(pending: [lane: number, entry: Entry][]): void {
    this.#unreleased.shift()
    for (const [lane, entry] of pending) this.lanes[lane]?.add(entry)
    this.released()
  }

  /**
   * What the peer has: it needs to be kept no longer. It goes with what is stored next, so that no commit is made for it alone; a
   * crash before makes no difference, as what comes again is seen.
   */
  forget(lane: number, entries: readonly Entry[]): void {
    for (const { number, packed, isStored } of entries) {
      this.count--
      this.bytes -= packed.bytes.length
      if (isStored) this.#forgotten.push(entryKey(this.peer, lane, number))
    }
    if (this.#forgotten.length > 0) this.#flushLater()
    this.#tellRoom()
  }

  #flushLater(): void {
    this.#timer ??= this.host.clock.schedule(() => {
      this.flush()
      this.host.scheduleCommit()
    }, FORGET_MS)
  }

  /** What is confirmed is deleted in the current commit. */
  flush(): void {
    this.#timer?.()
    this.#timer = undefined
    const { commits } = this.host
    for (const key of this.#forgotten) commits.del(key)
    this.#forgotten = []
    if (this.#isRecordOld) this.#write({})
  }

  /** Nothing is written any more. */
  close(): void {
    this.#timer?.()
  }

  /** The highest number given in each lane. */
  get sent(): Lanes {
    return this.#each((lane) => lane.reserved)
  }

  /** The highest number that may have left in each lane, of what could leave again. */
  get highest(): Lanes {
    return this.#each((lane) => lane.highest)
  }

  get confirmed(): Lanes {
    return this.#each((lane) => lane.confirmed)
  }

  #each(of: (lane: Lane) => number): Lanes {
    const [high, normal, low] = this.lanes
    return [of(high), of(normal), of(low)]
  }

  get inFlight(): number {
    return this.lanes.reduce((sum, lane) => sum + lane.inFlight, 0)
  }

  /** All that waits, taken out: its store is gone. Counting begins anew, for `storeId`. */
  reset(storeId: string): (readonly [lane: number, entry: Entry])[] {
    const gone: [number, Entry][] = []
    for (const [i, lane] of this.lanes.entries())
      gone.push(...this.#clear(i, lane).map((entry): [number, Entry] => [i, entry]))
    this.bind(storeId)
    // In one commit: what waited for the former store must not be found again among what is for this one.
    this.flush()
    return gone
  }

  /** All of the lane, also what is not released yet. */
  #clear(index: number, lane: Lane): Entry[] {
    const entries = lane.clear()
    for (const list of this.#unreleased) {
      entries.push(...list.filter(([at]) => at === index).map(([, entry]) => entry))
      list.splice(0, list.length, ...list.filter(([at]) => at !== index))
    }
    this.forget(index, entries)
    return entries
  }

  /** The numbers are for that store from now on. */
  bind(storeId: string): void {
    this.storeId = storeId
    this.save()
  }

  /**
   * An operator takes the peer as it is: what it has not received counts as not confirmed, and what waits under numbers that it
   * says to have is numbered anew.
   */
  adopt(received: Lanes): void {
    for (const [i, lane] of this.lanes.entries()) {
      const position = received[i] as number
      lane.confirmed = position
      if (position > lane.newest) this.#renumber(i, lane, position)
    }
    this.save()
  }

  #renumber(index: number, lane: Lane, position: number): void {
    const waiting = this.#clear(index, lane)
    lane.newest = lane.reserved = lane.confirmed = position
    for (const { packed, isStored, dueMs } of waiting) this.add(index, packed, isStored, dueMs)
  }

  /** What the peer has confirmed is written with what is stored next, or a little later. */
  saveSoon(): void {
    this.#isRecordOld = true
    this.#flushLater()
  }

  /** Writes what is known of the peer, with `changes`; part of the current commit. */
  save(changes: Partial<PeerRecord> = {}): void {
    this.#write(changes)
    this.host.commits.sync()
    this.host.scheduleCommit()
  }

  #write(changes: Partial<PeerRecord>): void {
    const store = this.storeId === undefined ? {} : { storeId: this.storeId }
    this.#record = { ...this.#record, ...changes, ...store, reserved: this.sent, confirmed: this.confirmed }
    this.#isRecordOld = false
    this.host.commits.put(peerRecordKey(this.peer), this.host.codec.encode(this.#record))
  }
}

/** Of an entry that an earlier run has packed. */
export const UNKNOWN = -1

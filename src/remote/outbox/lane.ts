/**
 * What waits for one peer in one lane, in the order of its numbers: at first sent and not confirmed, then not sent yet.
 *
 * 1. Numbers rise and are never given twice for one store of the peer: what is in memory only has numbers that were reserved in
 *    the store before they left, so that a restart goes on behind them (and leaves a hole).
 * 2. Nothing is dropped but by a confirmation, by a reset, or before its first sending.
 */
import type { OutgoingEnvelope, PackedEnvelope } from '../protocol/frame-codec.js'

/** An envelope that waits. */
export class Entry implements OutgoingEnvelope {
  /** Ms that are left at the moment of sending. */
  deadlineMs?: number

  constructor(
    readonly number: number,
    public packed: PackedEnvelope,
    /** Whether the store has it. */
    readonly isStored: boolean,
    /** Wall-clock ms. */
    readonly dueMs: number | undefined,
  ) {}
}

/** A place in the order of what is sent to a peer. */
export interface NumberAt {
  readonly lane: number
  readonly number: number
}

/** So many slots in front are cut off at once. */
const CUT_AFTER = 1_024

export class Lane {
  #entries: (Entry | undefined)[] = []
  #first = 0
  #unsent = 0
  /** The last number given. */
  newest = 0
  /** Up to here numbers are reserved in the store. */
  reserved = 0
  /** What the peer has confirmed to have in its store. */
  confirmed = 0
  /** The number that went last on this connection, or that the peer had when it began. */
  after = 0
  /** Up to here the peer has had everything, in its store or in the memory of a process of it. */
  taken = 0
  /** The highest number that ever left, or may have. */
  #highest = 0

  /** How many were sent and are not confirmed. */
  get inFlight(): number {
    return this.#unsent - this.#first
  }

  get hasUnsent(): boolean {
    return this.#unsent < this.#entries.length
  }

  add(entry: Entry): void {
    this.#entries.push(entry)
  }

  /** What an earlier run has left, in order; whether it was sent nobody knows. */
  restore(entry: Entry): void {
    this.#entries.push(entry)
    this.#highest = Math.max(this.#highest, entry.number)
  }

  /** Up to `most` that were not sent, in their order. */
  unsent(most: number): Entry[] {
    return this.#entries.slice(this.#unsent, this.#unsent + most) as Entry[]
  }

  get highest(): number {
    return this.#highest
  }

  wasSent({ number }: Entry): boolean {
    return number <= this.#highest
  }

  /** The oldest unsent one has left. */
  sent(entry: Entry): void {
    this.#unsent++
    this.after = entry.number
    if (entry.number > this.#highest) this.#highest = entry.number
  }

  /** The oldest unsent one, which was never sent, is given up. */
  drop(): void {
    this.#entries.splice(this.#unsent, 1)
  }

  /** A new connection: the peer has everything up to `received`. Answers what it has. */
  rewind(received: number): Entry[] {
    const gone = this.#takeUpTo(received)
    this.#unsent = this.#first
    this.after = received
    return gone
  }

  /** The peer confirms; `undefined` if it can't have come so far. */
  confirm(position: number): Entry[] | undefined {
    return position > this.after ? undefined : this.#takeUpTo(position)
  }

  #takeUpTo(position: number): Entry[] {
    const gone: Entry[] = []
    if (position > this.taken) this.taken = position
    for (let entry = this.#entries[this.#first]; entry !== undefined && entry.number <= position; ) {
      gone.push(entry)
      this.#entries[this.#first++] = undefined
      entry = this.#entries[this.#first]
    }
    if (this.#unsent < this.#first) this.#unsent = this.#first
    if (this.#first >= CUT_AFTER) this.#cut()
    return gone
  }

  #cut(): void {
    this.#entries.splice(0, this.#first)
    this.#unsent -= this.#first
    this.#first = 0
  }

  /** All that waits; the lane begins anew. */
  clear(): Entry[] {
    const entries = this.#entries.slice(this.#first) as Entry[]
    this.#entries = []
    this.#first = this.#unsent = 0
    this.newest = this.reserved = this.confirmed = this.after = this.taken = this.#highest = 0
    return entries
  }
}

/**
 * What is different between two states of an actor.
 *
 * 1. Parts that are one object in both are equal, and not looked into: a state shares with the one before what has not changed.
 * 2. Work is bounded. Past the bound, two different objects count as changed.
 */

import type { Masking } from './mask.js'
import { lineOf } from './one-line.js'
import { pointerTo } from './pointer.js'
import type { ToldChange } from './told.js'
import { type Child, childAt, childrenOf, kindOf, sizeOf, type ValueKind } from './value-kind.js'

/** How many values may be looked at. */
export class Effort {
  constructor(public left = 20_000) {}
}

const MAX_DEPTH = 100
/** Children that are read at a time. */
const PAGE = 256

/** Whether two values are the same; in doubt they are not. */
export function isSame(a: unknown, b: unknown, effort: Effort, depth = 0): boolean {
  if (Object.is(a, b)) return true
  const kind = kindOf(a)
  if (kind !== kindOf(b) || --effort.left < 0 || depth > MAX_DEPTH) return false
  if (!isOpenable(kind)) return isSameLeaf(a, b, kind)
  const size = sizeOf(a, kind)
  if (size !== sizeOf(b, kind)) return false
  if (Array.isArray(a) && Array.isArray(b))
    return a.every((item, index) => Object.is(item, b[index]) || isSame(item, b[index], effort, depth + 1))
  for (const child of allChildren(a)) {
    const other = childAt(b, child.segment)
    if (other === undefined || !isSame(child.value, other.value, effort, depth + 1)) return false
  }
  return true
}

const isOpenable = (kind: ValueKind): boolean =>
  kind === 'object' || kind === 'array' || kind === 'map' || kind === 'set' || kind === 'error'

function isSameLeaf(a: unknown, b: unknown, kind: ValueKind): boolean {
  switch (kind) {
    case 'date':
      return Object.is(Date.prototype.getTime.call(a), Date.prototype.getTime.call(b))
    case 'bytes':
      return Buffer.compare(bytesOf(a), bytesOf(b)) === 0
    case 'ref':
      return (a as { sessionId: unknown }).sessionId === (b as { sessionId: unknown }).sessionId
    default:
      return false
  }
}

function bytesOf(value: unknown): Uint8Array {
  const view = value as ArrayBufferView
  return ArrayBuffer.isView(view)
    ? new Uint8Array(view.buffer, view.byteOffset, view.byteLength)
    : new Uint8Array(value as ArrayBuffer)
}

function* allChildren(value: unknown): IterableIterator<Child> {
  const size = sizeOf(value)
  for (let from = 0; from < size; from += PAGE) yield* childrenOf(value, from, PAGE)
}

/** The changes from one state to another, the deepest that tell of them, in the order of the fields; `max` at most. */
export function changesBetween(before: unknown, after: unknown, masking: Masking, max = 100): ToldChange[] {
  const changes = new Changes(masking, max)
  changes.compare(before, after, { pointer: '', isSecret: false, depth: 0 })
  return changes.found
}

interface Place {
  readonly pointer: string
  readonly isSecret: boolean
  readonly depth: number
}

class Changes {
  readonly found: ToldChange[] = []
  readonly #effort = new Effort()

  constructor(
    private readonly masking: Masking,
    private readonly max: number,
  ) {}

  get #isDone(): boolean {
    return this.found.length >= this.max
  }

  compare(before: unknown, after: unknown, place: Place): void {
    if (this.#isDone || Object.is(before, after)) return
    const kind = kindOf(before)
    if (!isOpenable(kind) || kind === 'set' || kind === 'error' || kind !== kindOf(after) || this.#isTooMuch(place)) {
      if (!isSame(before, after, this.#effort)) this.#add('changed', place, before, after)
    } else this.#within(before, after, place)
  }

  #isTooMuch({ depth }: Place): boolean {
    return --this.#effort.left < 0 || depth > MAX_DEPTH
  }

  #within(before: unknown, after: unknown, place: Place): void {
    if (Array.isArray(before) && Array.isArray(after)) this.#elements(before, after, place)
    else this.#entries(before, after, place)
  }

  /** Lists may be long, and mostly the same. */
  #elements(before: readonly unknown[], after: readonly unknown[], place: Place): void {
    const both = Math.min(before.length, after.length)
    const below = (index: number): Place =>
      this.#below(place, { segment: String(index), name: undefined, value: undefined })
    for (let n = 0; n < both && !this.#isDone; n++)
      if (!Object.is(before[n], after[n])) this.compare(before[n], after[n], below(n))
    for (let n = both; n < before.length && !this.#isDone; n++) this.#add('removed', below(n), before[n], undefined)
    for (let n = both; n < after.length && !this.#isDone; n++) this.#add('added', below(n), undefined, after[n])
  }

  #entries(before: unknown, after: unknown, place: Place): void {
    for (const child of allChildren(before)) {
      if (this.#isDone) return
      const other = childAt(after, child.segment)
      if (other === undefined) this.#add('removed', this.#below(place, child), child.value, undefined)
      else if (!Object.is(child.value, other.value)) this.compare(child.value, other.value, this.#below(place, child))
    }
    for (const child of allChildren(after)) {
      if (this.#isDone) return
      if (childAt(before, child.segment) === undefined)
        this.#add('added', this.#below(place, child), undefined, child.value)
    }
  }

  #below({ pointer, isSecret, depth }: Place, { segment, name }: Child): Place {
    return {
      pointer: pointerTo(pointer, segment),
      isSecret: isSecret || this.masking.isSecret(name),
      depth: depth + 1,
    }
  }

  #add(change: ToldChange['change'], { pointer, isSecret }: Place, before: unknown, after: unknown): void {
    const line = (value: unknown): string => lineOf(value, this.masking, undefined, isSecret).text
    this.found.push({
      pointer,
      change,
      ...(change !== 'added' && { before: line(before) }),
      ...(change !== 'removed' && { after: line(after) }),
    })
  }
}

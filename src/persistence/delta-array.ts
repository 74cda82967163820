/**
 * The delta of an array, by identity of its elements (see `delta.ts` for the format).
 *
 * The usual changes are told from their ends with pointer comparisons: append, truncate, one element changed. Whatever
 * else happened is written as runs of the old array with new and changed elements between.
 */
import { CHANGED, type Delta, type DiffValue, Op } from './delta-format.js'
import { type RefCodec, storable, within } from './storable.js'

/** A run of fewer small primitives than this is cheaper to write than to point at. */
const MIN_PRIMITIVE_RUN = 3
/** After this many searches through the old array, its elements are indexed. */
const SEARCHES = 4

/** The parts of two arrays between their common beginning and their common end. */
interface Middle {
  readonly from: number
  /** Where the common end begins, in the old and the new array. */
  readonly formerTo: number
  readonly to: number
}

export function diffArray(
  previous: readonly unknown[],
  next: readonly unknown[],
  refs: RefCodec,
  diffValue: DiffValue,
): Delta | undefined {
  const from = commonBeginning(previous, next)
  if (from === previous.length) return from === next.length ? undefined : append(next, from, refs)
  const end = commonEnd(previous, next, from)
  const middle = { from, formerTo: previous.length - end, to: next.length - end }
  const keepsLength = previous.length === next.length
  return keepsLength && !isShifted(previous, next, middle)
    ? diffElements(previous, next, middle, refs, diffValue)
    : new Runs(previous, next, middle, refs, diffValue).toDelta()
}

function commonBeginning(previous: readonly unknown[], next: readonly unknown[]): number {
  const shorter = Math.min(previous.length, next.length)
  let length = 0
  while (length < shorter && Object.is(previous[length], next[length])) length++
  return length
}

function commonEnd(previous: readonly unknown[], next: readonly unknown[], from: number): number {
  const longest = Math.min(previous.length, next.length) - from
  let length = 0
  while (length < longest && Object.is(previous[previous.length - 1 - length], next[next.length - 1 - length])) length++
  return length
}

function append(next: readonly unknown[], from: number, refs: RefCodec): Delta {
  const delta: [number, ...unknown[]] = [Op.append]
  for (let i = from; i < next.length; i++) delta.push(storableElement(next, i, refs))
  return delta
}

function storableElement(next: readonly unknown[], index: number, refs: RefCodec): unknown {
  try {
    return storable(next[index], refs)
  } catch (error) {
    throw within(error, index)
  }
}

/** Whether elements moved rather than changed: most are different, and the first of them was elsewhere before. */
function isShifted(previous: readonly unknown[], next: readonly unknown[], { from, to }: Middle): boolean {
  if (to - from === 1) return false
  let changed = 0
  for (let i = from; i < to && changed * 2 <= to - from; i++) if (!Object.is(previous[i], next[i])) changed++
  return changed * 2 > to - from && previous.indexOf(next[from]) >= 0
}

function diffElements(
  previous: readonly unknown[],
  next: readonly unknown[],
  { from, to }: Middle,
  refs: RefCodec,
  diffValue: DiffValue,
): Delta | undefined {
  const delta: [number, ...unknown[]] = [Op.elements]
  for (let i = from; i < to; i++) {
    try {
      const change = diffValue(previous[i], next[i], refs)
      if (change !== undefined) delta.push(i, change)
    } catch (error) {
      throw within(error, i)
    }
  }
  return delta.length === 1 ? undefined : delta
}

/** Writes the new array as runs of the old one, changed elements and new ones, from left to right. */
class Runs {
  private readonly delta: [number, ...unknown[]] = [Op.runs]
  /** The run that the last two elements of the delta describe, if they do. */
  private openRun = false
  /** The new elements at the end of the delta, if there are any. */
  private openItems: unknown[] | undefined
  /** The element of the old array after the last one used: what comes next if nothing else happened. */
  private cursor: number
  private searches = 0
  private index: Map<unknown, number> | undefined

  constructor(
    private readonly previous: readonly unknown[],
    private readonly next: readonly unknown[],
    private readonly middle: Middle,
    private readonly refs: RefCodec,
    private readonly diffValue: DiffValue,
  ) {
    this.cursor = middle.from
  }

  toDelta(): Delta | undefined {
    const { previous, next, middle } = this
    this.addRun(0, middle.from)
    let i = middle.from
    while (i < middle.to) i += this.takeRun(i) || this.takeElement(i)
    this.addRun(middle.formerTo, previous.length - middle.formerTo)
    const isUnchanged =
      this.delta.length === 3 && this.openRun && this.delta[1] === 0 && this.delta[2] === previous.length
    return isUnchanged && previous.length === next.length ? undefined : this.delta
  }

  /** Writes the elements from `i` on that stand together in the old array; answers how many. */
  private takeRun(i: number): number {
    const { previous, next, middle } = this
    const from = Object.is(previous[this.cursor], next[i]) ? this.cursor : this.find(next[i])
    if (from < 0) return 0
    let count = 0
    while (
      i + count < middle.to &&
      from + count < previous.length &&
      Object.is(previous[from + count], next[i + count])
    ) {
      count++
    }
    if (count === 0 || (count < MIN_PRIMITIVE_RUN && !isWorthARun(next[i]))) return 0
    this.addRun(from, count)
    return count
  }

  /** Writes the element `i`, which was not in the old array, as a change of the one in its place or as a new one. */
  private takeElement(i: number): 1 {
    const { previous, next, cursor } = this
    if (cursor >= this.middle.formerTo || !isContainer(previous[cursor]) || !isContainer(next[i])) {
      this.addItem(storableElement(next, i, this.refs))
      return 1
    }
    try {
      const change = this.diffValue(previous[cursor], next[i], this.refs)
      if (change === undefined) this.addRun(cursor, 1)
      else if (change[0] === Op.replace) this.addItem(change[1])
      else this.addChanged(cursor, change)
    } catch (error) {
      throw within(error, i)
    }
    return 1
  }

  private addRun(from: number, count: number): void {
    if (count === 0) return
    const { delta } = this
    if (this.openRun && (delta.at(-2) as number) + (delta.at(-1) as number) === from) {
      delta[delta.length - 1] = (delta.at(-1) as number) + count
    } else delta.push(from, count)
    this.openRun = true
    this.openItems = undefined
    this.cursor = from + count
  }

  private addChanged(index: number, change: Delta): void {
    this.delta.push(CHANGED, index, change)
    this.openRun = false
    this.openItems = undefined
    this.cursor = index + 1
  }

  private addItem(item: unknown): void {
    if (this.openItems === undefined) {
      this.openItems = []
      this.delta.push(this.openItems)
    }
    this.openItems.push(item)
    this.openRun = false
  }

  private find(element: unknown): number {
    if (this.index === undefined && this.searches++ < SEARCHES) return this.previous.indexOf(element)
    this.index ??= new Map(this.previous.map((value, i): [unknown, number] => [value, i]))
    return this.index.get(element) ?? -1
  }
}

function isContainer(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}

/** Objects, and strings that aren't short. */
function isWorthARun(value: unknown): boolean {
  return isContainer(value) || (typeof value === 'string' && value.length > 8)
}

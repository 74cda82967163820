/**
 * A value piece by piece: one level of it at a time, so that a state of many megabytes opens at once.
 *
 * 1. Only what is shown is looked at, and the event loop gets its turn now and then.
 * 2. What is below the field of a secret is secret. A name that is a secret itself is hidden, and can't be opened.
 */
import { setImmediate as eventLoopRound } from 'node:timers/promises'
import { RosciusError } from '../../core/errors.js'
import { Effort, isSame } from './difference.js'
import { MASKED, type Masking } from './mask.js'
import { grouped, leafText, lineOf } from './one-line.js'
import { wayTo } from './pointer.js'
import type { ToldNode, ToldValue } from './told.js'
import { type Child, childAt, childrenOf, kindOf, sizeOf } from './value-kind.js'

const MAX_TEXT = 200
/** Of a string, in characters, when it is opened itself. */
const MAX_WHOLE = 100_000
/** Children that are looked at between two rounds of the event loop. */
const CHILDREN_A_ROUND = 50
/** Values that are compared for one page. */
const EFFORT = 20_000

export interface SliceRequest {
  readonly pointer: string
  readonly offset: number
  readonly limit: number
  /** An earlier state of the same: what differs from it is marked. */
  readonly earlier?: { readonly value: unknown } | undefined
}

/** One level of `value`. Throws `OPTIONS_INVALID` if the pointer leads nowhere. */
export async function sliceOf(
  value: unknown,
  { pointer, offset, limit, earlier }: SliceRequest,
  masking: Masking,
): Promise<Omit<ToldValue, 'seqNr'>> {
  const place = placeOf(value, pointer, masking)
  if (place === undefined) throw nowhere(pointer)
  const { child, isSecret } = place
  const before = earlier && placeOf(earlier.value, pointer, masking)?.child
  const marks = new Marks(earlier !== undefined, new Effort(EFFORT))
  const node = { ...nodeOf(child, isSecret, masking), ...marks.of(before, child) }
  if (node.isMasked && isSecret) return { pointer, node, children: [], total: 0 }
  const { children, total } = await page(child.value, before?.value, { offset, limit }, { isSecret, masking, marks })
  return { pointer, node, children, total, ...wholeOf(child.value, masking) }
}

function placeOf(value: unknown, pointer: string, masking: Masking) {
  const way = wayTo(value, pointer)
  if (way === undefined) return undefined
  const child = way.at(-1) ?? { segment: '', name: undefined, value }
  return { child, isSecret: way.some(({ name }) => masking.isSecret(name)) }
}

function nowhere(pointer: string): RosciusError {
  const message = `pointer: there is nothing at ${JSON.stringify(pointer.slice(0, 200))} in this state.`
  return new RosciusError('OPTIONS_INVALID', message, { details: { field: 'pointer' } })
}

interface Page {
  readonly offset: number
  readonly limit: number
}

interface Sight {
  readonly isSecret: boolean
  readonly masking: Masking
  readonly marks: Marks
}

/** Those that are there, then those that were there before. */
async function page(now: unknown, before: unknown, { offset, limit }: Page, sight: Sight) {
  const size = sizeOf(now)
  const gone = sight.marks.gone(before, now)
  const there = childrenOf(now, offset, limit)
  const missing = gone.slice(Math.max(0, offset - size), Math.max(0, offset + limit - size))
  const children: ToldNode[] = []
  for (const child of there) {
    const old = sight.marks.areWanted ? childAt(before, child.segment) : undefined
    children.push({ ...shown(child, sight), ...sight.marks.of(old, child) })
    if (children.length % CHILDREN_A_ROUND === 0) await eventLoopRound()
  }
  for (const child of missing) children.push({ ...shown(child, sight), change: 'removed' })
  return { children, total: size + gone.length }
}

function shown(child: Child, { isSecret, masking }: Sight): ToldNode {
  return nodeOf(child, isSecret || masking.isSecret(child.name), masking)
}

function nodeOf({ segment, value }: Child, isSecret: boolean, masking: Masking): ToldNode {
  const kind = kindOf(value)
  const { text: key, isMasked: isHidden } = masking.text(segment, segment.length)
  if (isHidden) return { key, kind, text: MASKED, size: 0, isMasked: true }
  const size = sizeOf(value, kind)
  if (isSecret && kind !== 'null' && kind !== 'undefined') return { key, kind, text: MASKED, size: 0, isMasked: true }
  const { text, isMasked } = textOf(value, kind, size, masking)
  const length = kind === 'string' && (value as string).length > MAX_TEXT ? (value as string).length : undefined
  return { key, kind, text, size, isMasked, ...(length !== undefined && { length }) }
}

function textOf(value: unknown, kind: ToldNode['kind'], size: number, masking: Masking) {
  const counted = (text: string) => ({ text, isMasked: false })
  switch (kind) {
    case 'object':
      return counted(size === 0 ? '{}' : `{ ${grouped(size)} ${size === 1 ? 'field' : 'fields'} }`)
    case 'array':
      return counted(size === 0 ? '[]' : `[ ${grouped(size)} ]`)
    case 'map':
      return counted(`Map { ${grouped(size)} }`)
    case 'set':
      return counted(`Set { ${grouped(size)} }`)
    case 'error':
      return leafText(value, kind, masking, MAX_TEXT)
    default:
      return lineOf(value, masking, MAX_TEXT)
  }
}

function wholeOf(value: unknown, masking: Masking): { readonly whole?: string } {
  return typeof value === 'string' ? { whole: masking.text(value, MAX_WHOLE).text } : {}
}

/** How what is shown differs from what was. */
class Marks {
  constructor(
    readonly areWanted: boolean,
    private readonly effort: Effort,
  ) {}

  of(before: Child | undefined, now: Child): { readonly change?: 'added' | 'changed' } {
    if (!this.areWanted) return {}
    if (before === undefined) return { change: 'added' }
    return isSame(before.value, now.value, this.effort) ? {} : { change: 'changed' }
  }

  /** Children that were there before, and are no more. */
  gone(before: unknown, now: unknown): readonly Child[] {
    const kind = kindOf(before)
    if (!this.areWanted || Object.is(before, now) || kind !== kindOf(now)) return []
    const [old, size] = [sizeOf(before, kind), sizeOf(now, kind)]
    // The places of elements are numbers.
    if (kind === 'array' || kind === 'set') return childrenOf(before, size, Math.max(0, Math.min(MAX_GONE, old - size)))
    const gone: Child[] = []
    for (const child of childrenOf(before, 0, MAX_GONE)) if (childAt(now, child.segment) === undefined) gone.push(child)
    return gone
  }
}

/** Fields that are looked for among those that are gone. */
const MAX_GONE = 10_000

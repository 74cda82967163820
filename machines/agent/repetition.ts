/**
 * Whether an agent goes round in circles: the same call with the same arguments and the same result, again and again,
 * while it learns nothing else.
 *
 * 1. Arguments and results are compared in canonical form: the order of keys doesn't matter. What a tool answers may be
 *    anything that can be stored, so there is nothing that has no form: an agent must not fail of it.
 * 2. A result that was not seen before is new information; so is what a person says. Then all counts begin again, but what
 *    was seen stays seen: two calls in turn are a circle, too.
 */

/** A call with a result it had, and how often since the last new information. */
export interface SeenCall {
  readonly call: string
  readonly result: string
  readonly times: number
}

/** More than that an agent with a sane number of turns never sees. */
const MAX_SEEN = 200

/** JSON with sorted keys; what JSON has no word for is written as text, and so are cycles and what is nested too deep. */
export function canonical(value: unknown): string {
  return written(value, new Set())
}

/** As deep as what can be stored. */
const MAX_LEVELS = 1_000

type Ancestors = Set<object>

function written(value: unknown, ancestors: Ancestors): string {
  if (typeof value === 'bigint') return `${value}n`
  if (typeof value === 'number' && !Number.isFinite(value)) return String(value)
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? String(value)
  if (ancestors.has(value) || ancestors.size >= MAX_LEVELS) return '…'
  ancestors.add(value)
  const text = writtenObject(value, ancestors)
  ancestors.delete(value)
  return text
}

function writtenObject(value: object, ancestors: Ancestors): string {
  if (Array.isArray(value)) return `[${items(value, ancestors).join(',')}]`
  if (value instanceof Date) return JSON.stringify(value)
  // The order of maps and sets means nothing.
  if (value instanceof Map || value instanceof Set)
    return `${value.constructor.name}[${items([...value], ancestors)
      .sort()
      .join(',')}]`
  if (ArrayBuffer.isView(value)) return `Bytes[${new Uint8Array(value.buffer, value.byteOffset, value.byteLength)}]`
  if (value instanceof Error) return `Error${fields({ ...value, message: value.message }, ancestors)}`
  return fields(value, ancestors)
}

function items(values: readonly unknown[], ancestors: Ancestors): string[] {
  return values.map((item) => written(item, ancestors))
}

function fields(value: object, ancestors: Ancestors): string {
  const known = Object.entries(value)
    .filter(([, field]) => field !== undefined)
    .sort(([one], [other]) => (one < other ? -1 : 1))
  return `{${known.map(([key, field]) => `${JSON.stringify(key)}:${written(field, ancestors)}`).join(',')}}`
}

/** 53 bits of a canonical form: enough to tell the calls of one agent apart, and short in a context. */
export function fingerprint(value: unknown): string {
  let high = 0xdeadbeef
  let low = 0x41c6ce57
  for (const char of canonical(value)) {
    const code = char.codePointAt(0)!
    high = Math.imul(high ^ code, 2_654_435_761)
    low = Math.imul(low ^ code, 1_597_334_677)
  }
  high = Math.imul(high ^ (high >>> 16), 2_246_822_507) ^ Math.imul(low ^ (low >>> 13), 3_266_489_909)
  low = Math.imul(low ^ (low >>> 16), 2_246_822_507) ^ Math.imul(high ^ (high >>> 13), 3_266_489_909)
  return (4_294_967_296 * (2_097_151 & low) + (high >>> 0)).toString(36)
}

/** What has been seen, with one more call. */
export function withCall(seen: readonly SeenCall[], call: string, result: string): SeenCall[] {
  const isSame = (one: SeenCall): boolean => one.call === call && one.result === result
  if (seen.some(isSame)) return seen.map((one) => (isSame(one) ? { ...one, times: one.times + 1 } : one))
  return [...forgetCounts(seen), { call, result, times: 1 }].slice(-MAX_SEEN)
}

/** There is new information: each call may be tried again. */
export function forgetCounts(seen: readonly SeenCall[]): SeenCall[] {
  return seen.map((one) => (one.times === 0 ? one : { ...one, times: 0 }))
}

/** How often the call had one and the same result. */
export function timesSeen(seen: readonly SeenCall[], call: string): number {
  return Math.max(0, ...seen.filter((one) => one.call === call).map(({ times }) => times))
}

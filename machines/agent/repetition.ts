/**
 * Whether an agent goes round in circles: the same call with the same arguments and the same result, again and again,
 * while it learns nothing else.
 *
 * 1. Arguments and results are compared in canonical form: the order of keys doesn't matter.
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

/** JSON with sorted keys; what JSON has no word for is written as text. */
export function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? String(value)
  if (value instanceof Date) return JSON.stringify(value)
  const fields = Object.entries(value)
    .filter(([, field]) => field !== undefined)
    .sort(([one], [other]) => (one < other ? -1 : 1))
  return `{${fields.map(([key, field]) => `${JSON.stringify(key)}:${canonical(field)}`).join(',')}}`
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

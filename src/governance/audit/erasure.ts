/** What the record of an erasure says: who, why, and of which records the payloads were removed. */
import { z } from 'zod'

type Range = readonly [first: number, last: number]

const erased = z.object({ records: z.array(z.tuple([z.number(), z.number()])) })

/** Ascending numbers as ranges. */
export function rangesOf(numbers: readonly number[]): Range[] {
  const ranges: [number, number][] = []
  for (const n of numbers) {
    const last = ranges.at(-1)
    if (last !== undefined && last[1] === n - 1) last[1] = n
    else ranges.push([n, n])
  }
  return ranges
}

/** The ranges in the payload of the erasure that is record `n`: only what was there before it can have been erased. */
export function readErased(bytes: Uint8Array, n: number): readonly Range[] {
  try {
    return erased.parse(JSON.parse(Buffer.from(bytes).toString())).records.filter(([, last]) => last < n)
  } catch {
    return []
  }
}

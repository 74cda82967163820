/** A delay as a person says it: `250 ms`, `5 s`, `10 min`, or its name. */
export function durationName(delay: unknown): string {
  if (typeof delay === 'string') return delay
  if (typeof delay !== 'number') return '…'
  if (delay % 60_000 === 0 && delay > 0) return `${delay / 60_000} min`
  return delay % 1_000 === 0 && delay > 0 ? `${delay / 1_000} s` : `${delay} ms`
}

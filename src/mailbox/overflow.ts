/** What a mailbox at its bound does with one more envelope. Whatever is dropped becomes a dead letter. */
export type OverflowPolicy = 'reject' | 'dropNewest' | 'dropOldest'

/**
 * Decides on one arriving envelope: `accept` while there is room; else `reject` (an error to the sender), `dropNewest`
 * (the arriving one goes to the dead letters) or `dropOldest` (it enters, and the one at the front goes there).
 *
 * `depth` is the number of envelopes that wait before it arrives, `capacity` the bound, both in envelopes.
 */
export function overflow(policy: OverflowPolicy, depth: number, capacity: number): 'accept' | OverflowPolicy {
  return depth < capacity ? 'accept' : policy
}

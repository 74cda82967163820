/**
 * Vector clocks: how much of what each node did has led to something.
 *
 * A node ticks its own count with whatever it sends and receives in a conversation, and takes over what it receives. So
 * the clock of one thing is below that of another if and only if the one happened before the other.
 *
 * 1. Clocks are values: nothing here changes one.
 * 2. A node that is not in a clock counts 0; so does one that is in it with 0.
 * 3. A clock has at most `MAX_CLOCK_NODES` nodes: those with the smallest names. It is the same ones wherever clocks are
 *    merged, so `merge` is associative with the bound, too. A node that finds no place is not counted, and its own clock
 *    doesn't have it: nothing is known of the order of what it does, and nothing wrong is claimed.
 */

import { MAX_CLOCK_NODES } from '../protocol/wire-envelope.js'

/** Name of a node to how many things of the conversation have happened there. */
export type VectorClock = Readonly<Record<string, number>>

export type ClockOrder = 'before' | 'after' | 'equal' | 'concurrent'

/** What `node` counts in `clock`. A node may be called `constructor`. */
export function countIn(clock: VectorClock, node: string): number {
  return Object.hasOwn(clock, node) ? clock[node]! : 0
}

/** The clock after one more thing has happened on `node`. */
export function tick(clock: VectorClock, node: string): VectorClock {
  return boundedClock({ ...clock, [node]: countIn(clock, node) + 1 })
}

/** The clock of whoever knows both. */
export function merge(a: VectorClock, b: VectorClock): VectorClock {
  const merged: Record<string, number> = { ...a }
  for (const [node, count] of Object.entries(b)) merged[node] = Math.max(countIn(a, node), count)
  return boundedClock(merged)
}

/**
 * The clock of `node` after it has received something with the clock `theirs`. What that says of `node` itself is not
 * believed: nobody knows more of it, and a lie would be carried on for ever.
 */
export function receive(own: VectorClock, theirs: VectorClock, node: string): VectorClock {
  const { [node]: _, ...others } = theirs
  return tick(merge(own, others), node)
}

/** How `a` stands to `b`: `before` if everything that has led to `a` has led to `b`, and more. */
export function compareClocks(a: VectorClock, b: VectorClock): ClockOrder {
  const isBehind = hasMore(b, a)
  const isAhead = hasMore(a, b)
  if (isBehind && isAhead) return 'concurrent'
  if (isBehind) return 'before'
  return isAhead ? 'after' : 'equal'
}

function hasMore(a: VectorClock, b: VectorClock): boolean {
  return Object.entries(a).some(([node, count]) => count > countIn(b, node))
}

/** The clock itself, or as much of it as a clock may have. */
export function boundedClock(clock: VectorClock): VectorClock {
  const nodes = Object.keys(clock)
  if (nodes.length <= MAX_CLOCK_NODES) return clock
  return Object.fromEntries(
    nodes
      .sort()
      .slice(0, MAX_CLOCK_NODES)
      .map((node) => [node, clock[node]!]),
  )
}

/**
 * How a supervisor goes about many children: who is waited for before the next, and when the event loop has its turn.
 *
 * 1. Children have an order, and each is waited for before the next. Those of a template have none: all are seen to at
 *    once, and waited for together before whoever comes after them.
 * 2. The event loop has a round every so many children. It goes by their number, not by time, so that a run can be repeated.
 * 3. Nobody is waited for, and nobody else is seen to, once the signal is aborted.
 */
import { setImmediate as eventLoopRound } from 'node:timers/promises'
import type { Interrupt } from './child-orders.js'

/** How many children are seen to between two rounds of the event loop. */
const CHILDREN_A_ROUND = 256

/** Gives the event loop a round if `seen` children have had theirs since the last. */
export async function roundAfter(seen: number): Promise<void> {
  if (seen % CHILDREN_A_ROUND === 0) await eventLoopRound()
}

/** Rejects with what the first of them rejected with. */
export async function seeToAll<T extends { readonly isOrdered: boolean }>(
  children: readonly T[],
  seeTo: (child: T) => Promise<void>,
  { signal, aborted }: Interrupt,
): Promise<void> {
  let together: Promise<void>[] = []
  let seen = 0
  for (const child of children) {
    if (child.isOrdered && together.length > 0) {
      await Promise.race([Promise.all(together), aborted])
      together = []
    }
    if (signal.aborted) return
    const one = seeTo(child)
    if (child.isOrdered) await Promise.race([one, aborted])
    else together.push(watched(one))
    await roundAfter(++seen)
  }
  await Promise.race([Promise.all(together), aborted])
}

/** It may fail before anybody waits for it: whoever does hears of it then. */
function watched(one: Promise<void>): Promise<void> {
  one.catch(() => undefined)
  return one
}

/** What went over links and what followed from it inside of the node, in one order. */
import { keyOf } from './causes.js'
import type { ToldMessage } from './told.js'

/**
 * What went over links is in causal order already, whatever the clocks say. What followed here goes in where its time is: behind
 * its cause, and before what was sent from here at the same time.
 */
export function mergedMessages(links: readonly ToldMessage[], followed: readonly ToldMessage[]): ToldMessage[] {
  const all: ToldMessage[] = []
  const missing = new Set(
    [...links, ...followed].flatMap(({ record }) => (record === undefined ? [] : [keyOf(record)])),
  )
  let next = 0
  const take = (message: ToldMessage): void => {
    all.push(message)
    if (message.record !== undefined) missing.delete(keyOf(message.record))
  }
  for (const link of links) {
    for (let one = followed[next]; one !== undefined && isBefore(one, link, missing); one = followed[++next]) take(one)
    take(link)
  }
  followed.slice(next).forEach(take)
  return all
}

function isBefore({ atMs, cause }: ToldMessage, link: ToldMessage, missing: ReadonlySet<string>): boolean {
  if (cause !== undefined && missing.has(keyOf(cause))) return false
  return atMs < link.atMs || (atMs === link.atMs && link.record === undefined)
}

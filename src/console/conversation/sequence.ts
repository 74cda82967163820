/** Where everything of a sequence diagram is: a column for each actor, a line for each message. */
import type { ToldMessage } from '../../control/protocol/lists.js'

export const OUTSIDE = ''

export interface SequenceFilter {
  /** Only messages to or from it; '' for all. */
  readonly actor: string
  readonly type: string
}

export interface Sequence {
  /** Actors in the order in which they first had a part; `OUTSIDE` for whoever is none. */
  readonly columns: readonly string[]
  readonly messages: readonly ToldMessage[]
}

export function sequenceOf(messages: readonly ToldMessage[], { actor, type }: SequenceFilter): Sequence {
  const meant = messages.filter(({ from, to, event }) => {
    if (type !== '' && event.type !== type) return false
    return actor === '' || nameOf(from) === actor || nameOf(to) === actor
  })
  const columns = new Set<string>()
  for (const { from, to } of meant) {
    columns.add(nameOf(from))
    columns.add(nameOf(to))
  }
  return { columns: [...columns].sort((a, b) => Number(b === OUTSIDE) - Number(a === OUTSIDE)), messages: meant }
}

/** An address of this very node would be a column of its own: it is told by its path, then. */
export function nameOf(sender: string | undefined): string {
  return sender ?? OUTSIDE
}

export function actorsOf(messages: readonly ToldMessage[]): readonly string[] {
  const all = new Set(messages.flatMap(({ from, to }) => [nameOf(from), nameOf(to)]))
  all.delete(OUTSIDE)
  return [...all].sort()
}

export function typesOf(messages: readonly ToldMessage[]): readonly string[] {
  return [...new Set(messages.map(({ event }) => event.type))].sort()
}

/** Names for a server's tools that every model takes, and that say which tool is meant whatever order they are listed in. */
import { createHash } from 'node:crypto'

const MAX_LENGTH = 64
const SUFFIX = 8

/** By the server's name: `prefix` and that name, as far as they are letters, digits, `_` and `-`, at most 64. */
export function namesFor(names: readonly string[], prefix: string): ReadonlyMap<string, string> {
  const plain = names.map((name) => plainName(name, prefix))
  const taken = (wanted: string): number => plain.filter((name) => name === wanted).length
  return new Map(
    names.map((name, index) => {
      const wanted = plain[index]!
      // Which of two alike gets the bare name must not depend on who comes first.
      return [name, taken(wanted) === 1 || wanted === prefix + name ? wanted : marked(wanted, name)]
    }),
  )
}

function plainName(name: string, prefix: string): string {
  return `${prefix}${name.replace(/[^A-Za-z0-9_-]/g, '_')}`.slice(0, MAX_LENGTH)
}

function marked(wanted: string, name: string): string {
  const mark = createHash('sha256').update(name).digest('hex').slice(0, SUFFIX)
  return `${wanted.slice(0, MAX_LENGTH - SUFFIX - 1)}_${mark}`
}

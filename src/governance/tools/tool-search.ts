/** Finds tools by words: plain token matching, since a registry holds tens of tools, not thousands. */

interface Searched {
  readonly name: string
  readonly description: string
}

/** What a match is worth, by where it was found. */
const IN_NAME = 4
const IN_DESCRIPTION = 2

/** Those that have any word of `text`, or a word that begins with it; the best first, then by name. */
export function searchTools<T extends Searched>(tools: readonly T[], text: string): T[] {
  const words = wordsOf(text)
  return tools
    .map((tool) => ({ tool, score: scoreOf(tool, words) }))
    .filter(({ score }) => score > 0)
    .sort((one, other) => other.score - one.score || (one.tool.name < other.tool.name ? -1 : 1))
    .map(({ tool }) => tool)
}

function scoreOf({ name, description }: Searched, words: readonly string[]): number {
  const [inName, inDescription] = [wordsOf(name), wordsOf(description)]
  return words.reduce(
    (sum, word) => sum + IN_NAME * closeness(word, inName) + IN_DESCRIPTION * closeness(word, inDescription),
    0,
  )
}

/** 1 for the word itself, a half for one that begins with it. */
function closeness(word: string, among: readonly string[]): number {
  if (among.includes(word)) return 1
  return among.some((other) => other.startsWith(word)) ? 0.5 : 0
}

/** In lower case; `readFile` and `read_file` are two words. */
function wordsOf(text: string): string[] {
  const apart = text.replace(/(\p{Ll})(\p{Lu})/gu, '$1 $2')
  return [...new Set(apart.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [])]
}

import type { SyntaxProblem } from './finding.js'
import { createPositions } from './text-position.js'

/** What may come next: a value, an object's key, the colon after it, or a comma. `…OrEnd` also allows the closing bracket. */
type Expected = 'value' | 'valueOrEnd' | 'key' | 'keyOrEnd' | 'colon' | 'commaOrEnd' | 'end'

interface Scan {
  readonly open: ('{' | '[')[]
  expected: Expected
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: JSON forbids them in a string.
const STRING = /"[^"\\\u0000-\u001f]*(?:\\(?:["\\/bfnrt]|u[\dA-Fa-f]{4})[^"\\\u0000-\u001f]*)*"/y
const SCALAR = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w.])|(?:true|false|null)(?!\w)/y
const SPACE = /[ \t\r\n]*/y
const SPACE_OR_COMMENT = /(?:[ \t\r\n]+|\/\/[^\n]*|\/\*[\s\S]*?\*\/)*/y

const WANTED: Readonly<Record<Expected, string>> = {
  value: 'a value',
  valueOrEnd: 'a value or "]"',
  key: 'a key in double quotes',
  keyOrEnd: 'a key in double quotes or "}"',
  colon: '":"',
  commaOrEnd: '"," or the closing bracket',
  end: 'the end of the file',
}

/**
 * The first place where `text` is no JSON, or null where it is. (`JSON.parse` says whether a text is JSON, but not always where
 * it isn't.) With `lenient`, comments and trailing commas are allowed, as in tsconfig.json.
 */
export function findJsonProblem(text: string, { lenient = false } = {}): SyntaxProblem | null {
  const scan: Scan = { open: [], expected: 'value' }
  const space = lenient ? SPACE_OR_COMMENT : SPACE
  let at = skip(space, text, 0)
  while (at < text.length) {
    const end = readToken(scan, text, at, lenient)
    if (end === undefined) return problemAt(text, at, `expected ${WANTED[scan.expected]}`)
    at = skip(space, text, end)
  }
  return scan.expected === 'end' ? null : problemAt(text, at, `ends early, expected ${WANTED[scan.expected]}`)
}

/** Reads the token at `at`, moves `scan` on, and returns where it ends; undefined where it may not stand. */
function readToken(scan: Scan, text: string, at: number, lenient: boolean): number | undefined {
  const char = text[at]
  switch (scan.expected) {
    case 'value':
    case 'valueOrEnd':
      if (char === ']' && (scan.expected === 'valueOrEnd' || mayTrail(scan, '[', lenient))) return close(scan, at)
      return readValue(scan, text, at)
    case 'key':
    case 'keyOrEnd':
      if (char === '}' && (scan.expected === 'keyOrEnd' || lenient)) return close(scan, at)
      return advance(scan, 'colon', match(STRING, text, at))
    case 'colon':
      return char === ':' ? advance(scan, 'value', at + 1) : undefined
    case 'commaOrEnd': {
      const opener = scan.open.at(-1)
      if (char === ',') return advance(scan, opener === '{' ? 'key' : 'value', at + 1)
      return char === (opener === '{' ? '}' : ']') ? close(scan, at) : undefined
    }
    case 'end':
      return undefined
  }
}

function readValue(scan: Scan, text: string, at: number): number | undefined {
  const char = text[at]
  if (char === '{' || char === '[') {
    scan.open.push(char)
    return advance(scan, char === '{' ? 'keyOrEnd' : 'valueOrEnd', at + 1)
  }
  return advance(scan, afterValue(scan), match(STRING, text, at) ?? match(SCALAR, text, at))
}

/** After a comma in an array a value is due; a lenient reader takes the closing bracket too (but not after a key's colon). */
function mayTrail({ open }: Scan, opener: '{' | '[', lenient: boolean): boolean {
  return lenient && open.at(-1) === opener
}

function close(scan: Scan, at: number): number {
  scan.open.pop()
  scan.expected = afterValue(scan)
  return at + 1
}

function afterValue({ open }: Scan): Expected {
  return open.length === 0 ? 'end' : 'commaOrEnd'
}

function advance(scan: Scan, expected: Expected, end: number | undefined): number | undefined {
  if (end !== undefined) scan.expected = expected
  return end
}

function match(pattern: RegExp, text: string, at: number): number | undefined {
  pattern.lastIndex = at
  return pattern.test(text) ? pattern.lastIndex : undefined
}

function skip(space: RegExp, text: string, at: number): number {
  return match(space, text, at) ?? at
}

function problemAt(text: string, offset: number, message: string): SyntaxProblem {
  return { ...createPositions(text)(offset), message }
}

import { parseAllDocuments } from 'yaml'
import type { SyntaxProblem } from './finding.js'
import { findJsonProblem } from './json-syntax.js'
import { shorten } from './printable.js'
import { maskSecrets } from './secrets.js'

/** JSON files whose readers allow comments and trailing commas. */
const LENIENT =
  /(?:^|\/)(?:[jt]sconfig[^/]*\.json|\.eslintrc\.json|devcontainer\.json|\.vscode\/[^/]+\.json|[^/]+\.jsonc|[^/]+\.code-workspace)$/i

/** The first thing that keeps a JSON or YAML file from parsing; null for a file that parses or is neither. */
export function findSyntaxProblem(path: string, text: string): SyntaxProblem | null {
  if (LENIENT.test(path)) return findJsonProblem(text, { lenient: true })
  if (/\.(?:json|webmanifest)$/i.test(path)) return isJson(text) ? null : findJsonProblem(text)
  if (/\.ya?ml$/i.test(path)) return findYamlProblem(text)
  return null
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

function findYamlProblem(text: string): SyntaxProblem | null {
  try {
    const documents = parseAllDocuments(text, { logLevel: 'silent' })
    const error = [...documents].flatMap((document) => document.errors)[0]
    if (error === undefined) return null
    if (isTooDeep(error)) return TOO_DEEP
    const at = error.linePos?.[0] ?? { line: 1, col: 1 }
    return { line: at.line, column: at.col, message: messageOf(error) }
  } catch (error) {
    if (isTooDeep(error)) return TOO_DEEP
    return { line: 1, column: 1, message: messageOf(error) }
  }
}

/** Where the parser's stack overflows depends on its caller's; the report must not. */
const TOO_DEEP: SyntaxProblem = { line: 1, column: 1, message: 'nested too deeply to be parsed' }

function isTooDeep(error: unknown): boolean {
  return error instanceof Error && error.message.includes('call stack')
}

/** The first line of a parser's message, without the place it repeats and without what it quotes of the file's secrets. */
function messageOf(error: unknown): string {
  const [first = ''] = String(error instanceof Error ? error.message : error).split('\n')
  return shorten(maskSecrets(first.replace(/ at line \d+, column \d+:?$/, '')), 200)
}

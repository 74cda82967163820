import type { MarkedComment } from './finding.js'
import type { CommentSyntax } from './languages.js'
import { shorten } from './printable.js'
import { maskSecrets } from './secrets.js'
import { createPositions } from './text-position.js'

const MARK = /\b(TODO|FIXME|HACK)\b[ \t]*(?:\([^)\n]{0,60}\))?[ \t]*:?[ \t]*([^\n]*)/g
const MAX_TEXT = 200

/**
 * String literals of one line, skipped so that `'src/**'` opens no comment. Their length is bounded to keep the search
 * linear; what lies in a longer one is taken for code.
 */
const STRING = /"(?:\\.|[^"\\\n]){0,400}"|'(?:\\.|[^'\\\n]){0,400}'|`(?:\\.|[^`\\\n]){0,400}`/.source

/** The TODO, FIXME and HACK marks (in capitals) in the comments of `text`, in order. */
export function findMarkedComments(text: string, syntax: CommentSyntax): readonly MarkedComment[] {
  if (text.search(MARK) === -1) return []
  const pattern = commentPattern(syntax)
  if (pattern === undefined) return []
  const positionOf = createPositions(text)
  const found: MarkedComment[] = []
  for (const match of text.matchAll(pattern)) {
    const comment = match.groups?.comment
    if (comment === undefined) continue
    for (const mark of comment.matchAll(MARK)) {
      const { line } = positionOf(match.index + mark.index)
      found.push({ line, mark: mark[1] as MarkedComment['mark'], text: textOf(mark[2] ?? '', syntax) })
    }
  }
  return found
}

function commentPattern({ line, block }: CommentSyntax): RegExp | undefined {
  // A `#` or `--` inside a word and the `//` of a URL open no comment.
  const lines = line.map((open) => `(?<![\\w:$&-])${escapePattern(open)}[^\\n]*`)
  const blocks = block.map(([open, close]) => `${escapePattern(open)}[\\s\\S]*?(?:${escapePattern(close)}|$)`)
  const comments = [...blocks, ...lines]
  return comments.length === 0 ? undefined : new RegExp(`(?<comment>${comments.join('|')})|${STRING}`, 'g')
}

function textOf(raw: string, { block }: CommentSyntax): string {
  const closer = block.map(([, close]) => raw.indexOf(close)).find((at) => at !== -1)
  const text = raw.slice(0, Math.min(closer ?? raw.length, MAX_TEXT * 4)).trim()
  return shorten(maskSecrets(text), MAX_TEXT)
}

function escapePattern(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&')
}

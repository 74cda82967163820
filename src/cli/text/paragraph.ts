/** A text of several lines, wrapped to the width of the terminal, of which nothing can steer it. */
import { outputWidth } from '../terminal/output.js'
import { escaped } from './printable.js'
import { fitted, widthOf } from './text-width.js'

/** More than that nobody reads: it is said how much there is. */
const MAX_CHARS = 20_000

/** Lines keep their indent; what is wrapped stands two columns further in. */
export function paragraph(text: string, width = outputWidth()): string {
  const shown = text.slice(0, MAX_CHARS).toWellFormed()
  const missing = text.length - shown.length
  const lines = shown.split('\n').flatMap((each) => wrapped(escaped(each), width))
  return `${[...lines, ...(missing > 0 ? [`… ${missing} more characters: see --json`] : [])].join('\n')}\n`
}

function wrapped(text: string, width: number): readonly string[] {
  if (widthOf(text) <= width) return [text]
  const indent = ' '.repeat(Math.min((/^ */.exec(text)?.[0].length ?? 0) + 2, width >> 1))
  const lines: string[] = []
  let line = ''
  for (const word of text.split(/(?<=\S) /)) {
    const next = line === '' ? word : `${line} ${word}`
    if (widthOf(next) <= width) line = next
    else {
      if (line !== '') lines.push(line)
      line = `${indent}${word.trimStart()}`
      for (; widthOf(line) > width; ) {
        const part = fitted(line, width + 1).slice(0, -1)
        lines.push(part)
        line = `${indent}${line.slice(part.length)}`
      }
    }
  }
  return [...lines, line]
}

/** An explanation's text in its parts: what it says of the actor first, then sections with a heading and indented lines. */

export interface Section {
  readonly title: string
  readonly lines: readonly { readonly text: string; readonly depth: number }[]
}

export function sectionsOf(text: string): Section[] {
  const [head = '', ...rest] = text.split(/\n\n+/)
  return [
    sectionOf('', head.split('\n')),
    ...rest.map((part) => part.split('\n')).map(([title = '', ...lines]) => sectionOf(title, lines)),
  ]
}

function sectionOf(title: string, lines: readonly string[]): Section {
  const least = Math.min(...lines.map(indentOf))
  const base = Number.isFinite(least) ? least : 0
  return {
    title,
    lines: lines
      .filter((line) => line.trim() !== '')
      .map((line) => ({ text: line.trim(), depth: Math.floor((indentOf(line) - base) / 2) })),
  }
}

function indentOf(line: string): number {
  return line.length - line.trimStart().length
}

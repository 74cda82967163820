/** The text of a statechart as it is drawn: which lines, in which size, and how much room they need. */
import type { ChartState, ChartTransition } from './chart.js'

export interface TextStyle {
  /** Font size in px. */
  readonly size: number
  readonly bold: boolean
  /** Distance from one baseline to the next, in px. */
  readonly lineHeight: number
}

export const TITLE: TextStyle = { size: 14, bold: true, lineHeight: 19 }
export const LINE: TextStyle = { size: 12, bold: false, lineHeight: 17 }
export const LABEL: TextStyle = { size: 12, bold: false, lineHeight: 15 }

/** Past so many characters an arrow's label goes on in the next line. */
const LABEL_CHARACTERS = 28
/** The same for a line inside of a state. */
const LINE_CHARACTERS = 34

/**
 * Widths of characters in a sans-serif font, in parts of its size. A reader's fonts are unknown when the picture is
 * made, so these are those of a wide one; a narrower font leaves some air.
 */
const WIDTHS: readonly (readonly [characters: RegExp, width: number])[] = [
  [/[ijlI.,:;'|!]/, 0.34],
  [/[ftr()[\]/ -]/, 0.4],
  [/[mwMW@%…⚙⏎]/, 0.94],
  [/[A-Z]/, 0.72],
  [/[\u1100-\uffff\u{10000}-\u{10ffff}]/u, 1.1],
  [/./, 0.62],
]

export function widthOf(text: string, { size, bold }: TextStyle): number {
  const ems = [...text].reduce((sum, character) => sum + (WIDTHS.find(([set]) => set.test(character))?.[1] ?? 1), 0)
  return Math.ceil(ems * size * (bold ? 1.08 : 1))
}

export function widest(lines: readonly string[], style: TextStyle): number {
  return Math.max(0, ...lines.map((line) => widthOf(line, style)))
}

export function titleOf({ name, type }: Pick<ChartState, 'name' | 'type'>): string {
  return type === 'parallel' ? `${name} ∥` : name
}

/** The lines below a state's name. */
export function linesOf({ invokes, does }: Pick<ChartState, 'invokes' | 'does'>): string[] {
  return [...invokes.map((src) => `⚙ ${src}`), ...does].flatMap((line) => wrapped(line, LINE_CHARACTERS))
}

/** The lines on an arrow: what sets it off and under which condition, then what it does. */
export function labelOf({ triggers, guard, actions }: Pick<ChartTransition, 'triggers' | 'guard' | 'actions'>): {
  trigger: string[]
  actions: string[]
} {
  const events = triggers.length === 0 ? [] : [triggers.join(', ')]
  const condition = guard === undefined ? [] : [`[${guard}]`]
  const short = [...events, ...condition].join(' ')
  const parts = short.length <= LABEL_CHARACTERS ? [short] : [...triggers, ...condition]
  return {
    trigger: parts.filter((part) => part !== '').flatMap((part) => wrapped(part, LABEL_CHARACTERS)),
    actions: actions.length === 0 ? [] : wrapped(`/ ${actions.join(', ')}`, LABEL_CHARACTERS),
  }
}

/** Breaks `text` at spaces into lines of about `characters`. */
function wrapped(text: string, characters: number): string[] {
  const lines: string[] = []
  for (const word of text.split(' ')) {
    const last = lines.at(-1)
    if (last !== undefined && last.length + 1 + word.length <= characters) lines[lines.length - 1] = `${last} ${word}`
    else lines.push(word)
  }
  return lines
}

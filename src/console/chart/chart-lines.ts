/**
 * Which lines stand in a state and on an arrow. The node has measured exactly these when it placed the chart, so they break
 * where the node's do (`src/inspect/chart/chart-text.ts`).
 */
import type { ToldChartState, ToldChartTransition } from '../../control/protocol/chart.js'

/** Sizes of the text, in px of the chart. */
export const TITLE = { size: 14, lineHeight: 19 }
export const LINE = { size: 12, lineHeight: 17 }
export const LABEL = { size: 12, lineHeight: 15 }

const LABEL_CHARACTERS = 28
const LINE_CHARACTERS = 34
/** What a name can't exceed, so that no name makes the page slow. */
const LONGEST = 120

/** Text that is put into the picture: never longer than a line may be. */
export function short(text: string, longest = LONGEST): string {
  return text.length <= longest ? text : `${text.slice(0, longest - 1)}…`
}

export function titleOf({ name, type }: Pick<ToldChartState, 'name' | 'type'>): string {
  return type === 'parallel' ? `${short(name)} ∥` : short(name)
}

/** The lines below a state's name. */
export function linesOf({ invokes, does }: Pick<ToldChartState, 'invokes' | 'does'>): string[] {
  return [...invokes.map((src) => `⚙ ${src}`), ...does].flatMap((line) => wrapped(line, LINE_CHARACTERS))
}

/** The lines on an arrow: what sets it off and under which condition, then what it does. */
export function labelOf({ triggers, guard, actions }: Pick<ToldChartTransition, 'triggers' | 'guard' | 'actions'>): {
  trigger: string[]
  actions: string[]
} {
  const events = triggers.length === 0 ? [] : [triggers.join(', ')]
  const condition = guard === undefined ? [] : [`[${guard}]`]
  const line = [...events, ...condition].join(' ')
  const parts = line.length <= LABEL_CHARACTERS ? [line] : [...triggers, ...condition]
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
  return lines.map((line) => short(line))
}

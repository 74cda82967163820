/** Colours of a terminal. */
import type { Tone } from '../../runtime/tree-text.js'

/** Colours a piece of text. */
export type Paint = (text: string, tone: Tone) => string

/** See no-color.org. */
function hasColours(): boolean {
  return process.stdout.isTTY === true && (process.env.NO_COLOR ?? '') === '' && process.env.TERM !== 'dumb'
}

/** Colours where standard output shows them. */
export function paintOfOutput(): Paint {
  return hasColours() ? coloured : (text) => text
}

const COLOURS: Readonly<Record<Tone, number>> = { good: 32, warning: 33, bad: 31, faint: 2 }

function coloured(text: string, tone: Tone): string {
  return `\u001B[${COLOURS[tone]}m${text}\u001B[0m`
}

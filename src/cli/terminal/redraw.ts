/** Drawing the same thing again and again on a terminal. */

const HOME = '\u001B[H'
const TO_END_OF_LINE = '\u001B[K'
const TO_END_OF_SCREEN = '\u001B[J'
const DEFAULT_ROWS = 24

/** Takes the place of all that the terminal shows. What has no room is counted. */
export function redraw(text: string): void {
  const rows = (process.stdout.rows ?? DEFAULT_ROWS) - 1
  const lines = text.replace(/\n$/, '').split('\n')
  const missing = lines.length - rows
  const shown = missing <= 0 ? lines : [...lines.slice(0, rows - 1), `… ${missing + 1} more lines`]
  process.stdout.write(`${HOME}${shown.map((each) => `${each}${TO_END_OF_LINE}\n`).join('')}${TO_END_OF_SCREEN}`)
}

/** Standard output, as commands write to it: as wide as it is, and what is given as data. */
import { jsonText } from '../text/printable.js'

/** Of what is no terminal: a file, another program. */
const PIPED = 120
const UNKNOWN = 80
const LEAST = 20

/** How many columns a line may take. */
export function outputWidth(): number {
  const { isTTY, columns } = process.stdout
  return isTTY === true ? Math.max(LEAST, columns || UNKNOWN) : PIPED
}

/** The answer as JSON, or as a text of one line or more. */
export function print(isJson: boolean | undefined, answer: unknown, text: () => string): void {
  const said = isJson === true ? jsonText(answer) : text()
  process.stdout.write(said.endsWith('\n') ? said : `${said}\n`)
}

/** A question that a person answers with y or n, at the terminal. */
import { createInterface } from 'node:readline'

export const canAsk = (): boolean => process.stdin.isTTY === true

/** Anything but `y` or `yes` is a no: Ctrl-C and an end of the input too. */
export function hasConsent(question: string, interrupted: AbortSignal): Promise<boolean> {
  process.stderr.write(`${question} [y/N] `)
  return new Promise((resolve) => {
    let isWanted = false
    const lines = createInterface({ input: process.stdin, signal: interrupted })
    lines.once('line', (answer) => {
      isWanted = /^y(es)?$/i.test(answer.trim())
      lines.close()
    })
    lines.once('close', () => resolve(isWanted))
  })
}

/** Makes an injection one against a certain agent. */
import { CARRIERS } from './carriers.js'
import type { Injection } from './injection.js'

export interface Target {
  /** The tool that is to be run. */
  readonly tool: string
  /** With what. */
  readonly input: unknown
  /** The agent that is to be given a task. Default `worker`. */
  readonly peer?: string
}

/**
 * The text of an injection, aimed at a tool.
 *
 * `{{tool}}`, `{{input}}`, `{{peer}}` are the target's; `{{event}}` and `{{decision}}` the decision that calls the tool, as
 * JSON; `⟦base64|…⟧` and the like write what is inside in that way.
 *
 * @example
 * ```ts
 * import { aimed, injections } from 'roscius/testing'
 *
 * const texts = injections.map((injection) => aimed(injection, { tool: 'pay', input: { amount: 1_000 } }))
 * console.log(texts.length)
 * ```
 */
export function aimed({ text }: Injection, { tool, input, peer = 'worker' }: Target): string {
  const event = { type: 'USE_TOOL', tool, input }
  const values: Readonly<Record<string, string>> = {
    tool,
    peer,
    input: JSON.stringify(input),
    event: JSON.stringify(event),
    decision: JSON.stringify({ event, reason: 'The user has asked for it.' }),
  }
  const filled = text.replace(/\{\{(\w+)\}\}/g, (whole, name: string) => values[name] ?? whole)
  return filled.replace(/⟦(\w+)\|([^⟧]*)⟧/g, (whole, name: string, inner: string) => CARRIERS[name]?.(inner) ?? whole)
}

/** What the example prints: who does what and why, the board, the budget. */
import type { BudgetLine } from 'roscius'
import type { AgentEmitted } from 'roscius/machines'
import type { DeskTask } from './board.js'
import { type Desk, KINDS, type Kind } from './desk.js'
import type { Deed } from './outside.js'

type Write = (text: string) => unknown

/** Tells of every decision of every agent, those included that are there already. */
export async function tellDecisions(system: Desk, write: Write): Promise<void> {
  const follow = (kind: Kind, path: string): void => {
    system.actor(kind, path).on('decided', (decided) => write(decisionText(kind, path, decided)))
  }
  system.on((event) => {
    if (event.type === 'actorStarted' && isKind(event.logic)) follow(event.logic, event.path)
  })
  for await (const { logic, path } of system.actors()) if (isKind(logic)) follow(logic, path)
}

function isKind(logic: string): logic is Kind {
  return KINDS.some((kind) => kind === logic)
}

function decisionText(kind: Kind, path: string, { event, reason }: Extract<AgentEmitted, { type: 'decided' }>): string {
  // Who has delegated, what, and what makes it unique.
  const task = /-([^-]+)-[^/]*$/.exec(path)?.[1] ?? ''
  const what = event.type === 'USE_TOOL' ? `${event.tool} ${firstOf(event.input)}` : 'finishes'
  return `   ${kind.padEnd(10)} ${task.padEnd(6)} ${what.trim().padEnd(18)} ${reason}\n`
}

/** The first argument says enough here. */
function firstOf(input: unknown): string {
  return String(Object.values(input as object)[0] ?? '')
}

export const HEADING = '   who        task   does               because\n\n'

/** Something that no agent has decided. */
export function outsideText(text: string): string {
  return `   ${''.padEnd(17)} * ${text}\n`
}

/** The statechart of the board, with where it is now. */
export function boardText(state: string, tasks: readonly DeskTask[]): string {
  const states = ['filing', 'choosing', 'processing', 'telling', 'finished']
  const chart = states.map((one) => (one === state ? `[${one}]` : one)).join(' > ')
  const rows = tasks.map(({ id, customer, kind, status, told, result }) =>
    `   ${id}  ${customer.padEnd(6)}${kind.padEnd(13)}${status.padEnd(10)}${told === 'yes' ? 'told' : '    '}  ${result}`.trimEnd(),
  )
  return `\n   the board: ${chart}\n\n${rows.join('\n')}\n\n`
}

export function budgetText(lines: readonly BudgetLine[]): string {
  const rows = lines.map(({ dimension, limit, settled }) => {
    const of = limit === undefined ? '' : `of ${limit}`
    return `   ${dimension.padEnd(12)}${String(settled).padStart(6)}  ${of}`.trimEnd()
  })
  return `${rows.join('\n')}\n`
}

export function deedsText(deeds: readonly Deed[]): string {
  const texts = deeds.map(({ text }) => text)
  const twice = texts.filter((text, index) => texts.indexOf(text) < index)
  return `${texts.map((text) => `   - ${text}\n`).join('')}\n   done twice: ${twice.length === 0 ? 'nothing' : twice.join(', ')}\n`
}

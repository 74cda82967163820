/** What the example prints. */
import type { DecisionRecord } from 'roscius'
import { percent } from './agents.js'
import type { Decided } from './events.js'
import type { Quote } from './figures.js'
import type { PositionContext } from './position.js'

const WHO: Readonly<Record<Decided['type'], string>> = {
  SIGNAL: 'analysis',
  HOLD: 'analysis',
  ORDER: 'risk',
  VETO: 'risk',
  FILLED: 'execution',
  DROPPED: 'execution',
}
/** How far down the line it is. */
const INDENT: Readonly<Record<string, string>> = { analysis: '', risk: '  ', execution: '    ' }

export function quoteText({ instrument, price }: Quote): string {
  return `\n   ${instrument} is at ${price}\n`
}

export function decidedText(decided: Decided): string {
  const who = WHO[decided.type]
  return `     ${`${INDENT[who]}-> ${who}`.padEnd(18)}${decided.type.padEnd(9)}${detailOf(decided)}\n`
}

function detailOf(decided: Decided): string {
  if ('reason' in decided) return decided.reason
  const change = decided.type === 'SIGNAL' ? `, the price is ${percent(decided.change)} off its average` : ''
  return `${decided.side} ${decided.pieces}${change}`
}

export function saidText(text: string): string {
  return `${' '.repeat(32)}* ${text}\n`
}

/** The states of a position, with the one it is in. */
export function positionText(instrument: string, value: unknown, { held }: PositionContext): string {
  const state = typeof value === 'object' ? Object.values(value ?? {})[0] : value
  const chart = ['flat', 'long', 'pending'].map((one) => (one === state ? `[${one}]` : ` ${one} `)).join(' ')
  return `   ${instrument.padEnd(8)}${chart}  ${held} held\n`
}

/** Turn by turn: what was decided, why, and what the gate of the tools made of it. */
export function logText(path: string, records: readonly DecisionRecord[]): string {
  const rows = records.map(({ turn, decision, reason, toolCalls }) => {
    const { type } = decision as { readonly type: string }
    const calls = toolCalls.map(
      ({ tool, outcome, rule }) => `${' '.repeat(12)}${tool}: ${outcome}, by the rule ${rule}\n`,
    )
    return `   turn ${turn}   ${type.padEnd(10)}${reason}\n${calls.join('')}`
  })
  return `\n   ${path}\n${rows.join('')}`
}

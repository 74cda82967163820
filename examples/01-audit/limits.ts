/**
 * What an audit may spend: the budget of the whole tree. What comes to its end here is a loop, not a folder: 100 000 files are
 * a thousand pages, so a thousand turns and calls of tools.
 *
 * Left out: wall time, because an audit may lie killed over the holidays, and may wait for a person as long; and money, because
 * the prices of a model are known to whoever runs it. Tokens bound that as well.
 */
import type { BudgetRaise } from 'roscius'

/** What `--budget` may set. */
const SETTABLE = ['turns', 'toolCalls', 'modelCalls', 'tokens', 'spawned'] as const

type Settable = (typeof SETTABLE)[number]

/** `spawned`: how many actors are started in all. */
export type Limits = Readonly<Record<Settable, number>>

/** `job.ts` starts so many before anybody decides anything; without them there is nobody who could be given more. */
const LEAST_SPAWNED = 8

export type AskedLimits = Readonly<Partial<Record<Settable, number>>>

/** A kill costs each worker at most a turn and a call: after hundreds of kills there is enough left. */
export const DEFAULT_LIMITS: Limits = {
  turns: 10_000,
  toolCalls: 10_000,
  modelCalls: 10,
  tokens: 50_000,
  spawned: 1_000,
}

/** Each at least what it was: nobody takes back what may have been spent. */
export function raised(limits: Limits, asked: AskedLimits): Limits {
  const higher = SETTABLE.map((name) => [name, Math.max(limits[name], asked[name] ?? 0)])
  return { ...limits, ...Object.fromEntries(higher) }
}

/** What has to be granted for `after`; undefined for nothing. */
export function grantFor(before: Limits, after: Limits): BudgetRaise | undefined {
  const more = SETTABLE.map((name) => [name, after[name] - before[name]] as const).filter(([, amount]) => amount > 0)
  return more.length === 0 ? undefined : Object.fromEntries(more)
}

/** Reads `turns=100,toolCalls=50`; a text says what is wrong with it. */
export function readLimits(text: string): AskedLimits | string {
  const limits: Partial<Record<Settable, number>> = {}
  for (const part of text.split(',')) {
    const [, name, amount] = /^(\w+)=(\d{1,9})$/.exec(part.trim()) ?? []
    const known = SETTABLE.find((each) => each === name)
    if (known === undefined) return `--budget takes ${SETTABLE.join('=n, ')}=n, with commas between; not "${part}".`
    if (known === 'spawned' && Number(amount) < LEAST_SPAWNED)
      return `--budget: the team alone are ${LEAST_SPAWNED} actors; not "${part}".`
    limits[known] = Number(amount)
  }
  return limits
}

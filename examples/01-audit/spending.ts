/** The budget of an audit as its ledger has it: raised by a start, and what is said when it is spent. */
import { AuditBlocked } from './audit-blocked.js'
import { type AskedLimits, grantFor, type Limits, raised } from './limits.js'
import { PLACES } from './places.js'
import type { AuditSystem } from './team-watch.js'

/** A start begins with the analyst, which is volatile: where no actor is left to be started, the team does not come up. */
export function assertStartable(system: AuditSystem, asked: AskedLimits): void {
  const lines = system.budget(PLACES.job)?.lines ?? []
  const { left, limit = 0 } = lines.find(({ dimension }) => dimension === 'spawned') ?? {}
  if (left === 0 && (asked.spawned ?? 0) <= limit) throw new AuditBlocked(outOfBudget(system))
}

/** What the ledger allows is what counts: the register is told of it for the report. */
export async function raiseLimits(system: AuditSystem, asked: AskedLimits): Promise<void> {
  const register = system.actor('register', PLACES.register)
  const before = limitsIn(system, register.getSnapshot().context.limits)
  const limits = raised(before, asked)
  const grant = grantFor(before, limits)
  if (grant !== undefined) await system.raiseBudget(PLACES.job, grant)
  await register.deliver({ type: 'LIMITS_RAISED', limits })
}

function limitsIn(system: AuditSystem, stored: Limits): Limits {
  const lines = system.budget(PLACES.job)?.lines ?? []
  const limits = lines.filter(({ dimension, limit }) => dimension in stored && limit !== undefined)
  return { ...stored, ...Object.fromEntries(limits.map(({ dimension, limit }) => [dimension, limit])) }
}

/** Which limit it is, and what to do. */
export function outOfBudget(system: AuditSystem): string {
  const spent = (system.budget(PLACES.job)?.lines ?? []).filter(({ limit, left }) => limit !== undefined && left === 0)
  const what = spent.map(({ dimension, limit }) => `${dimension} (${limit})`).join(', ')
  const more = spent.map(({ dimension, limit = 0 }) => `${dimension}=${Math.max(10, limit * 2)}`).join(',')
  return `The audit's budget is spent: ${what}. What was found is kept: start again with a larger one, such as --budget ${more}.`
}

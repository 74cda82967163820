/**
 * What of all that happens is worth an audit record of its own: which events of actors are interventions, and what is made
 * of what the system tells.
 */
import type { SystemEvent } from '../../core/events.js'
import type { AuditKind } from './audit-record.js'

/** Types of events by which somebody interferes with an actor: commands of agents, and of supervisors. */
export const COMMANDS = [
  'ANSWER',
  'APPROVE',
  'CANCEL',
  'DENY',
  'GUIDE',
  'PAUSE',
  'REDIRECT',
  'RESUME',
  'START',
  'roscius.cancel',
  'roscius.deleteChild',
  'roscius.restartChild',
  'roscius.terminateChild',
] as const

/** What is recorded: a subject and the facts. */
export interface Noted {
  readonly kind: AuditKind
  readonly path: string | undefined
  readonly subject: string
  readonly payload: unknown
}

const NOTED: Readonly<Record<string, AuditKind>> = {
  actorCancelled: 'intervention',
  actorPaused: 'intervention',
  actorRestarted: 'intervention',
  actorResumed: 'intervention',
  approvalDecided: 'approvalDecided',
  approvalEscalated: 'approvalRequested',
  approvalExpired: 'approvalDecided',
  approvalRequested: 'approvalRequested',
  approvalWithdrawn: 'approvalDecided',
  budgetExhausted: 'budgetExhausted',
  scopesRefused: 'scopeRefused',
}

/** What is recorded of a system event; most are not. */
export function notedOf(event: SystemEvent): Noted | undefined {
  const kind = Object.hasOwn(NOTED, event.type) ? NOTED[event.type] : undefined
  if (kind === undefined) return undefined
  const { type, path, ...facts } = event as { type: string; path?: string } & Record<string, unknown>
  return { kind, path, subject: subjectOf(type, facts), payload: { ...facts, told: type } }
}

/** What an operator has told an actor. */
const ORDERS: Readonly<Record<string, string>> = {
  actorCancelled: 'cancel',
  actorPaused: 'pause',
  actorRestarted: 'restart',
  actorResumed: 'resume',
}

function subjectOf(type: string, { approvalId, dimension, refused }: Record<string, unknown>): string {
  return ORDERS[type] ?? String(approvalId ?? dimension ?? refused ?? type)
}

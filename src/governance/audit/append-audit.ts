/** How code inside an effect, such as the gate of the tools, writes into the audit trail of its node. */
import { currentRun } from '../../runtime/effect-run.js'
import type { AuditKind } from './audit-record.js'
import { type AuditEntryInput, AuditTrail } from './audit-trail.js'

/**
 * Appends a record about the actor whose effect this is, as part of the current commit. Outside an effect, or where there is
 * no trail, it does nothing.
 */
export function appendAudit(kind: AuditKind, entry: Omit<AuditEntryInput, 'path'>): void {
  const run = currentRun()
  const trail = run?.extension('audit')
  if (run !== undefined && trail instanceof AuditTrail) trail.append(kind, { ...entry, path: run.path })
}

/** Resolves when all that was appended is durable: before something is done that must not be without a record. */
export async function auditCommitted(): Promise<void> {
  const trail = currentRun()?.extension('audit')
  if (trail instanceof AuditTrail) await trail.committed()
}

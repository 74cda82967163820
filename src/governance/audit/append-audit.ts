/** How code inside an effect, such as the gate of the tools, writes into the audit trail of its node. */
import { currentRun } from '../../runtime/effect-run.js'
import type { AuditKind } from './audit-record.js'
import { type AuditEntryInput, AuditTrail } from './audit-trail.js'

/**
 * Appends a record about the actor whose effect this is. It is part of the current commit: await `committed` of what depends
 * on it. Outside an effect, or where there is no trail, it does nothing.
 */
export function appendAudit(kind: AuditKind, entry: Omit<AuditEntryInput, 'path'>): void {
  const run = currentRun()
  const trail = run?.extension('audit')
  if (run !== undefined && trail instanceof AuditTrail) trail.append(kind, { ...entry, path: run.path })
}

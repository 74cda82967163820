/**
 * What operators do, in the audit trail: who, in which role, at which door, what. It is written before it is done, and with it;
 * where it was refused, that is written too.
 */
import { isRosciusError } from '../../core/errors.js'
import { type SystemAudit, writableTrail } from '../../governance/audit/audit-trail.js'
import type { ControlledSystem, Who } from '../controlled-system.js'

/** Calls `act`, noted as an intervention of the operator's. */
export async function noted<T>(
  system: ControlledSystem,
  what: string,
  asked: object,
  who: Who,
  act: () => T | Promise<T>,
): Promise<T> {
  const audit = auditOf(system)
  const trail = audit && writableTrail(audit)
  const { path } = asked as { readonly path?: string }
  const n = trail?.append('intervention', { path, subject: `control.${what}`, payload: { ...who, ...asked } })
  try {
    return await act()
  } catch (error) {
    const code = isRosciusError(error) ? error.code : 'INTERNAL_ERROR'
    trail?.append('intervention', { path, subject: `control.${what}.refused`, payload: { ...who, n, code } })
    throw error
  } finally {
    await trail?.committed()
  }
}

/** Undefined where it is switched off. */
function auditOf(system: ControlledSystem): SystemAudit | undefined {
  try {
    return system.audit
  } catch {
    return undefined
  }
}

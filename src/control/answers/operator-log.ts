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

/** Calls `act`, which has a record of its own of what it did; what was refused is noted here. */
export async function refusalNoted<T>(
  system: ControlledSystem,
  what: string,
  asked: object,
  who: Who,
  act: () => T | Promise<T>,
): Promise<T> {
  const refused = (asked: object, code: string): object => ({ ...who, ...asked, code })
  let done: T
  try {
    done = await act()
  } catch (error) {
    await noteRefusals(system, what, [refused(asked, isRosciusError(error) ? error.code : 'INTERNAL_ERROR')])
    throw error
  }
  const parts = refusedIn(done).map(({ id, error }) => refused({ ...asked, ids: [id] }, error.code))
  await noteRefusals(system, what, parts)
  return done
}

interface RefusedOutcome {
  readonly id: string
  readonly error: { readonly code: string }
}

/** Of what is done one by one. */
function refusedIn(done: unknown): readonly RefusedOutcome[] {
  return Array.isArray(done) ? done.filter(({ ok }) => ok === false) : []
}

async function noteRefusals(system: ControlledSystem, what: string, refused: readonly object[]): Promise<void> {
  const audit = auditOf(system)
  if (audit === undefined || refused.length === 0) return
  const trail = writableTrail(audit)
  for (const payload of refused) {
    const { path } = payload as { readonly path?: string }
    trail.append('intervention', { path, subject: `control.${what}.refused`, payload })
  }
  await trail.committed()
}

/** Undefined where it is switched off. */
function auditOf(system: ControlledSystem): SystemAudit | undefined {
  try {
    return system.audit
  } catch {
    return undefined
  }
}

import { createSystem, isRosciusError, type RosciusError, type RosciusRef } from 'roscius'
import { type SnapshotFrom, waitFor } from 'xstate'
import { dropStore, prepareStore } from './audit-store.js'
import type { AuditContext, auditMachine } from './coordinator.js'
import { countFindings } from './finding-pages.js'
import { createLogic } from './job.js'
import { createReadLog } from './read-log.js'
import { renderJson, writeOutput } from './report-files.js'
import { createRunRecord } from './run-record.js'

export interface AuditOptions {
  /** The folder to audit, an absolute path. */
  readonly root: string
  /** A file that each read is noted in first; none by default. */
  readonly readLog?: string | undefined
  /** Called for every committed state of the audit. */
  readonly onProgress: (context: AuditContext) => void
}

/** The audit can't go on, for a reason that its user can remove; started again, it does. */
export class AuditBlocked extends Error {
  override readonly name = 'AuditBlocked'
}

/**
 * Audits a folder to the end: a new audit, or the one that an earlier process left unfinished. Resolves with the final
 * state when the report is written and the store dropped. Throws `AuditBlocked`, or what Roscius throws.
 */
export async function runAudit({ root, readLog, onProgress }: AuditOptions): Promise<AuditContext> {
  const context = await finishAudit(await prepareStore(root), { root, readLog, onProgress })
  await writeOutput(root, 'run.json', renderJson(createRunRecord(context)))
  await dropStore(root)
  return context
}

async function finishAudit(store: string, { root, readLog, onProgress }: AuditOptions): Promise<AuditContext> {
  const failure = new AbortController()
  await using system = await openSystem(store, root, readLog, (error) => failure.abort(error))
  const audit = system.actor('audit', 'job/coordinator')
  // Nobody has read anything yet: the pool is just coming up.
  const alreadyRead = countFindings(contextOf(audit)?.findings ?? [])
  const job = await system.spawn('job', { id: 'job', ifExists: 'use' })
  // One that was killed while it started its children does so now.
  await waitFor(job, (snapshot) => snapshot.matches('running'), { signal: failure.signal })
  const stored = audit.getSnapshot().context.root
  if (stored !== root)
    throw new AuditBlocked(`${store} holds an unfinished audit of ${stored}. Delete it to begin anew.`)
  await audit.deliver({ type: 'PROCESS_STARTED', alreadyRead })
  const watching = audit.subscribe((snapshot) => onProgress(snapshot.context))
  onProgress(audit.getSnapshot().context)
  const last = await waitFor(audit, hasEnded, { timeout: Number.POSITIVE_INFINITY, signal: failure.signal })
  watching.unsubscribe()
  if (last.context.obstacle !== null) throw new AuditBlocked(`${describeState(last)}: ${last.context.obstacle}.`)
  return last.context
}

/** The state of the audit; `undefined` if it is new. */
function contextOf(audit: RosciusRef<typeof auditMachine>): AuditContext | undefined {
  try {
    return audit.getSnapshot().context
  } catch (error) {
    if (isRosciusError(error, 'ACTOR_NOT_FOUND')) return undefined
    throw error
  }
}

type AuditSnapshot = SnapshotFrom<typeof auditMachine>

function hasEnded(snapshot: AuditSnapshot): boolean {
  return snapshot.matches('finished') || snapshot.matches('unlisted') || snapshot.matches('unreported')
}

function describeState(snapshot: AuditSnapshot): string {
  return snapshot.matches('unlisted') ? 'The folder could not be listed' : 'The report could not be written'
}

async function openSystem(
  store: string,
  root: string,
  readLog: string | undefined,
  onRootFailure: (error: RosciusError) => void,
) {
  try {
    return await createSystem({
      name: 'audit',
      store,
      // Watching every state for changes in place is for the time in which a machine is written.
      development: false,
      logic: createLogic(root, readLog === undefined ? undefined : createReadLog(readLog)),
      onRootFailure,
    })
  } catch (error) {
    if (!isRosciusError(error, 'STORE_LOCKED')) throw error
    throw new AuditBlocked(`Another process is auditing ${root}: wait until it is done, or end it. (${error.message})`)
  }
}

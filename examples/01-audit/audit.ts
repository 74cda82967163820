import { createSystem, isRosciusError, type RosciusError, type RosciusRef, withBudget, withPermissions } from 'roscius'
import type { DefinedBrain } from 'roscius/actors'
import type { RunningConsole } from 'roscius/console'
import { waitFor } from 'xstate'
import { answerQuestions } from './answering.js'
import { AuditBlocked } from './audit-blocked.js'
import { openConsole } from './audit-console.js'
import { dropStore, prepareStore } from './audit-store.js'
import type { Decider } from './decider.js'
import { countFindings } from './finding-pages.js'
import { createLogic, SCOPES } from './job.js'
import { type AskedLimits, DEFAULT_LIMITS } from './limits.js'
import { PATIENCE_MS } from './patience.js'
import { PLACES } from './places.js'
import { createReadLog } from './read-log.js'
import type { RegisterContext, registerMachine } from './register.js'
import { renderJson, writeOutput } from './report-files.js'
import { reportedSchema } from './reporter.js'
import { createRunRecord, type Run, type RunRecord } from './run-record.js'
import { assertStartable, outOfBudget, raiseLimits } from './spending.js'
import { type AuditSystem, type Deciding, watchTeam } from './team-watch.js'

export interface AuditOptions {
  /** The folder to audit, an absolute path. */
  readonly root: string
  /** A file that each read is noted in first; none by default. */
  readonly readLog?: string | undefined
  /** Limits that replace the default ones, or raise those of an unfinished audit. */
  readonly limits: AskedLimits
  /** What writes the summary. Default: rules. */
  readonly writer?: DefinedBrain | undefined
  /** Says whether the report may be written. */
  readonly decide: Decider
  /** Called for every committed state of the register. */
  readonly onProgress: (register: RegisterContext) => void
  readonly onDecision: (decision: Deciding) => void
  /** Called as soon as there is a page on which to watch it. */
  readonly onConsole: (running: RunningConsole) => void
  /** Called when the report is written; the console stays open until it resolves. */
  readonly stay?: ((record: RunRecord) => Promise<void>) | undefined
}

/**
 * Audits a folder to the end: a new audit, or the one that an earlier process left unfinished. Resolves when the report is
 * written and the store dropped. Throws `AuditBlocked`, or what Roscius throws.
 */
export async function runAudit(options: AuditOptions): Promise<RunRecord> {
  const { root } = options
  const record = await auditIn(await prepareStore(root), options)
  await dropStore(root)
  return record
}

async function auditIn(store: string, options: AuditOptions): Promise<RunRecord> {
  const failure = new AbortController()
  await using system = await openSystem(store, options, (error) => failure.abort(error))
  // Nobody has read anything yet: the pool is just coming up.
  const alreadyRead = countFindings(contextOf(registerOf(system))?.findings ?? [])
  await assertKnown(system, store)
  await using running = await openConsole(system, store)
  options.onConsole(running)
  const record = createRunRecord(await finishAudit(system, store, options, alreadyRead, failure.signal))
  await writeOutput(options.root, 'run.json', renderJson(record))
  await options.stay?.(record)
  return record
}

async function finishAudit(
  system: AuditSystem,
  store: string,
  options: AuditOptions,
  alreadyRead: number,
  signal: AbortSignal,
): Promise<Run> {
  const { root, decide, onProgress, onDecision } = options
  const register = registerOf(system)
  const team = await watchTeam(system, { onDecision, outOfBudget: () => outOfBudget(system) })
  assertStartable(system, options.limits)
  await startJob(system, options, signal)
  if (register.getSnapshot().context.root !== root)
    throw new AuditBlocked(
      `${store} holds an unfinished audit of ${register.getSnapshot().context.root}. Delete it to begin anew.`,
    )
  await raiseLimits(system, options.limits)
  await register.deliver({ type: 'PROCESS_STARTED', alreadyRead })
  const watching = register.subscribe((snapshot) => onProgress(snapshot.context))
  onProgress(register.getSnapshot().context)
  using answering = answerQuestions(system, (question, answered) => decide(question, store, answered))
  const troubled = Promise.race([team.blocked, answering.failed, rejection(signal)])
  await Promise.race([team.resume(), troubled])
  const output = await Promise.race([system.actor('coordinator', PLACES.coordinator).result(), troubled])
  watching.unsubscribe()
  if (output.status !== 'done') throw new Error(`The coordinator ended as ${output.status}.`)
  return {
    register: register.getSnapshot().context,
    budget: system.budget(PLACES.job),
    approval: system.approvals.list({ status: 'approved' }).at(-1),
    summary: reportedSchema.parse(output.output).summary,
  }
}

/** An audit that another version of this program has left unfinished may be of actors that this one does not know. */
async function assertKnown(system: AuditSystem, store: string): Promise<void> {
  for await (const { path, status } of system.actors())
    if (status === 'quarantined')
      throw new AuditBlocked(
        `${store} holds an unfinished audit of another version (${path}). Delete it to begin anew.`,
      )
}

async function startJob(system: AuditSystem, { limits }: AuditOptions, signal: AbortSignal): Promise<void> {
  const job = await system.spawn('job', {
    id: PLACES.job,
    ifExists: 'use',
    ...withBudget({ ...DEFAULT_LIMITS, ...limits, onExhausted: 'pauseAndAsk' }),
    ...withPermissions({ scopes: SCOPES }),
  })
  // One that was killed while it started its children does so now.
  await waitFor(job, (snapshot) => snapshot.matches('running'), { signal })
}

function registerOf(system: AuditSystem): RosciusRef<typeof registerMachine> {
  return system.actor('register', PLACES.register)
}

/** The state of the audit; `undefined` if it is new, or of another version. */
function contextOf(register: RosciusRef<typeof registerMachine>): RegisterContext | undefined {
  try {
    return register.getSnapshot().context
  } catch (error) {
    if (isRosciusError(error, 'ACTOR_NOT_FOUND') || isRosciusError(error, 'ACTOR_QUARANTINED')) return undefined
    throw error
  }
}

function rejection(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason)
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
  })
}

async function openSystem(
  store: string,
  { root, readLog, limits, writer }: AuditOptions,
  onRootFailure: (error: RosciusError) => void,
): Promise<AuditSystem> {
  try {
    return await createSystem({
      name: 'audit',
      store,
      // Watching every state for changes in place is for the time in which a machine is written.
      development: false,
      logic: createLogic({
        root,
        limits: { ...DEFAULT_LIMITS, ...limits },
        onRead: readLog === undefined ? undefined : createReadLog(readLog),
        writer,
      }),
      approvals: { timeoutMs: PATIENCE_MS },
      onRootFailure,
    })
  } catch (error) {
    if (!isRosciusError(error, 'STORE_LOCKED')) throw error
    throw new AuditBlocked(`Another process is auditing ${root}: wait until it is done, or end it. (${error.message})`)
  }
}

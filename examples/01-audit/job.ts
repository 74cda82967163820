/**
 * The audit as a tree of supervision:
 *
 *     job                one for one; the budget and the scopes of all below
 *       register         durable: what was listed, handed out and found
 *       coordinator      agent: plans
 *       pool             one for one; may read files
 *         analyst        volatile: throws on hostile files
 *         crews          a crew for each time that the coordinator has files read
 *           crew         one for one; ends with its workers
 *             worker-1 … 8   agents: read
 *       desk             one for one; may write the report
 *         writers        a writer for each summary
 *         reporters      a reporter for each report
 *
 * The register is up before those that ask it. What is volatile has no state to lose: after a crash of the process the pool
 * starts it anew.
 */
import { type LogicTable, supervisor, withPermissions } from 'roscius'
import type { DefinedBrain } from 'roscius/actors'
import { analystMachine } from './analyst.js'
import { createCoordinator } from './coordinator.js'
import type { Limits } from './limits.js'
import { createReadFiles } from './read-files.js'
import { registerMachine } from './register.js'
import { createReporter } from './reporter.js'
import { createSurvey } from './survey.js'
import { createWorker } from './worker.js'
import { createWriter } from './writer.js'

/** As many files are read at a time; their findings share commits. */
export const WORKERS = 8

/** Files have nothing to do with one another: a folder full of hostile ones must not end the audit, an endless loop must. */
const INTENSITY = { maxRestarts: 1_000, withinMs: 100 }

/** Only its own history is of no use to an audit, so little of it is kept. */
const KEEP = { records: 100 }

/** Whoever is given a task ends with it. */
const FOR_ONE_TASK = { restart: 'temporary' } as const

export const AGENTS = ['coordinator', 'worker', 'writer', 'reporter'] as const

export interface JobOptions {
  /** The audited folder, an absolute path. */
  readonly root: string
  readonly limits: Limits
  /** Called before each read, with the path. */
  readonly onRead?: ((path: string) => void) | undefined
  /** What writes the summary. Default: rules. */
  readonly writer?: DefinedBrain | undefined
}

/** The logic of an audit. */
export function createLogic({ root, limits, onRead, writer }: JobOptions) {
  const mayRead = withPermissions({ scopes: ['read:files'] })
  const agent = <T>(logic: T) => ({ logic, keep: KEEP }) as const
  return {
    job: supervisor({
      children: [
        { id: 'register', logic: 'register', input: { root, limits } },
        { id: 'pool', logic: 'pool', ...mayRead },
        { id: 'desk', logic: 'desk', ...withPermissions({ scopes: ['write:report'] }) },
        { id: 'coordinator', logic: 'coordinator', restart: 'transient', ...mayRead },
      ],
    }),
    pool: supervisor({
      intensity: INTENSITY,
      children: [
        { id: 'analyst', logic: 'analyst' },
        { id: 'crews', logic: 'crews' },
      ],
    }),
    crews: supervisor({ template: { logic: 'crew', ...FOR_ONE_TASK } }),
    crew: supervisor({
      autoShutdown: 'allSignificant',
      children: Array.from({ length: WORKERS }, (_, index) => ({
        id: `worker-${index + 1}`,
        logic: 'worker',
        restart: 'transient',
        significant: true,
      })),
    }),
    desk: supervisor({
      children: [
        { id: 'writers', logic: 'writers' },
        { id: 'reporters', logic: 'reporters' },
      ],
    }),
    writers: supervisor({ template: { logic: 'writer', ...FOR_ONE_TASK } }),
    reporters: supervisor({ template: { logic: 'reporter', ...FOR_ONE_TASK } }),
    register: { logic: registerMachine, keep: KEEP },
    analyst: { logic: analystMachine, durability: 'volatile' },
    coordinator: agent(createCoordinator(createSurvey(root))),
    worker: agent(createWorker(createReadFiles(root, onRead))),
    writer: agent(createWriter(writer)),
    reporter: agent(createReporter(root)),
  } as const satisfies LogicTable
}

/** What everything below the job may do at most. */
export const SCOPES = ['read:files', 'write:report']

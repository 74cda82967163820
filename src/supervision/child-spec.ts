/**
 * How an actor is supervised: the settings of one child of a supervisor (a child spec), and of the actors of one row of
 * the logic table, whom the guardian supervises.
 *
 * Reading and resolving are two steps. A reader (`readChildSpec`, `readSupervision`) refuses what can't be meant, with
 * the path of the field, and leaves open what depends on the actor. `supervisionOf` closes it once the actor is known: a
 * durable one restarts from its last good state, a supervisor may take as long as it wants to stop.
 */
import { z } from 'zod'
import { childPath } from '../core/address.js'
import { type ExtraOptions, withExtrasGathered } from '../core/extras.js'
import type { Directive, RestartFrom, RestartType } from '../core/supervision-terms.js'
import { type Backoff, DEFAULT_BACKOFF } from './backoff.js'
import { type Classify, FAILURE_CLASSES, type FailureClass } from './failure-class.js'
import { readWith, refusal } from './refusal.js'
import { DEFAULT_INTENSITY, type Intensity } from './restart-window.js'

export type { Directive, RestartFrom, RestartType }

/** How long a stop may take, in ms, before the child is ended by force; `infinity`: any time; `kill`: by force at once. */
export type ShutdownMs = number | 'infinity' | 'kill'

export type Directives = Readonly<Partial<Record<FailureClass, Directive>>>

/** The durability of the logic table, by its values. */
type Durability = 'durable' | 'relaxed' | 'volatile'

/** XState actor logic of any kind, as far as a spec needs to know it. */
export interface ChildLogic {
  readonly transition: (...args: never[]) => unknown
  readonly getInitialSnapshot: (...args: never[]) => unknown
}

/** What can be said about an actor's supervision, wherever it is said. */
interface Supervision {
  readonly restart?: RestartType
  /** Default `lastGood`; of a volatile actor, which has no last good state, `initial`. */
  readonly restartFrom?: RestartFrom
  /** Default 5 000; of a supervisor `infinity`. */
  readonly shutdownMs?: ShutdownMs
  /**
   * Default: failures of class `transient` and `timeout` wait. Given, even as `{}`: every restart waits. `false`: none. A restart
   * that waits does not count towards intensity.
   */
  readonly backoff?: Partial<Backoff> | false
  /** What to do by failure class. Default `DEFAULT_DIRECTIVES`, after the supervisor's. */
  readonly directives?: Directives
  /** How often an event that fails its actor is delivered in all before it is poison. Default 3. */
  readonly maxDeliveries?: number
}

/** One child of a supervisor. */
export interface ChildSpec extends Supervision, ExtraOptions {
  /** Unique among its siblings; the last segment of the child's path. */
  readonly id: string
  /** A name in the logic table, or the logic value that stands there. */
  readonly logic: string | ChildLogic
  readonly input?: unknown
  /** Default `permanent`. */
  readonly restart?: RestartType
  /** Whether its end can end its supervisor; see `autoShutdown`. Default false. */
  readonly significant?: boolean
  /** Default: the one of the logic's row. */
  readonly durability?: Durability
  /** A name that is unique on the node, for `system.get`. */
  readonly systemId?: string
}

/** What all children of one kind have in common. */
export type ChildTemplate = Omit<ChildSpec, 'id' | 'input'>

/** The settings of a row of the logic table, for its actors under the guardian. */
export interface RowSupervision extends Supervision {
  /** Default `transient`. */
  readonly restart?: RestartType
  /** Default: the system's, or 3 in 5 000. */
  readonly intensity?: Partial<Intensity>
  /** Default: the system's. */
  readonly classify?: Classify
}

/** What `createSystem({ supervision })` takes: how the guardian supervises. */
export interface GuardianOptions {
  /** Default 3 in 5 000 ms, for each actor. */
  readonly intensity?: Partial<Intensity>
  /** Asked before the built-in failure classes. */
  readonly classify?: Classify
  /** What to do by failure class, for actors whose row doesn't say. Default `DEFAULT_DIRECTIVES`. */
  readonly directives?: Directives
  /** For actors whose row doesn't say. Default 3. */
  readonly maxDeliveries?: number
}

/** What decisions need to know, every default filled in. */
export interface SupervisionSpec {
  readonly restart: RestartType
  readonly restartFrom: RestartFrom
  readonly shutdownMs: ShutdownMs
  /** Undefined: the default, which depends on the failure class. */
  readonly backoff: Backoff | false | undefined
  readonly significant: boolean
  readonly directives: Directives
  readonly maxDeliveries: number
  /** Its own, before that of its supervisor. */
  readonly intensity?: Intensity
  readonly classify?: Classify
}

export const DEFAULT_CHILD_RESTART: RestartType = 'permanent'
export const DEFAULT_ROW_RESTART: RestartType = 'transient'
export const DEFAULT_SHUTDOWN_MS = 5_000
export const DEFAULT_MAX_DELIVERIES = 3

const count = z.number().int().min(1)

export const intensitySchema = z.strictObject({
  maxRestarts: z.number().int().min(0).default(DEFAULT_INTENSITY.maxRestarts),
  withinMs: z.number().positive().default(DEFAULT_INTENSITY.withinMs),
})

const backoffSchema = z.strictObject({
  initialMs: z.number().min(0).default(DEFAULT_BACKOFF.initialMs),
  factor: z.number().min(1).default(DEFAULT_BACKOFF.factor),
  maxMs: z.number().min(0).default(DEFAULT_BACKOFF.maxMs),
  jitter: z.number().min(0).max(1).default(DEFAULT_BACKOFF.jitter),
  resetMs: z.number().min(0).default(DEFAULT_BACKOFF.resetMs),
  maxRestarts: count.optional(),
})

export const directivesSchema = z.partialRecord(
  z.enum(FAILURE_CLASSES),
  z.enum(['restart', 'resume', 'stop', 'escalate']),
)

export const classifySchema = z.custom<Classify>((value) => typeof value === 'function', 'must be a function')

const restartType = z.enum(['permanent', 'transient', 'temporary'])

const supervisionFields = {
  restartFrom: z.enum(['lastGood', 'initial']).optional(),
  shutdownMs: z
    .union([z.number().min(0), z.enum(['infinity', 'kill'])], 'must be a number of ms, "infinity" or "kill"')
    .optional(),
  backoff: z.union([z.literal(false), backoffSchema], 'must be false or an object').optional(),
  directives: directivesSchema.optional(),
  maxDeliveries: count.optional(),
}

const templateFields = {
  ...supervisionFields,
  logic: z.custom<string | ChildLogic>(isLogic, 'must be a name in the logic table or XState actor logic'),
  restart: restartType.default(DEFAULT_CHILD_RESTART),
  significant: z.boolean().default(false),
  durability: z.enum(['durable', 'relaxed', 'volatile']).optional(),
  systemId: z.string().min(1).optional(),
  extras: z.record(z.string(), z.unknown()).optional(),
}

const childFields = {
  ...templateFields,
  id: z.custom<string>(isId, 'must be 1 to 512 characters, not "." or "..", and not begin with "$"'),
  input: z.unknown().optional(),
}

const rowFields = {
  ...supervisionFields,
  restart: restartType.default(DEFAULT_ROW_RESTART),
  intensity: intensitySchema.optional(),
  classify: classifySchema.optional(),
}

/** What `createSystem({ supervision })` takes: the guardian's own settings. */
const guardianFields = {
  intensity: intensitySchema.prefault({}),
  classify: classifySchema.optional(),
  directives: directivesSchema.default({}),
  maxDeliveries: count.default(DEFAULT_MAX_DELIVERIES),
}

export const childSchema = z.preprocess(
  withExtrasGathered,
  z.strictObject(childFields).superRefine(refuseContradictions),
)
export const templateSchema = z.preprocess(
  withExtrasGathered,
  z.strictObject(templateFields).superRefine(refuseContradictions),
)
const rowSchema = z.strictObject(rowFields)
const guardianSchema = z.strictObject(guardianFields)

export type ReadChildSpec = z.infer<typeof childSchema>
export type ReadChildTemplate = z.infer<typeof templateSchema>
export type ReadSupervision = z.infer<typeof rowSchema>
export type ReadGuardian = z.infer<typeof guardianSchema>

/** A child spec; `where` is its path in what the user wrote. Throws `OPTIONS_INVALID` with the path of the field. */
export function readChildSpec(value: unknown, where: string): ReadChildSpec {
  return readWith(childSchema, value, where)
}

/** The `supervision` of a row of the logic table. Throws `OPTIONS_INVALID` with the path of the field. */
export function readSupervision(value: unknown, where: string): ReadSupervision {
  return readWith(rowSchema, value, where)
}

/** The `supervision` of `createSystem`. Throws `OPTIONS_INVALID` with the path of the field. */
export function readGuardian(value: unknown, where: string): ReadGuardian {
  return readWith(guardianSchema, value, where)
}

/** What is known of an actor only where it is spawned. */
export interface SupervisedActor {
  readonly durability: Durability
  readonly isSupervisor: boolean
  /** How often its events are delivered, where its spec doesn't say. Default 3. */
  readonly maxDeliveries?: number
}

/**
 * The settings of an actor with every default; `where` is the path of `given` in what the user wrote. Throws
 * `OPTIONS_INVALID` for a last good state that can't be: `volatile`.
 */
export function supervisionOf(
  given: ReadSupervision | ReadChildSpec | ReadChildTemplate,
  { durability, isSupervisor, maxDeliveries = DEFAULT_MAX_DELIVERIES }: SupervisedActor,
  where?: string,
): SupervisionSpec {
  if (isLastGoodLost(given.restartFrom, durability))
    throw refusal(where === undefined ? 'restartFrom' : `${where}.restartFrom`, NO_LAST_GOOD)
  return {
    restart: given.restart,
    restartFrom: given.restartFrom ?? (durability === 'volatile' ? 'initial' : 'lastGood'),
    shutdownMs: given.shutdownMs ?? (isSupervisor ? 'infinity' : DEFAULT_SHUTDOWN_MS),
    backoff: given.backoff,
    significant: 'significant' in given && given.significant,
    directives: given.directives ?? {},
    maxDeliveries: given.maxDeliveries ?? maxDeliveries,
    intensity: 'intensity' in given ? given.intensity : undefined,
    classify: 'classify' in given ? given.classify : undefined,
  }
}

const NO_LAST_GOOD = 'a volatile actor has no last good state; use "initial", or another durability'

function isLastGoodLost(restartFrom: RestartFrom | undefined, durability: Durability | undefined): boolean {
  return restartFrom === 'lastGood' && durability === 'volatile'
}

type Refine = z.RefinementCtx<z.infer<z.ZodObject<typeof templateFields>>>

function refuseContradictions(spec: z.infer<z.ZodObject<typeof templateFields>>, { addIssue }: Refine): void {
  const { restart, restartFrom, significant, durability } = spec
  if (significant && restart === 'permanent') {
    const message = 'a permanent child never ends on its own; make it "transient" or "temporary"'
    addIssue({ code: 'custom', path: ['significant'], message })
  }
  if (isLastGoodLost(restartFrom, durability))
    addIssue({ code: 'custom', path: ['restartFrom'], message: NO_LAST_GOOD })
}

function isLogic(value: unknown): value is string | ChildLogic {
  if (typeof value === 'string') return value !== ''
  return typeof value === 'object' && value !== null && 'transition' in value && 'getInitialSnapshot' in value
}

function isId(value: unknown): value is string {
  try {
    return typeof value === 'string' && childPath(undefined, value) !== ''
  } catch {
    return false
  }
}

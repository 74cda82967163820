/** Actors in a list, and one of them whole. */
import { z } from 'zod'
import { atMs, eventLine, path } from './common.js'

const actorStatus = z.enum(['starting', 'active', 'restarting', 'done', 'failed', 'stopped', 'quarantined', 'missing'])

/** An actor in one row: all that a list, a tree and `roscius ps` show. */
export const actorRow = z.object({
  path,
  /** The last segment of its path, decoded. */
  id: z.string(),
  /** Its logic's name in the logic table. */
  logic: z.string(),
  status: actorStatus,
  durability: z.enum(['durable', 'relaxed', 'volatile']),
  isInMemory: z.boolean(),
  isSupervisor: z.boolean(),
  /** Handles no mail until an operator resumes it. */
  isPaused: z.boolean(),
  /** XState's state value in one line, as `working.asking + clock.running`; absent for logic that is no machine. */
  state: z.string().optional(),
  restarts: z.number(),
  mailbox: z.number(),
  stash: z.number(),
  /** Running promises, callbacks and observables. */
  effects: z.number(),
  seqNr: z.number(),
  /** Place among its siblings: by start. */
  order: z.number(),
  /** In one line. */
  error: z.string().optional(),
  /** The last event it has handled since somebody looks, and when. */
  last: z.object({ type: z.string(), atMs }).optional(),
  /** Events a second, over the last seconds. */
  rate: z.number(),
  /** How much of its own budget is used, from 0 up, in the dimension of which most is used. */
  budget: z.object({ dimension: z.string(), used: z.number() }).optional(),
  /** Questions of it that wait for a person. */
  approvals: z.number(),
})

export const actorQuery = z.object({
  /** Part of a path, a logic or a state, whatever the case. */
  search: z.string().max(1_000).optional(),
  status: actorStatus.optional(),
  logic: z.string().max(1_000).optional(),
  /** Only this one and those below it. */
  under: path.optional(),
  /** Only those with trouble: failed, quarantined, restarting, restarted, paused, with an approval or a spent budget. */
  trouble: z.stringbool().optional(),
  sort: z.enum(['tree', 'path', 'rate', 'mailbox', 'restarts', 'budget', 'last']).default('tree'),
  offset: z.coerce.number().int().min(0).default(0),
  limit: z.coerce.number().int().min(1).max(10_000).default(100),
})

export const actorPage = z.object({
  rows: z.array(actorRow),
  /** How many the filter lets through. */
  total: z.number(),
  counts: z.record(z.string(), z.number()),
})

/** A running promise, callback, observable or machine inside the actor. */
const toldEffect = z.object({
  id: z.string(),
  src: z.string(),
  effectId: z.string().optional(),
  attempt: z.number(),
  status: z.string(),
  settles: z.boolean(),
})

const toldTimer = z.object({
  event: z.string(),
  dueMs: atMs,
  /** The `after` it belongs to. */
  delay: z.string().optional(),
  state: z.string().optional(),
})

/** One actor as it is now: everything but its context, which is asked for piece by piece (`value`). */
export const actorDetail = z.object({
  row: actorRow,
  address: z.string(),
  version: z.string().optional(),
  /** Hash of its definition: which chart is its; absent for logic that is no machine. */
  chart: z.string().optional(),
  /** Ids of the active states in the chart. */
  active: z.array(z.string()),
  /** Ids of the transitions that its last unit took; empty if it took none. */
  lastTransitions: z.array(z.string()),
  timers: z.array(toldTimer),
  effects: z.array(toldEffect),
  /** Deferred events, oldest first; the first hundred. */
  stash: z.array(eventLine),
  /** Waiting events, oldest first; the first hundred. */
  mailbox: z.array(eventLine),
  /** Machines inside of it, with their states. */
  inner: z.array(z.object({ id: z.string(), src: z.string(), state: z.string() })),
  /** The first two hundred, in the order of their start. */
  children: z.array(actorRow),
  /** How many children there are. */
  childCount: z.number().optional(),
  /** Why it failed, is quarantined or waits. */
  trouble: z.string().optional(),
  /** The oldest and newest journal records that are kept. */
  journal: z.object({ first: z.number(), last: z.number() }).optional(),
  /** Whether the role may act and the actor is alive. */
  can: z.object({
    send: z.boolean(),
    pause: z.boolean(),
    resume: z.boolean(),
    restart: z.boolean(),
    cancel: z.boolean(),
  }),
})

/** An event that the actor has a transition for in its present state. */
export const enabledEvent = z.object({
  type: z.string(),
  /** Whether a guard lets it through as it stands, without further fields; `unknown` if that depends on them, or it throws. */
  takes: z.enum(['yes', 'no', 'unknown']),
  /** Ids of the transitions in the chart. */
  transitions: z.array(z.string()),
  /** JSON Schema of the event, if the machine has one (`setup({ schemas: { events } })`). */
  schema: z.record(z.string(), z.unknown()).optional(),
  description: z.string().optional(),
})

export const sendRequest = z.strictObject({
  path,
  event: z.looseObject({ type: z.string().min(1).max(1_000) }),
  idempotencyKey: z.string().min(1).max(1_000).optional(),
})

export const sendAnswer = z.object({ seqNr: z.number(), outcome: z.enum(['handled', 'ignored', 'deferred']) })

/** Pause, resume, restart, cancel. */
export const orderRequest = z.strictObject({
  path,
  reason: z.string().max(2_000).optional(),
  /** Of a restart: go on from its last good state, or begin anew. Default: its own setting. */
  from: z.enum(['lastGood', 'initial']).optional(),
})

export const explanationSchema = z.object({
  /** What `ref.explain()` says, in words. */
  text: z.string(),
  explanation: z.record(z.string(), z.unknown()),
})

export type ActorRow = z.output<typeof actorRow>
export type ActorQuery = z.output<typeof actorQuery>
export type ActorPage = z.output<typeof actorPage>
export type ActorDetail = z.output<typeof actorDetail>
export type EnabledEvent = z.output<typeof enabledEvent>
export type SendRequest = z.output<typeof sendRequest>
export type SendAnswer = z.output<typeof sendAnswer>
export type ToldExplanation = z.output<typeof explanationSchema>

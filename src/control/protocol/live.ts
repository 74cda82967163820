/**
 * What is said over the live socket: the viewer asks for topics, the node sends their frames.
 *
 * 1. A topic of states (tree, actor, overview) sends the newest state, however many there were in between; a topic of events
 *    (timeline, journal) sends each, and says how many it had to leave out.
 * 2. A frame of a topic carries the `id` that the viewer gave it.
 */
import { z } from 'zod'
import { actorDetail, actorRow } from './actors.js'
import { atMs, errorSchema, eventLine, path, recordRef } from './common.js'

const id = z.string().min(1).max(100)

/**
 * One bar of the timeline. A unit that was done before anybody looked is read from a journal, which has neither its `ms` nor its
 * `turn` and `commit`, nor what it `sent`: these are 0 (a turn and a commit count from 1), and nothing.
 */
export const timelineItem = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('unit'),
    atMs,
    ms: z.number(),
    path,
    logic: z.string(),
    seqNr: z.number(),
    event: eventLine,
    from: z.string().optional(),
    cause: recordRef.optional(),
    outcome: z.enum(['handled', 'ignored', 'deferred']),
    /** State after it, in one line. */
    state: z.string().optional(),
    isMove: z.boolean(),
    turn: z.number(),
    commit: z.number(),
    /** To whom it sent what. */
    sent: z.array(z.object({ to: z.string(), type: z.string() })),
  }),
  z.object({
    kind: z.literal('commit'),
    atMs,
    ms: z.number(),
    commit: z.number(),
    units: z.number(),
    operations: z.number(),
    isSynced: z.boolean(),
  }),
  z.object({
    kind: z.literal('effect'),
    atMs,
    path,
    effectId: z.string(),
    id: z.string(),
    src: z.string(),
    attempt: z.number(),
    status: z.enum(['started', 'done', 'failed', 'aborted']),
    /** How long it ran; absent at its start. */
    ms: z.number().optional(),
  }),
  /** A system event (`system.on`): failures, restarts, dead letters, budgets, links. */
  z.object({
    kind: z.literal('notice'),
    atMs,
    type: z.string(),
    path: path.optional(),
    text: z.string(),
    level: z.enum(['info', 'warning', 'error']),
  }),
])

/** Figures of the whole node, four times a second at most. */
export const pulse = z.object({
  atMs,
  counts: z.record(z.string(), z.number()),
  /** Events handled, and commits written, a second. */
  unitsPerSecond: z.number(),
  commitsPerSecond: z.number(),
  commitMs: z.number(),
  eventLoopMs: z.number(),
  oldestMailMs: z.number(),
  approvals: z.number(),
  deadLetters: z.number(),
  trouble: z.number(),
  /** State of the link to each peer. */
  links: z.array(z.object({ peer: z.string(), state: z.string(), detector: z.string() })),
  halted: z.string().optional(),
})

export const topic = z.discriminatedUnion('topic', [
  /** Figures of the node: `pulse` frames. */
  z.strictObject({ topic: z.literal('pulse') }),
  /** All actors: `rows` frames; the first ones make up the whole tree, later ones hold what has changed. */
  z.strictObject({ topic: z.literal('tree'), under: path.optional() }),
  /** One actor: `actor` frames, ten times a second at most. */
  z.strictObject({ topic: z.literal('actor'), path }),
  /** Units, commits, effects and notices: `items` frames. `sample`: of so many units one; `path`: only of it and those below. */
  z.strictObject({
    topic: z.literal('timeline'),
    path: path.optional(),
    types: z.array(z.string().max(1_000)).max(50).optional(),
    kinds: z.array(z.enum(['unit', 'commit', 'effect', 'notice'])).optional(),
    sample: z.number().int().min(1).max(1_000_000).optional(),
  }),
  /** That one of these lists has changed, and is to be read again: `changed` frames. */
  z.strictObject({
    topic: z.literal('changes'),
    of: z.array(z.enum(['approvals', 'deadLetters', 'budgets', 'links', 'machines'])).min(1),
  }),
])

export const liveRequest = z.discriminatedUnion('op', [
  z.strictObject({ op: z.literal('subscribe'), id, to: topic }),
  z.strictObject({ op: z.literal('unsubscribe'), id }),
])

export const liveFrame = z.discriminatedUnion('kind', [
  z.object({ id, kind: z.literal('pulse'), pulse }),
  /** `isFirst`: part of the first picture; `isWhole`: that is complete with this frame. `gone`: paths that are no more. */
  z.object({
    id,
    kind: z.literal('rows'),
    rows: z.array(actorRow),
    gone: z.array(path),
    isFirst: z.boolean(),
    isWhole: z.boolean(),
  }),
  z.object({ id, kind: z.literal('actor'), actor: actorDetail.optional(), contextChanged: z.boolean() }),
  /** `lost`: how many were left out since the last frame, because the viewer is slow or samples. */
  z.object({ id, kind: z.literal('items'), items: z.array(timelineItem), lost: z.number() }),
  z.object({ id, kind: z.literal('changed'), of: z.string() }),
  z.object({ id, kind: z.literal('refused'), error: errorSchema }),
])

export type TimelineItem = z.output<typeof timelineItem>
export type Pulse = z.output<typeof pulse>
export type Topic = z.output<typeof topic>
export type LiveRequest = z.output<typeof liveRequest>
export type LiveFrame = z.output<typeof liveFrame>

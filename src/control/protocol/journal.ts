/** The past of an actor: its records, and one moment of it. */
import { z } from 'zod'
import { atMs, eventLine, path, recordRef } from './common.js'

export const journalQuery = z
  .object({
    path,
    /** Records up to this one, newest first; default: the newest. */
    before: z.coerce.number().int().min(0).optional(),
    /** Records from this one, oldest first. Not with `before`. */
    from: z.coerce.number().int().min(0).optional(),
    limit: z.coerce.number().int().min(1).max(1_000).default(200),
  })
  .refine(({ before, from }) => before === undefined || from === undefined, {
    path: ['from'],
    message: "can't be asked for with before",
  })

export const journalRow = z.object({
  seqNr: z.number(),
  atMs,
  kind: z.enum(['start', 'event', 'timer', 'effect', 'fault', 'resume', 'stop', 'failure', 'migration', 'supervision']),
  event: eventLine,
  from: z.string().optional(),
  /** The record of the sender that sent it, where it is known. */
  cause: recordRef.optional(),
  /** State after it, in one line. */
  state: z.string().optional(),
  /** Whether the state value differs from the record before. */
  isMove: z.boolean(),
  /** In one line: what it failed with. */
  error: z.string().optional(),
})

export const journalPage = z.object({
  rows: z.array(journalRow),
  /** The oldest and newest that are kept. */
  first: z.number(),
  last: z.number(),
})

/** One change between two records, in one line. */
export const valueChange = z.object({
  pointer: z.string(),
  change: z.enum(['added', 'changed', 'removed']),
  before: z.string().optional(),
  after: z.string().optional(),
})

/** An actor as it was after one record. Its context is asked for with `value?at=`. */
export const moment = z.object({
  row: journalRow,
  chart: z.string().optional(),
  active: z.array(z.string()),
  /** Ids of the transitions that led to it, as far as the machine of today tells. */
  transitions: z.array(z.string()),
  /** At most a hundred. */
  changes: z.array(valueChange),
  timers: z.array(z.object({ event: z.string(), dueMs: atMs })),
  effects: z.array(z.object({ id: z.string(), src: z.string() })),
  stash: z.array(eventLine),
  /** Where it came from: the record that sent it, then the one that caused that, and so on. At most fifty. */
  causes: z.array(recordRef.extend({ type: z.string(), atMs })),
  /** Records of other actors that it caused directly, as far as they are found. At most a hundred. */
  caused: z.array(recordRef.extend({ type: z.string(), atMs })),
})

export type JournalRow = z.output<typeof journalRow>
export type JournalPage = z.output<typeof journalPage>
export type ValueChange = z.output<typeof valueChange>
export type Moment = z.output<typeof moment>

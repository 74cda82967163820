/**
 * A value piece by piece: what is below a pointer, one level at a time, so that a state of many megabytes opens at once.
 * Secrets are masked before anything is cut.
 */
import { z } from 'zod'
import { path } from './common.js'

/** One child of a value: a field, an element, an entry. */
export const valueNode = z.object({
  /** Key of the field or index of the element. */
  key: z.string(),
  kind: z.enum([
    'null',
    'undefined',
    'boolean',
    'number',
    'string',
    'bigint',
    'date',
    'bytes',
    'array',
    'object',
    'map',
    'set',
    'ref',
    'error',
    'other',
  ]),
  /** In one line, cut to 200 characters: `"abc…"`, `{ 3 fields }`, `[ 1 000 ]`, `roscius://…`. */
  text: z.string(),
  /** How many children it has; 0 for what can't be opened. */
  size: z.number(),
  /** Characters of a string that was cut. */
  length: z.number().optional(),
  isMasked: z.boolean(),
  /** How it differs from the record before, where that was asked: also if something below it does. */
  change: z.enum(['added', 'changed', 'removed']).optional(),
})

export const valueQuery = z.object({
  path,
  /** As it was after this record; default: as it is now. */
  at: z.coerce.number().int().min(0).optional(),
  /** JSON Pointer into the persisted snapshot: `/context/messages/3`; `''` is the whole. */
  pointer: z.string().max(10_000).default('/context'),
  /** Marks what differs from this record. */
  since: z.coerce.number().int().min(0).optional(),
  offset: z.coerce.number().int().min(0).default(0),
  limit: z.coerce.number().int().min(1).max(1_000).default(200),
})

export const valueSlice = z.object({
  pointer: z.string(),
  node: valueNode,
  children: z.array(valueNode),
  /** Children in all. */
  total: z.number(),
  /** Of a string: its first 100 000 characters. */
  whole: z.string().optional(),
  /** The record it is from. */
  seqNr: z.number(),
})

export type ValueNode = z.output<typeof valueNode>
export type ValueSlice = z.output<typeof valueSlice>

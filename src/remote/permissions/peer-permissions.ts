/** What a user says a peer may do on this node, read at the door. */
import { z } from 'zod'
import { problemOfEventPattern } from './event-pattern.js'
import { problemOfPathPattern } from './path-pattern.js'

/**
 * What a peer may do on this node. What is left out it may not.
 *
 * Paths are patterns: `pool/w1` is that actor, `pool/*` each actor directly below `pool`, `pool/**` all actors below it,
 * `**` all actors. They are written as `ref.path` is, with case. A child inside an actor is judged by that actor's path.
 */
export interface PeerPermissions {
  /** To whom it may `send`, `deliver` and `ask`, and what. */
  readonly send?: readonly SendPermission[]
  /** Whose end it may watch, and of whom it may ask for the `result`. */
  readonly watch?: readonly string[]
  /** Whose snapshots, with the whole context, and emitted events it may see. */
  readonly subscribe?: readonly string[]
  /** Which logic it may start, and where. */
  readonly spawn?: readonly SpawnPermission[]
  /** Whom it may `stop` and `cancel`, each with all actors below it. */
  readonly control?: readonly string[]
}

export interface SendPermission {
  readonly paths: readonly string[]
  /**
   * Types of events: `PAY` is that type, `order.*` is `order` and all that begins with `order.`, `*` is every type. Default
   * `['*']`. Never matched, and so never sent by a peer: `xstate.*`, `roscius.*`, `terminated`.
   */
  readonly events?: readonly string[]
}

export interface SpawnPermission {
  /** Names in this node's logic table; `*` is all of them. */
  readonly logic: readonly string[]
  /** Paths that the new actors may have. */
  readonly paths: readonly string[]
}

/** `everything` is for nodes of one's own that trust each other. */
export type Allowed = PeerPermissions | 'everything'

const MAX_PATTERNS = 1_024

const patterns = (problemOf: (pattern: string) => string | undefined) =>
  z
    .array(
      z.string().superRefine((pattern, { addIssue }) => {
        const message = problemOf(pattern)
        if (message !== undefined) addIssue({ code: 'custom', message })
      }),
    )
    .max(MAX_PATTERNS)
    .readonly()

const paths = patterns(problemOfPathPattern)
const rules = <TRule extends z.ZodRawShape>(rule: TRule) =>
  z.array(z.strictObject(rule)).max(MAX_PATTERNS).readonly().default([])

const permissions = z.strictObject(
  {
    send: rules({ paths, events: patterns(problemOfEventPattern).default(['*']) }),
    watch: paths.default([]),
    subscribe: paths.default([]),
    spawn: rules({ logic: z.array(z.string().min(1)).max(MAX_PATTERNS).readonly(), paths }),
    control: paths.default([]),
  },
  'must be "everything", or { send, watch, subscribe, spawn, control }',
)

const EVERYTHING = {
  send: [{ paths: ['**'] }],
  watch: ['**'],
  subscribe: ['**'],
  spawn: [{ logic: ['*'], paths: ['**'] }],
  control: ['**'],
} satisfies PeerPermissions

/** Reads `Allowed` as permissions with every field. */
export const allowedSchema = z.preprocess((value) => (value === 'everything' ? EVERYTHING : value), permissions)

export type ReadPeerPermissions = z.output<typeof permissions>

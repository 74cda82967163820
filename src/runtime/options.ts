/**
 * What `createSystem` takes, checked at the door.
 */
import { z } from 'zod'
import { isNodeName } from '../core/address.js'
import type { Clock } from '../core/clock.js'
import { RosciusError } from '../core/errors.js'
import type { Random } from '../core/random.js'
import type { Store } from '../persistence/store.js'
import type { GuardianOptions } from '../supervision/child-spec.js'
import type { Extension } from './extension.js'
import type { LogicTable } from './logic-table.js'

export interface RuntimeOptions<TLogic extends LogicTable> {
  /** The node's name in addresses: letters, digits, `.`, `-`, `_`. */
  readonly name: string
  /** A folder for LevelDB (made if missing), `memoryStore()`, or any `Store`. The system closes it when it stops. */
  readonly store: string | Store
  /** Name to actor logic of any kind; what stored state refers to. */
  readonly logic: TLogic
  /** Encrypts values at rest with AES-256-GCM: 32 bytes of key, and a name for it that is stored beside each value. */
  readonly encryption?: {
    readonly key: Uint8Array
    readonly keyId: string
    readonly previousKeys?: Readonly<Record<string, Uint8Array>>
  }
  /** The bound of a turn: events (default 1 024) and ms (default 5). */
  readonly turn?: { readonly maxEvents?: number; readonly maxMs?: number }
  /** What holds the thread for this long, in ms, is reported as `threadBlocked` with its actor. Default 50. */
  readonly blockedMs?: number
  /** When idle actors leave memory: after `idleMs` (default 60 000), or above `maxActive` (default 100 000) actors. */
  readonly passivation?: { readonly idleMs?: number; readonly maxActive?: number }
  /** How many dead letters are kept (default 10 000), and how long (default 7 days). */
  readonly deadLetters?: { readonly maxCount?: number; readonly maxAgeMs?: number }
  /** Watches for contexts mutated in place. Default: `NODE_ENV` is not `production`. */
  readonly development?: boolean
  /** Where XState's `log` action goes. Default `console.log`. */
  readonly logger?: (...args: unknown[]) => void
  /** How actors are supervised whose parent is no supervisor: those at the top, and those that a machine has spawned. */
  readonly supervision?: GuardianOptions
  /**
   * When an actor at the top fails more often than it may: the system stops (`stop`, the default), the process ends with
   * exit code 1 (`exit`), or whatever the function does (if it throws or rejects, the system stops). Its error has the code `ROOT_FAILED`.
   */
  readonly onRootFailure?: 'stop' | 'exit' | ((error: RosciusError) => void | Promise<void>)
  /** Capabilities that take part in the commits of this node; see `Extension`. */
  readonly extensions?: readonly Extension[]
  readonly clock?: Clock
  readonly random?: Random
}

const count = z.number().int().positive()
const schema = z.strictObject({
  name: z.custom<string>(isNodeName, 'must be letters, digits, ".", "-", "_", and begin with a letter or digit'),
  store: z.union(
    [
      z.string().min(1),
      z.custom<Store>((value) => typeof value === 'object' && value !== null && 'batch' in value && 'range' in value),
    ],
    'must be a folder or a Store',
  ),
  logic: z.custom<LogicTable>(
    (value) => typeof value === 'object' && value !== null,
    'must be an object of name to actor logic',
  ),
  encryption: z
    .strictObject({
      key: z.custom<Uint8Array>((value) => value instanceof Uint8Array && value.length === 32, 'must be 32 bytes'),
      keyId: z.string().min(1).max(255),
      previousKeys: z.record(z.string(), z.instanceof(Uint8Array)).optional(),
    })
    .optional(),
  turn: z.strictObject({ maxEvents: count.default(1_024), maxMs: z.number().positive().default(5) }).prefault({}),
  blockedMs: z.number().positive().default(50),
  passivation: z
    .strictObject({ idleMs: z.number().positive().default(60_000), maxActive: count.default(100_000) })
    .prefault({}),
  deadLetters: z
    .strictObject({
      maxCount: count.default(10_000),
      maxAgeMs: z
        .number()
        .positive()
        .default(7 * 86_400_000),
    })
    .prefault({}),
  development: z.boolean().optional(),
  logger: z
    .custom<(...args: unknown[]) => void>((value) => typeof value === 'function', 'must be a function')
    .optional(),
  supervision: z.unknown().optional(),
  extensions: z
    .array(z.custom<Extension>(isExtension, 'must be an Extension, with a name'))
    .refine(haveNames, 'must have different names')
    .default([]),
  onRootFailure: z
    .union(
      [
        z.enum(['stop', 'exit']),
        z.custom<(error: RosciusError) => void>((value) => typeof value === 'function', 'must be a function'),
      ],
      'must be "stop", "exit" or a function',
    )
    .default('stop'),
  clock: z.custom<Clock>((value) => typeof value === 'object' && value !== null, 'must be a Clock').optional(),
  random: z.custom<Random>((value) => typeof value === 'object' && value !== null, 'must be a Random').optional(),
})

export type ReadOptions = z.infer<typeof schema>

/** The options with their defaults. Throws `OPTIONS_INVALID` with the path of the field. */
export function readOptions(options: unknown): ReadOptions {
  const result = schema.safeParse(options)
  if (result.success) return result.data
  const issue = result.error.issues[0]
  const field =
    issue?.path.join('.') ||
    String((issue as { readonly keys?: readonly string[] } | undefined)?.keys?.[0] ?? 'options')
  throw new RosciusError('OPTIONS_INVALID', `createSystem: ${field}: ${issue?.message}`, { details: { field } })
}

function isExtension(value: unknown): value is Extension {
  const { name, open } = (value ?? {}) as Partial<Extension>
  return typeof name === 'string' && /^[A-Za-z0-9-]{1,64}$/.test(name) && typeof open === 'function'
}

function haveNames(extensions: readonly Extension[]): boolean {
  return new Set(extensions.map(({ name }) => name)).size === extensions.length
}

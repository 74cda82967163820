/**
 * The system's logic table: what stored state refers to by name, and the settings of each actor of that logic. Bad
 * settings are refused at the door, with the path of the field.
 */
import type { AnyActorLogic } from 'xstate'
import { z } from 'zod'
import { RosciusError } from '../core/errors.js'
import { type ReadSupervision, type RowSupervision, readSupervision, supervisionOf } from '../supervision/child-spec.js'
import { definitionOf } from './supervisor-definition.js'
import { canDefer } from './xstate/deferral.js'

/** `durable`: fsynced before effects. `relaxed`: written, not fsynced: survives the process, not the power. `volatile`: memory only. */
export type Durability = 'durable' | 'relaxed' | 'volatile'

/** How much of an actor's journal is kept. Records below are deleted when a snapshot is written. */
export type Retention = 'all' | { readonly records: number } | { readonly days: number }

/** Turns the persisted snapshot of an older machine into one of the next version. May be chained: each key is the version it starts from. */
export type Migration = (persisted: unknown) => unknown

export interface LogicSettings {
  /** Default `durable`. A spawn may choose another. */
  readonly durability?: Durability
  /** Default 10 000, `reject`. */
  readonly mailbox?: { readonly capacity?: number; readonly overflow?: 'reject' | 'dropNewest' | 'dropOldest' }
  /** How many events may wait deferred. Default 10 000. Past it they are dead letters. */
  readonly stash?: { readonly capacity?: number }
  /** Default `{ records: 1000 }`. */
  readonly keep?: Retention
  /** Named actions that are run again after a crash that left them without a completion mark. Others are reported as `outcomeUnknown`. */
  readonly actions?: Readonly<Record<string, 'atLeastOnce' | 'atMostOnce'>>
  readonly migrations?: Readonly<Record<string, Migration>>
  /** How actors of this logic are supervised where their parent is no supervisor. Default: `transient`, from the last good state. */
  readonly supervision?: RowSupervision
}

export type LogicEntry<TLogic extends AnyActorLogic = AnyActorLogic> =
  | TLogic
  | (LogicSettings & { readonly logic: TLogic })

export type LogicTable = Readonly<Record<string, LogicEntry>>

/** The logic behind an entry of the table. */
export type LogicOf<TEntry> = TEntry extends { readonly logic: infer L extends AnyActorLogic }
  ? L
  : TEntry extends AnyActorLogic
    ? TEntry
    : never

/** A row of the table with every default filled in. */
export interface LogicRow {
  readonly name: string
  readonly logic: AnyActorLogic
  readonly durability: Durability
  readonly capacity: number
  readonly overflow: 'reject' | 'dropNewest' | 'dropOldest'
  readonly stashCapacity: number
  /** Whether some state of the machine declares `meta.defer`. */
  readonly canDefer: boolean
  readonly keep: Retention
  readonly actions: Readonly<Record<string, 'atLeastOnce' | 'atMostOnce'>>
  readonly migrations: Readonly<Record<string, Migration>>
  readonly supervision: ReadSupervision
}

const count = z.number().int().min(1).max(100_000_000)
const settingsSchema = z.strictObject({
  logic: z.custom<AnyActorLogic>(isLogic, 'must be XState actor logic'),
  durability: z.enum(['durable', 'relaxed', 'volatile']).default('durable'),
  mailbox: z
    .strictObject({
      capacity: count.default(10_000),
      overflow: z.enum(['reject', 'dropNewest', 'dropOldest']).default('reject'),
    })
    .prefault({}),
  stash: z.strictObject({ capacity: count.default(10_000) }).prefault({}),
  keep: z
    .union([z.literal('all'), z.strictObject({ records: count }), z.strictObject({ days: z.number().positive() })])
    .default({ records: 1_000 }),
  actions: z.record(z.string(), z.enum(['atLeastOnce', 'atMostOnce'])).default({}),
  migrations: z
    .record(
      z.string(),
      z.custom<Migration>((value) => typeof value === 'function', 'must be a function'),
    )
    .default({}),
  supervision: z.unknown().optional(),
})

function isLogic(value: unknown): value is AnyActorLogic {
  return typeof value === 'object' && value !== null && 'transition' in value && 'getInitialSnapshot' in value
}

/** Checks a logic table and fills in its defaults. Throws `OPTIONS_INVALID` with the path of the field. */
export function readLogicTable(table: LogicTable): Map<string, LogicRow> {
  const rows = new Map<string, LogicRow>()
  for (const [name, entry] of Object.entries(table)) {
    const result = settingsSchema.safeParse(isLogic(entry) ? { logic: entry } : entry)
    if (!result.success) {
      const issue = result.error.issues[0]
      const field = ['logic', name, ...(issue?.path ?? [])].join('.')
      throw new RosciusError('OPTIONS_INVALID', `createSystem: ${field}: ${issue?.message}`, { details: { field } })
    }
    const { mailbox, stash, ...rest } = result.data
    const supervision = readSupervision(rest.supervision ?? {}, `logic.${name}.supervision`)
    supervisionOf(supervision, { durability: rest.durability, isSupervisor: false })
    rows.set(name, {
      name,
      ...rest,
      capacity: mailbox.capacity,
      overflow: mailbox.overflow,
      stashCapacity: stash.capacity,
      canDefer: canDefer(rest.logic),
      supervision,
    })
  }
  for (const row of rows.values()) assertChildrenAreKnown(row, rows)
  return rows
}

/** A supervisor's children are started by name long after `createSystem`: a name that leads nowhere is refused here. */
function assertChildrenAreKnown({ name, logic }: LogicRow, rows: ReadonlyMap<string, LogicRow>): void {
  const { children = [], template } = definitionOf(logic) ?? {}
  const named: [place: string, logic: unknown][] = children.map((child, n) => [`children.${n}.logic`, child.logic])
  if (template?.logic !== undefined) named.push(['template.logic', template.logic])
  const known = new Set<unknown>([...rows.values()].flatMap((row) => [row.name, row.logic]))
  for (const [place, child] of named) {
    if (known.has(child)) continue
    const field = `logic.${name}.${place}`
    const what = typeof child === 'string' ? `there is no "${child}"` : 'this logic is not'
    throw new RosciusError('OPTIONS_INVALID', `createSystem: ${field}: ${what} in the logic table.`, {
      details: { field },
    })
  }
}

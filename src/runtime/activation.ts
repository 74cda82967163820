/**
 * Bringing a stored actor into memory, also when its machine has changed since.
 *
 * 1. Activation reads the head and the records since, re-executes nothing, and runs inside or outside a turn.
 * 2. A state that the machine of today can't be in is *quarantined*: kept as it is, not run, reported with what is missing.
 *    Everything else goes on.
 * 3. A migration runs on the way into memory; its result is written with the actor's next record.
 */
import type { AnyStateMachine } from 'xstate'
import type { ActorPath } from '../core/address.js'
import { isRosciusError, RosciusError } from '../core/errors.js'
import type { SystemEvent } from '../core/events.js'
import type { JournalReader, Loaded } from '../persistence/journal.js'
import type { Head } from '../persistence/records.js'
import { Cell } from './cell.js'
import type { LogicRow } from './logic-table.js'
import { isMachine } from './machine-structure.js'
import { missingStates, type PersistedStates } from './missing-states.js'
import type { MutationGuard } from './mutation-guard.js'
import { structureHash } from './structure-hash.js'
import type { Frame, SnapshotFrame } from './xstate/frame.js'
import { fromPersisted, isMachineFrame, toPersisted } from './xstate/frame.js'
import type { LogicHost } from './xstate/host.js'
import type { CellSelf } from './xstate/internals.js'
import { reviveChildren } from './xstate/revive.js'

/** Most migrations in a row for one actor. */
const MAX_MIGRATIONS = 100

export interface ActivationPort {
  readonly rows: ReadonlyMap<string, LogicRow>
  /** The cell's `self` for this host: it may be another than the node's own. */
  selfAt(path: ActorPath, host: LogicHost): CellSelf
  publish(event: SystemEvent): void
}

export class Activation {
  readonly #quarantined = new Map<ActorPath, RosciusError>()

  constructor(
    private readonly journal: JournalReader,
    /** Reads what is still to be written too. */
    private readonly newest: JournalReader,
    private readonly port: ActivationPort,
    private readonly guard: MutationGuard | undefined,
  ) {}

  /** The actor's records are gone, and with them what was wrong. */
  forget(path: ActorPath): void {
    this.#quarantined.delete(path)
  }

  quarantineOf(path: ActorPath): RosciusError | undefined {
    return this.#quarantined.get(path)
  }

  /** The actor at `path` as a cell, not yet started; `undefined` if the store has none, or it can't run. */
  load(path: ActorPath, host: LogicHost): Cell | undefined {
    if (this.#quarantined.has(path)) return undefined
    const loaded = this.#read(path)
    if (loaded === undefined) return undefined
    try {
      return this.#build(path, loaded, host)
    } catch (error) {
      this.#quarantine(path, error)
      return undefined
    }
  }

  /**
   * The actor as its records say it is, also those that are still to be written; for one that is in memory and has failed.
   * `undefined` if it can't be restored: it is quarantined then.
   */
  rebuild(path: ActorPath, host: LogicHost): Cell | undefined {
    const loaded = this.newest.load(path)
    if (loaded === undefined) return undefined
    try {
      return this.#build(path, loaded, host)
    } catch (error) {
      this.#quarantine(path, error)
      return undefined
    }
  }

  /** What the store holds; damaged records quarantine their actor alone. Throws when the store itself fails. */
  #read(path: ActorPath): Loaded | undefined {
    try {
      return this.journal.load(path)
    } catch (error) {
      if (!isRosciusError(error, 'RECORD_CORRUPT') && !isRosciusError(error, 'RECORD_UNSUPPORTED')) throw error
      this.#quarantine(path, error)
      return undefined
    }
  }

  /** Whether the actor was stored by another machine than today's of that name. */
  isOutdated(head: Head): boolean {
    const row = this.port.rows.get(head.logic)
    return row === undefined || !isCurrent(head, row)
  }

  /** Finds out whether the stored actor can run on the machine of today, without running it. */
  examine(path: ActorPath): void {
    const loaded = this.#quarantined.has(path) ? undefined : this.#read(path)
    if (loaded === undefined) return
    try {
      this.#fitting(path, loaded.frame as Frame, loaded.head, this.#rowFor(path, loaded.head))
    } catch (error) {
      this.#quarantine(path, error)
    }
  }

  #rowFor(path: ActorPath, { logic }: Head): LogicRow {
    const row = this.port.rows.get(logic)
    if (row !== undefined) return row
    const message = `${path} is stored with the logic "${logic}", which createSystem({ logic }) does not name.`
    throw new RosciusError('LOGIC_NOT_FOUND', message, { address: path })
  }

  #build(path: ActorPath, loaded: Loaded, host: LogicHost): Cell {
    const { head } = loaded
    const row = this.#rowFor(path, head)
    const frame = this.#fitting(path, loaded.frame as Frame, head, row)
    const cell = new Cell(
      path,
      row,
      host.hosted(row.logic),
      this.port.selfAt(path, host),
      head.durability,
      head.systemId,
    )
    cell.supervised = frame.supervised
    cell.status = head.status === 'active' && frame.supervised?.waiting !== undefined ? 'restarting' : head.status
    cell.paused = frame.paused
    cell.seqNr = loaded.seqNr
    cell.sessions = frame.sessions
    cell.life = frame.life
    cell.timers = frame.timers
    cell.stash = frame.stash
    cell.hasChildCells = frame.hasChildCells
    cell.startedMs = head.startedMs
    cell.order = head.order
    cell.frame = loaded.frame as object
    cell.snapshotSeqNr = head.seqNr
    cell.snapshotBytes = loaded.headBytes
    // Stored by another machine than today's: its next record comes with a head, so that nothing is migrated twice.
    cell.deltaBytes = isCurrent(head, row) ? loaded.deltaBytes : Number.POSITIVE_INFINITY
    if (loaded.dedupe.length > 0) cell.dedupe = new Map(loaded.dedupe.map(({ key, ...entry }) => [key, { ...entry }]))
    host.restore(cell, frame, (context) => reviveChildren(context, cell))
    cell.isAwake = hasUnsettled(frame.snapshot, head, row)
    this.guard?.begin(cell, cell.frame)
    if (frame !== loaded.frame) cell.migrated = { from: head.version }
    return cell
  }

  /** The frame in a form that the machine of today takes: as it is, migrated, or not at all (throws). */
  #fitting(path: ActorPath, frame: Frame, head: Head, row: LogicRow): Frame {
    const { logic } = row
    if (!isMachine(logic)) return frame
    if (isCurrent(head, row)) return frame
    const migrated = this.#migrate(path, frame, head, row, logic)
    const missing = isMachineFrame(migrated.snapshot)
      ? missingStates(logic, toPersisted(migrated.snapshot) as unknown as PersistedStates)
      : []
    if (missing.length === 0) return migrated
    throw new RosciusError(
      'ACTOR_QUARANTINED',
      `${path} is stored in a state that "${row.name}"${logic.version === undefined ? '' : ` version ${logic.version}`} does not have: ${missing.join(', ')}. Declare migrations, or bring the state back; its records are kept.`,
      { address: path, details: { missing, stored: head.version ?? null, current: logic.version ?? null } },
    )
  }

  #migrate(path: ActorPath, frame: Frame, head: Head, row: LogicRow, logic: AnyStateMachine): Frame {
    let persisted = toPersisted(frame.snapshot)
    let from = head.version
    let count = 0
    for (; count < MAX_MIGRATIONS; count++) {
      const migration = row.migrations[from ?? '']
      if (migration === undefined || (from === logic.version && count > 0)) break
      persisted = run(path, from, () => migration(persisted) as Record<string, unknown>)
      from = nextVersion(row, from, logic.version)
    }
    if (count === 0) return frame
    return { ...frame, snapshot: fromPersisted(persisted, frame.snapshot) }
  }

  #quarantine(path: ActorPath, cause: unknown): void {
    const error =
      cause instanceof RosciusError
        ? cause
        : new RosciusError(
            'ACTOR_QUARANTINED',
            `${path} can't be restored: ${cause instanceof Error ? cause.message : String(cause)}. Its records are kept.`,
            { address: path, cause },
          )
    this.#quarantined.set(path, error)
    this.port.publish({ type: 'actorQuarantined', path, error })
  }
}

/** Whether the machine of today is the one that stored the head. Logic without structure never changes in this sense. */
function isCurrent({ version, hash }: Head, { logic }: LogicRow): boolean {
  return !isMachine(logic) || (version === logic.version && hash !== undefined && hash === structureHash(logic))
}

/** A migration's key is the version it starts from; the next is the smallest declared above it, or the machine's own. */
function nextVersion(row: LogicRow, from: string | undefined, current: string | undefined): string | undefined {
  const versions = Object.keys(row.migrations).sort((a, b) => a.localeCompare(b, 'en', { numeric: true }))
  const next = versions[versions.indexOf(from ?? '') + 1]
  return next ?? current
}

function run(
  path: ActorPath,
  from: string | undefined,
  migration: () => Record<string, unknown>,
): Record<string, unknown> {
  try {
    return migration()
  } catch (cause) {
    throw new RosciusError(
      'MIGRATION_FAILED',
      `${path}: the migration from version ${from ?? '(none)'} threw: ${cause instanceof Error ? cause.message : String(cause)}. Its records are kept.`,
      {
        address: path,
        cause,
      },
    )
  }
}

/** Whether a stored state has children or effects that must be started again with it. */
function hasUnsettled(snapshot: SnapshotFrame, head: Head, row: LogicRow): boolean {
  if (head.status !== 'active') return false
  if (!isMachineFrame(snapshot))
    return (row.logic as { readonly start?: unknown }).start !== undefined && snapshot.status === 'active'
  return hasActiveEffect(snapshot)
}

function hasActiveEffect(snapshot: SnapshotFrame): boolean {
  if (!isMachineFrame(snapshot)) return false
  return (
    Object.values(snapshot.children ?? {}).some((child) => child.attempt > 0 && child.snapshot.status === 'active') ||
    Object.values(snapshot.children ?? {}).some((child) => hasActiveEffect(child.snapshot))
  )
}

/**
 * Coverage by what journals keep: the records of all actors of one logic, walked from the oldest that is kept.
 *
 * 1. Only the machine of today is counted. Records of another version of it are left out; so is what can't be told: a step
 *    that the machine of today does not make again as it is recorded. An event that changed nothing has no record.
 * 2. Guards and assigners of the machine are called again, on the recorded states; nothing else of it is, and nothing changes.
 * 3. The event loop has its turn in between, and the walk ends when it is told to.
 */
import type { AnyStateMachine } from 'xstate'
import type { ActorPath } from '../../core/address.js'
import { isRosciusError } from '../../core/errors.js'
import { isMachine } from '../../runtime/machine-structure.js'
import type { Frame } from '../../runtime/xstate/frame.js'
import { stateLine } from '../definition/state-line.js'
import { eventSeen, stateValueOf } from '../history/frames.js'
import type { Seen, SeenRecord } from '../history/moments.js'
import { type HistorySource, type SystemWithHistory, sourceOf } from '../history/source.js'
import { takenTransitions } from '../history/taken-transitions.js'
import { Machines } from '../live/machines.js'
import { Slices } from '../live/slices.js'
import { type Coverage, CoverageCounts } from './coverage-counts.js'
import { enteredStates, refusedAtRest, refusedBy, targetsOf } from './machine-paths.js'

export interface JournalCoverageOptions {
  /** Only of this actor and those below it. */
  readonly under?: ActorPath | undefined
  /** Ends the walk; what was counted until then is told. */
  readonly signal?: AbortSignal | undefined
}

/**
 * What the stored actors of a logic have done, as far as their journals go back; `undefined` if none of them is an actor of that
 * logic, or that is no machine.
 */
export function coverageOfJournals(
  system: SystemWithHistory,
  logic: string,
  options: JournalCoverageOptions = {},
): Promise<Coverage | undefined> {
  return coverageOfStored(sourceOf(system), logic, options)
}

/** As `coverageOfJournals`, for a store that no system has open. */
export async function coverageOfStored(
  source: HistorySource,
  logic: string,
  { under, signal }: JournalCoverageOptions = {},
): Promise<Coverage | undefined> {
  const slices = new Slices()
  let walk: JournalWalk | undefined
  for await (const path of source.paths()) {
    if (signal?.aborted) break
    await slices.next()
    if (under !== undefined && path !== under && !path.startsWith(`${under}/`)) continue
    const found = source.logicOf(path)
    if (found?.name !== logic || found.logic === undefined || !isMachine(found.logic)) continue
    walk ??= new JournalWalk(logic, found.logic)
    await walk.through(source, path, slices, signal)
  }
  return walk?.counts.told()
}

const ASKED: ReadonlySet<SeenRecord['kind']> = new Set(['event', 'timer', 'effect'])

class JournalWalk {
  readonly counts: CoverageCounts

  constructor(
    logic: string,
    private readonly machine: AnyStateMachine,
  ) {
    const chart = new Machines().hash(machine)
    this.counts = new CoverageCounts({ logic, machine, chart }, Number.POSITIVE_INFINITY)
  }

  async through({ journal }: HistorySource, path: ActorPath, slices: Slices, signal?: AbortSignal): Promise<void> {
    let before: Frame | undefined
    try {
      const from = await firstOfVersion(journal, path, this.machine.version)
      if (from === undefined) return
      for await (const moment of journal.moments(path, from)) {
        if (signal?.aborted) break
        this.#count(moment as Seen, before)
        before = (moment as Seen).frame
        await slices.next()
      }
    } catch (error) {
      // Of a damaged journal is counted what could be read.
      if (!isRosciusError(error)) throw error
    }
  }

  /** Of the oldest that is read the state before it is not known, unless it is the start. */
  #count(seen: Seen, before: Frame | undefined): void {
    const { machine, counts } = this
    const { kind, timeMs, outcome } = seen.record
    const isStart = kind === 'start'
    counts.sinceMs = Math.min(counts.sinceMs, timeMs)
    if (before === undefined && !isStart) return
    const old = isStart || before === undefined ? undefined : stateValueOf(before)
    const value = stateValueOf(seen.frame)
    const taken = takenTransitions(machine, seen, before)
    const isTaken = new Set(taken)
    counts.took(taken)
    counts.entered(enteredStates(machine, old, value, targetsOf(machine, isTaken)))
    // It has moved, and the machine of today does not say how.
    const isUnclear = taken.length === 0 && stateText(old) !== stateText(value)
    if (!isStart && (isUnclear || outcome === 'deferred' || !ASKED.has(kind))) return
    if (!isStart) counts.refused(refusedBy(machine, old, eventSeen(seen.record, before).type, isTaken))
    if (isStart || taken.length > 0) counts.refused(refusedAtRest(machine, value, isTaken))
  }
}

/**
 * From which record on an actor was of this version; `undefined` if its newest is of another. A migrated actor gets a head of the
 * new version with its next record.
 */
async function firstOfVersion(
  journal: HistorySource['journal'],
  path: ActorPath,
  version: string | undefined,
): Promise<number | undefined> {
  let first: number | undefined
  let head = journal.head(path)
  while (head !== undefined && head.version === version) {
    first = head.seqNr
    head = await journal.headAtOrBefore(path, first - 1)
  }
  return first !== undefined && head === undefined ? 1 : first
}

const stateText = (value: unknown): string | undefined => (value === undefined ? undefined : stateLine(value))

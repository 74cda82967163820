/** How busy a node is: counters that are kept anyhow, and one look at each actor in memory. */
import type { ActorPath } from '../core/address.js'
import type { Clock } from '../core/clock.js'
import { isRosciusError, type RosciusError } from '../core/errors.js'
import type { SystemFigures } from '../core/system-figures.js'
import type { Cell } from './cell.js'
import type { CommitTimes } from './commit-times.js'
import type { Commits } from './commits.js'
import type { NodeTimers } from './node-timers.js'
import { isPaused } from './pause.js'
import type { Turns } from './turns.js'

export interface FiguresPort {
  readonly clock: Clock
  readonly cells: ReadonlyMap<ActorPath, Cell>
  readonly turns: Turns
  readonly commits: Commits
  readonly commitTimes: CommitTimes
  readonly timers: NodeTimers
  /** How many events actors have handled. */
  readonly unitCount: number
  /** Why the node runs no more. */
  readonly stopReason: RosciusError | undefined
}

export function figuresOf(node: FiguresPort): SystemFigures {
  const { turns, commits, commitTimes, cells, timers, stopReason } = node
  const { meanMs, maxMs } = commitTimes.lastMinute
  const { oldestTurn, mailWaiting, effectsRunning } = lookAt(cells.values())
  return {
    turns: turns.count,
    units: node.unitCount,
    commits: commits.completed,
    commitMs: { last: commitTimes.lastMs, mean: meanMs, max: maxMs },
    inFlightMs: commitTimes.inFlightMs,
    oldestMailMs: ageOf(oldestTurn, node),
    mailWaiting,
    actorsInMemory: cells.size,
    timersArmed: timers.size,
    effectsRunning,
    halted: isRosciusError(stopReason, 'SYSTEM_STOPPED') ? undefined : stopReason,
  }
}

function lookAt(cells: Iterable<Cell>) {
  let oldestTurn = Number.POSITIVE_INFINITY
  let mailWaiting = 0
  let effectsRunning = 0
  for (const cell of cells) {
    if (cell.effects !== undefined) effectsRunning += cell.effects.size
    const first = cell.mailbox?.peek()
    if (first === undefined) continue
    mailWaiting += cell.mailbox?.size ?? 0
    if (cell.status !== 'restarting' && !isPaused(cell)) oldestTurn = Math.min(oldestTurn, first.turn)
  }
  return { oldestTurn, mailWaiting, effectsRunning }
}

/** How long ago the turn began. What came after the last one has begun waits for the next. */
function ageOf(turn: number, { turns, clock }: FiguresPort): number {
  if (turn > turns.count) return 0
  const began = turns.times.startOf(turn)
  return began === undefined ? 0 : Math.max(0, clock.monotonic() - began)
}

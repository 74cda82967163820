/** The shortest way through the city: A*. Pure; of several shortest ways always the same one. */
import { type Cell, distance, neighboursOf } from './city.js'

interface Step {
  readonly cell: Cell
  readonly before: Step | undefined
  /** Cells from the start. */
  readonly flown: number
  /** Cells of the whole way, if nothing more is in it. */
  readonly total: number
}

/** The cells after `from`, up to and with `to`; `undefined` if no way leads there. */
export function findPath(from: Cell, to: Cell, closed: readonly Cell[]): Cell[] | undefined {
  const open: Step[] = [{ cell: from, before: undefined, flown: 0, total: distance(from, to) }]
  // Done with: a shorter way to a cell than the first one may turn up until it is taken.
  const done = new Set<Cell>(closed)
  for (let step = takeBest(open); step !== undefined; step = takeBest(open)) {
    if (step.cell === to) return wayTo(step)
    if (done.has(step.cell) && step.before !== undefined) continue
    done.add(step.cell)
    for (const cell of neighboursOf(step.cell)) {
      if (done.has(cell)) continue
      const flown = step.flown + 1
      open.push({ cell, before: step, flown, total: flown + distance(cell, to) })
    }
  }
  return undefined
}

/** The one whose whole way is shortest; of several the one that is nearest to the end, then the oldest. */
function takeBest(open: Step[]): Step | undefined {
  let best = 0
  for (const [index, { total, flown }] of open.entries()) {
    const least = open[best]!
    if (total < least.total || (total === least.total && flown > least.flown)) best = index
  }
  return open.splice(best, 1)[0]
}

function wayTo(step: Step): Cell[] {
  const cells: Cell[] = []
  for (let at: Step = step; at.before !== undefined; at = at.before) cells.unshift(at.cell)
  return cells
}

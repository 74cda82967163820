/** A state value in a cell: where there is no room for all of it, the innermost states, which tell more than what they are in. Pure. */
import { fitted, widthOf } from './text-width.js'

/** Between the states of regions. */
const AND = ' + '
const MOVE = '→ '

/** No wider than `width`. Of all regions the same number of outer states is left out, then the last regions. */
export function fittedState(text: string, width: number): string {
  const [mark, line] = text.startsWith(MOVE) ? [MOVE, text.slice(MOVE.length)] : ['', text]
  const regions = line.split(AND).map((region) => region.split('.'))
  const deepest = Math.max(...regions.map(({ length }) => length))
  for (let without = 0; without < deepest; without++) {
    const shorter = `${mark}${regions.map((states) => inner(states, without)).join(AND)}`
    if (widthOf(shorter) <= width) return shorter
  }
  const innermost = regions.map((states) => inner(states, deepest - 1))
  for (let kept = regions.length - 1; kept > 0; kept--) {
    const fewer = `${mark}${[...innermost.slice(0, kept), '…'].join(AND)}`
    if (widthOf(fewer) <= width) return fewer
  }
  return fitted(`${mark}${innermost[0]}`, width)
}

/** At least the innermost. */
function inner(states: readonly string[], without: number): string {
  const left = Math.min(without, states.length - 1)
  return left === 0 ? states.join('.') : `…${states.slice(left).join('.')}`
}

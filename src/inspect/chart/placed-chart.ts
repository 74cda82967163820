/** A statechart with the places of everything in it, in px, measured from the picture's corner. */
import type { StateType } from '../../runtime/machine-structure.js'
import type { Chart, ChartState, ChartTransition } from './chart.js'

export interface Point {
  readonly x: number
  readonly y: number
}

export interface Box extends Point {
  readonly width: number
  readonly height: number
}

export interface PlacedState {
  readonly id: string
  readonly name: string
  readonly type: StateType
  readonly isRegion: boolean
  readonly history?: 'shallow' | 'deep'
  readonly does: readonly string[]
  readonly invokes: readonly string[]
  readonly description?: string
  readonly box: Box
  /** How many states are around it. */
  readonly depth: number
}

export interface PlacedTransition extends ChartTransition {
  readonly points: readonly Point[]
  readonly label: Box
}

export interface PlacedInitial {
  /** Id of the state that begins there. */
  readonly target: string
  readonly dot: Box
  readonly points: readonly Point[]
}

export interface PlacedChart {
  readonly width: number
  readonly height: number
  /** Outer states before the states inside of them. */
  readonly states: readonly PlacedState[]
  readonly transitions: readonly PlacedTransition[]
  readonly initials: readonly PlacedInitial[]
}

/** A placed chart as it is told to others: with the machine's name, and the hash of the definition. */
export interface ToldChart extends PlacedChart {
  readonly hash: string
  readonly name: string
}

/** The chart again, without its places: the inverse of placing it. */
export function chartOfPlaced({ states, transitions, initials }: PlacedChart): Chart {
  const starts = new Set(initials.map(({ target }) => target))
  let next = 0
  const read = (): ChartState => {
    const { box: _, depth, ...state } = states[next++]!
    const inner: ChartState[] = []
    while (states[next] !== undefined && states[next]!.depth > depth) inner.push(read())
    const initial = inner.find(({ id }) => starts.has(id))?.id
    return { ...state, ...(initial === undefined ? {} : { initial }), states: inner }
  }
  return { root: read(), transitions: transitions.map(({ points: _, label: __, ...transition }) => transition) }
}

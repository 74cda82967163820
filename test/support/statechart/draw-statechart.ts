import type { AnyStateMachine } from 'xstate'
import { chartOf } from './chart.js'
import { placeChart } from './chart-layout.js'
import { outlineOf, partOf } from './chart-outline.js'
import { svgOf } from './chart-svg.js'

export interface Drawing {
  /** Only so many levels of its states. */
  readonly depth?: number
  /** Only this state and what is in it. */
  readonly state?: string
}

/** A machine's statechart as an SVG picture. Equal machines give equal pictures. */
export async function drawStatechart(machine: AnyStateMachine, { depth, state }: Drawing = {}): Promise<string> {
  const whole = chartOf(machine)
  const part = state === undefined ? whole : partOf(whole, state)
  const drawn = depth === undefined ? part : outlineOf(part, depth)
  return svgOf(await placeChart(drawn), `Statechart of ${state ?? machine.id}`)
}

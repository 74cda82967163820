import type { AnyStateMachine } from 'xstate'
import { chartOf } from './chart.js'
import { placeChart } from './chart-layout.js'
import { svgOf } from './chart-svg.js'

/** A machine's statechart as an SVG picture. Equal machines give equal pictures. */
export async function drawStatechart(machine: AnyStateMachine): Promise<string> {
  return svgOf(await placeChart(chartOf(machine)), `Statechart of ${machine.id}`)
}

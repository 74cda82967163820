import type { AnyStateMachine } from 'xstate'
import { structureHash } from '../../runtime/structure-hash.js'
import { definitionOf } from '../definition/definition.js'
import { definitionHash } from '../definition/definition-hash.js'
import type { MachineDefinition } from '../definition/machine-definition.js'
import { type Chart, chartOf } from './chart.js'
import type { ChartTheme } from './chart-colours.js'
import { type ChartLayouts, createChartLayouts } from './chart-layouts.js'
import { mermaidOf } from './chart-mermaid.js'
import { outlineOf, partOf } from './chart-outline.js'
import { svgOf } from './chart-svg.js'

export type DrawingFormat = 'svg' | 'mermaid' | 'json'

export interface DrawingOptions {
  /**
   * Default: `svg`. `json` is the whole definition, whatever else is asked for, with its hash, and with `structure`, which tells
   * whether stored actors fit it.
   */
  readonly format?: DrawingFormat
  /** Only so many levels of its states, with one arrow between two states. Default: all. */
  readonly depth?: number
  /** Id of a state: only this one and what is in it. */
  readonly state?: string
  /** Of `svg`. Default: `auto`, light or dark as the page that shows it. */
  readonly theme?: ChartTheme
  /** Ids of states to show as active. */
  readonly active?: readonly string[]
  /** Ids of transitions to show as taken last. */
  readonly last?: readonly string[]
  /** Where it is laid out. Default: a thread that ends with the drawing. */
  readonly layouts?: ChartLayouts
}

/**
 * A machine's statechart as an SVG picture, as Mermaid's `stateDiagram-v2`, or its definition as JSON. Equal machines give equal
 * texts. Nothing of the machine's is run. Rejects with `CHART_FAILED` where the layout fails, `OPTIONS_INVALID` for a state that
 * the machine has not.
 *
 * ```ts
 * import { writeFile } from 'node:fs/promises'
 * import { drawMachine } from 'roscius/inspect'
 * import { lightMachine } from './light.js'
 *
 * await writeFile('docs/light.svg', await drawMachine(lightMachine))
 * ```
 */
export async function drawMachine(machine: AnyStateMachine, options: DrawingOptions = {}): Promise<string> {
  const definition = definitionOf(machine)
  if (options.format !== 'json') return drawDefinition(definition, options)
  return writtenJson(definition, structureHash(machine))
}

/** The same of a definition, as one that was written down. */
export async function drawDefinition(definition: MachineDefinition, options: DrawingOptions = {}): Promise<string> {
  const { format = 'svg', state, active, last, theme } = options
  if (format === 'json') return writtenJson(definition, undefined)
  const chart = drawnPart(chartOf(definition), options)
  if (format === 'mermaid') return mermaidOf(chart, active)
  const layouts = options.layouts ?? createChartLayouts()
  const isWhole = state === undefined && options.depth === undefined
  const placed = await (isWhole ? layouts.placed(definition) : layouts.place(chart))
  return svgOf(placed, { title: `Statechart of ${state ?? definition.id}`, active, last, theme })
}

/** The part of a chart that is asked for. Throws `OPTIONS_INVALID` for a state that it has not. */
export function drawnPart(whole: Chart, { depth, state }: Pick<DrawingOptions, 'depth' | 'state'>): Chart {
  const part = state === undefined ? whole : partOf(whole, state)
  return depth === undefined ? part : outlineOf(part, depth)
}

function writtenJson(definition: MachineDefinition, structure: string | undefined): string {
  return `${JSON.stringify({ hash: definitionHash(definition), structure, ...definition }, undefined, 2)}\n`
}

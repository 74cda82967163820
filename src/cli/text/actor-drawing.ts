/**
 * The statechart of an actor, with the states that it is in: as the running system tells them, or as the store has them.
 *
 * 1. A running system is asked first. It also knows what the actor did last.
 * 2. The store has no machines: theirs is the one of the module that is named. It is known by its structure.
 */
import { findControl } from '../../control/client/control-client.js'
import { parseAddress } from '../../core/address.js'
import { createChartLayouts } from '../../inspect/chart/chart-layouts.js'
import { mermaidOf } from '../../inspect/chart/chart-mermaid.js'
import { svgOf } from '../../inspect/chart/chart-svg.js'
import { type DrawingOptions, drawDefinition, drawMachine, drawnPart } from '../../inspect/chart/draw-machine.js'
import { chartOfPlaced, type ToldChart } from '../../inspect/chart/placed-chart.js'
import { activeStateIds } from '../../inspect/definition/active-states.js'
import { isMachineFrame } from '../../runtime/xstate/frame.js'
import { type MachineSource, machineSource, machineSources } from '../machines/machine-source.js'
import { decrypted } from '../stored/open-store.js'
import { withStoreOrCopy } from '../stored/store-copy.js'
import { type StoredActor, storedActor } from '../stored/stored-actors.js'
import { line } from './printable.js'

export interface AskedActor {
  readonly folder: string
  /** Or an address of the node. */
  readonly path: string
  readonly machine: string | undefined
  readonly export: string | undefined
}

const IN_USE = 'A process has the store open and lets nobody in: this is what it had committed.\n'

export async function actorDrawing(asked: AskedActor, options: DrawingOptions): Promise<string> {
  const path = asked.path.startsWith('roscius://') ? parseAddress(asked.path).path : asked.path
  const running = await findControl(asked.folder)
  if (running === undefined) return storedDrawing({ ...asked, path }, options)
  const { chart, active, lastTransitions } = await running.actor({ path })
  if (chart === undefined) throw new Error(`${line(path)} is no machine: there is nothing to draw.`)
  return toldDrawing(path, { chart: await running.chart({ hash: chart }), active, last: lastTransitions }, options)
}

interface Told {
  readonly chart: ToldChart
  readonly active: readonly string[]
  readonly last: readonly string[]
}

async function toldDrawing(path: string, { chart, active, last }: Told, options: DrawingOptions): Promise<string> {
  const { format, depth, state, theme } = options
  if (format === 'json') return `${JSON.stringify({ path, active, last, chart }, undefined, 2)}\n`
  const isWhole = depth === undefined && state === undefined
  const part = drawnPart(chartOfPlaced(chart), options)
  if (format === 'mermaid') return mermaidOf(part, active)
  const placed = isWhole ? chart : await createChartLayouts().place(part)
  return svgOf(placed, { title: `Statechart of ${path}`, active, last, theme })
}

async function storedDrawing(
  { folder, path, machine, export: name }: AskedActor,
  options: DrawingOptions,
): Promise<string> {
  if (machine === undefined)
    throw new Error(
      `No system lets programs into ${folder}: say with --machine which module has the machine of ${line(path)}.`,
    )
  const actor = await withStoreOrCopy(
    folder,
    () => void process.stderr.write(IN_USE),
    async (store) => storedActor(decrypted(store), path),
  )
  if (actor === undefined) throw new Error(`There is no actor ${line(path)} in ${folder}.`)
  const source = await machineOf(actor, machine, name)
  const { snapshot } = actor.frame
  const active = isMachineFrame(snapshot) ? activeStateIds(source.definition, snapshot.value) : []
  if (options.format === 'json' && source.machine !== undefined) return drawMachine(source.machine, options)
  return drawDefinition(source.definition, { ...options, active })
}

/** The machine whose structure the actor was stored with, or the one that is named. */
async function machineOf(actor: StoredActor, file: string, name: string | undefined): Promise<MachineSource> {
  const fitting = (await machineSources(file)).find(
    ({ structure }) => structure !== undefined && structure === actor.head.hash,
  )
  if (fitting !== undefined && (name === undefined || name === fitting.name)) return fitting
  const named = await machineSource(file, name)
  process.stderr.write(`${line(actor.path)} was stored by another machine than ${line(named.name)}, or an older one.\n`)
  return named
}

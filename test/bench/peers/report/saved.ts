/**
 * The last full run, kept beside the documentation: its figures as JSON, its picture, and the tables that README and reference
 * show, each between a pair of marks. A test holds them together.
 */
import { readFile, writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { environment } from '../../harness/report.js'
import type { Results } from '../results.js'
import { chart } from './chart.js'
import { goalTable, mainTable, versionList, workTables } from './markdown.js'

export interface SavedRun extends Results {
  /** The day, as `YYYY-MM-DD`. */
  readonly date: string
  readonly command: string
  readonly minutes: number
  readonly environment: ReturnType<typeof environment>
}

export const RUN_FILE = 'docs/reference/peers.json'
export const CHART_FILE = 'docs/images/peers.svg'

/** What stands between the marks `<!-- peers:<name> -->` and `<!-- /peers:<name> -->` of these files. */
export const blocks: Readonly<Record<string, Readonly<Record<string, (run: SavedRun) => string>>>> = {
  'README.md': { main: mainTable },
  'docs/reference/performance.md': {
    main: mainTable,
    goals: goalTable,
    works: workTables,
    versions: versionList,
  },
}

export function chartOf(run: SavedRun): string {
  const { date, environment } = run
  const { cores, cpu, os, node } = environment
  return chart(run, `${date}, ${cores} cores of ${cpu}, ${os}, Node ${node}. Logarithmic scale.`)
}

export async function save(run: SavedRun): Promise<void> {
  await writeFile(resolve(RUN_FILE), `${JSON.stringify(run, null, 2)}\n`)
  await writeFile(resolve(CHART_FILE), chartOf(run))
  for (const file of Object.keys(blocks))
    await writeFile(resolve(file), withBlocks(file, await readFile(resolve(file), 'utf8'), run))
}

/** The text of a file with its blocks filled from a run. Throws if a block's marks are missing. */
export function withBlocks(file: string, text: string, run: SavedRun): string {
  let filled = text
  for (const [name, block] of Object.entries(blocks[file] ?? {})) {
    const [open, close] = [`<!-- peers:${name} -->`, `<!-- /peers:${name} -->`]
    const [from, to] = [filled.indexOf(open), filled.indexOf(close)]
    if (from < 0 || to < from) throw new Error(`${file} has no place for ${name}: ${open} … ${close}`)
    filled = `${filled.slice(0, from + open.length)}\n${block(run)}\n${filled.slice(to)}`
  }
  return filled
}

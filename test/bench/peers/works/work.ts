/** A work: how one peer's share of it is measured, and what the figures are called. */
import type { Service } from '../../harness/second-process.js'
import type { Promised } from '../peer.js'
import type { Site } from '../site.js'

export interface Work<TService extends Service> {
  /** What the figures are, by their names. */
  readonly measures: Readonly<Record<string, Measure>>
  /** How often it is measured, each peer in turn; the figure is the median. */
  rounds(quick: boolean): number
  /** Does the work once with a peer that was set up for it. */
  measure(site: Site<TService>, effort: WorkEffort): Promise<Figures>
}

export interface WorkEffort {
  readonly quick: boolean
  /** Where the peer keeps its data. */
  readonly folder: string
  readonly promise: Promised
}

export interface Measure {
  readonly label: string
  readonly unit: string
  readonly better: 'higher' | 'lower'
}

/** Figures by their measures' names. */
export type Figures = Readonly<Record<string, number>>

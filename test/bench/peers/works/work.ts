/** A work: how one peer's share of it is measured, and what the figures are called. */
import type { Service } from '../../harness/second-process.js'
import type { Promised } from '../peer.js'
import type { Site } from '../site.js'

export interface Work<TService extends Service> {
  /** The promise that is wanted behind an answer; whoever keeps less is marked. */
  readonly asks: Promised
  /** What the figures are, by their names. */
  readonly measures: Readonly<Record<string, Measure>>
  /** How often it is measured, each peer in turn; what is told of the rounds is the measure's `of`. */
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
  /** Of several rounds: the median by default, the worst of what is too much if it happens in one of them. */
  readonly of?: 'median' | 'worst'
}

/** Figures by their measures' names. */
export type Figures = Readonly<Record<string, number>>

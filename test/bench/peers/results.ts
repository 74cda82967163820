/** What a run of the suite found. */
import { median } from '../harness/row.js'
import type { Peer, Promised, WorkName } from './peer.js'
import type { Figures, Measure } from './works/work.js'

export interface Results {
  readonly peers: readonly PeerResult[]
}

export interface PeerResult extends Pick<Peer, 'id' | 'name' | 'settings'> {
  /** Of all that it consists of, by name; undefined if it isn't there. */
  readonly versions?: Readonly<Record<string, string>>
  /** Why it could not be measured here at all. */
  readonly missing?: string
  readonly works: { readonly [Name in WorkName]?: WorkResult }
}

/** The figures of a work by their measures' names, each of all rounds as its measure says; or why there are none. */
export type WorkResult =
  | { readonly promise: Promised; readonly lacks: string; readonly figures: Figures }
  | { readonly declined: string }
  | { readonly elsewhere: string }
  | { readonly failed: string }

/** Whether a peer was set to the work: it has figures, or has failed. */
export function isMeasured(
  result: WorkResult | undefined,
): result is Extract<WorkResult, { readonly figures: Figures } | { readonly failed: string }> {
  return result !== undefined && ('figures' in result || 'failed' in result)
}

/** One figure of one peer, if it has been measured. */
export function figureOf({ peers }: Results, id: string, measure: string): number | undefined {
  const peer = peers.find((candidate) => candidate.id === id)
  for (const work of Object.values(peer?.works ?? {})) {
    if ('figures' in work && work.figures[measure] !== undefined) return work.figures[measure]
  }
  return undefined
}

/** The figures of several rounds as one each: the median, or the worst. */
export function overRounds(measures: Readonly<Record<string, Measure>>, rounds: readonly Figures[]): Figures {
  const names = Object.keys(rounds[0] ?? {})
  return Object.fromEntries(
    names.map((name) => {
      const figures = rounds.map((round) => round[name] ?? Number.NaN)
      const measure = measures[name]
      return [name, measure?.of === 'worst' ? worst(measure, figures) : median(figures)]
    }),
  )
}

function worst({ better }: Measure, figures: readonly number[]): number {
  return better === 'lower' ? Math.max(...figures) : Math.min(...figures)
}

/** What a run of the suite found. */
import { median } from '../harness/row.js'
import type { Peer, Promised, WorkName } from './peer.js'

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

/** The figures of a work by their measures' names, the median of all rounds; or why there are none. */
export type WorkResult =
  | { readonly promise: Promised; readonly lacks: string; readonly figures: Readonly<Record<string, number>> }
  | { readonly declined: string }
  | { readonly failed: string }

/** One figure of one peer, if it has been measured. */
export function figureOf({ peers }: Results, id: string, measure: string): number | undefined {
  const peer = peers.find((candidate) => candidate.id === id)
  for (const work of Object.values(peer?.works ?? {})) {
    if ('figures' in work && work.figures[measure] !== undefined) return work.figures[measure]
  }
  return undefined
}

/** The medians of figures that were measured in several rounds. */
export function medians(rounds: readonly Readonly<Record<string, number>>[]): Readonly<Record<string, number>> {
  const names = Object.keys(rounds[0] ?? {})
  return Object.fromEntries(names.map((name) => [name, median(rounds.map((figures) => figures[name] ?? Number.NaN))]))
}

/** Who says what to whom in a run: everything that the ledger is judged by. */
import type { Random } from 'roscius'

export type Durability = 'durable' | 'volatile'

/**
 * How a message comes to be sent: in a transition, by an effect, as a question that waits for its answer, by a timer, or
 * from outside, with an idempotency key.
 */
export type Manner = 'transition' | 'effect' | 'ask' | 'timer' | 'deliver'

/** Numbered messages from one actor to one other. Only in a transition is a sender volatile. */
export interface Route {
  readonly id: string
  readonly from: string
  readonly to: string
  readonly manner: Manner
  readonly sender: Durability
  readonly receiver: Durability
  /** How many; a volatile sender begins anew in each life. */
  readonly count: number
  readonly paceMs: number
  readonly delivery?: 'atLeastOnce' | 'atMostOnce'
  readonly priority?: 'high' | 'low'
}

/** A token that is passed from station to station; a node may be one several times. */
export interface Walk {
  readonly id: string
  readonly stations: readonly string[]
}

/** An actor that ends after a time, and one on another node that is to be told once. */
export interface Vigil {
  readonly id: string
  readonly watcher: string
  readonly mortal: string
  readonly durability: Durability
  readonly lifeMs: number
}

export interface Plan {
  readonly nodes: readonly string[]
  readonly routes: readonly Route[]
  readonly walks: readonly Walk[]
  readonly vigils: readonly Vigil[]
  /** Whether nodes subscribe to the receivers that they write to. */
  readonly isObserved: boolean
}

export type Topology = 'two' | 'ring' | 'star'

/** Fewer than the hops that a message may take. */
const MOST_STATIONS = 12
const MOST_PACE_MS = 60

export function drawPlan(random: Pick<Random, 'next'>, topology: Topology, most = 12): Plan {
  const nodes = topology === 'two' ? ['a', 'b'] : ['a', 'b', 'c', 'd', 'e']
  const lines = linesOf(topology, nodes)
  const whole = (below: number): number => Math.floor(random.next() * below)
  const routes = lines.flatMap(([from, to]) =>
    mannersOf(topology, whole).map(
      (manner, index): Route => ({
        from,
        to,
        id: `${from}-${to}-${index}`,
        sender: 'durable',
        receiver: 'durable',
        count: 1 + whole(most),
        paceMs: 1 + whole(MOST_PACE_MS),
        ...manner,
      }),
    ),
  )
  const walks = [0, 1].map((n): Walk => ({ id: `walk${n}`, stations: stationsOf(topology, nodes, n) }))
  const vigils = lines.flatMap(([watcher, mortal]) =>
    (['durable', 'volatile'] as const).map((durability): Vigil => {
      const id = `${watcher}-of-${mortal}-${durability}`
      return { id, watcher, mortal, durability, lifeMs: 200 + whole(3_000) }
    }),
  )
  return { nodes, routes, walks, vigils, isObserved: true }
}

type Drawn = Partial<Route> & Pick<Route, 'manner'>

/** All that there is between two nodes; of five nodes each pair has some of it. */
const ALL: readonly Drawn[] = [
  { manner: 'transition' },
  { manner: 'transition', sender: 'volatile' },
  { manner: 'transition', receiver: 'volatile' },
  { manner: 'transition', sender: 'volatile', receiver: 'volatile' },
  { manner: 'transition', priority: 'high' },
  { manner: 'transition', priority: 'low' },
  { manner: 'transition', delivery: 'atMostOnce' },
  { manner: 'transition', delivery: 'atLeastOnce' },
  { manner: 'effect' },
  { manner: 'ask' },
  { manner: 'timer' },
  { manner: 'deliver' },
]

function mannersOf(topology: Topology, whole: (below: number) => number): readonly Drawn[] {
  if (topology === 'two') return ALL
  return [ALL[0] as Drawn, ...[0, 1].map(() => ALL[1 + whole(ALL.length - 1)] as Drawn)]
}

function linesOf(topology: Topology, nodes: readonly string[]): (readonly [string, string])[] {
  const [hub = '', ...leaves] = nodes
  if (topology === 'star') return leaves.flatMap((leaf) => [[hub, leaf] as const, [leaf, hub] as const])
  if (topology === 'two') return [nodes as [string, string], [...nodes].reverse() as [string, string]]
  return nodes.map((node, index) => [node, nodes[(index + 1) % nodes.length] as string] as const)
}

function stationsOf(topology: Topology, nodes: readonly string[], from: number): string[] {
  const [hub = '', ...leaves] = nodes
  const round = topology === 'star' ? leaves.flatMap((leaf) => [hub, leaf]) : nodes
  return Array.from({ length: MOST_STATIONS }, (_, n) => round[(n + from) % round.length] as string)
}

/** What happens to a fleet, and when: drawn from a seed. */
import type { Random } from 'roscius'
import type { LinkFaultRates, NetworkFault } from 'roscius/testing'
import type { Plan } from '../plan.js'

export type Blow =
  | { readonly kind: 'network'; readonly fault: NetworkFault }
  | {
      readonly kind: 'crash'
      readonly node: string
      readonly powerLoss: boolean
      /** At that batch from then on; without, at once. */
      readonly atBatch?: { readonly in: number; readonly when: 'before' | 'after' }
      /** Until it is opened again, in ms. */
      readonly downMs: number
    }

export interface Schedule {
  readonly blows: readonly { readonly atMs: number; readonly blow: Blow }[]
  readonly rates: LinkFaultRates
  /** How long the storm lasts, in ms. */
  readonly stormMs: number
}

const STORM_MS = 3_000
const MOST_BLOWS = 14
/** Batches of a node until it crashes, at most. */
const REACH = 12

export function drawSchedule(random: Pick<Random, 'next'>, { nodes }: Plan): Schedule {
  const draw = new Draw(random, nodes)
  const count = 3 + draw.whole(MOST_BLOWS)
  const blows = Array.from({ length: count }, () => ({ atMs: draw.whole(STORM_MS), blow: draw.blow() }))
  return { blows: blows.sort((a, b) => a.atMs - b.atMs), rates: draw.rates(), stormMs: STORM_MS }
}

class Draw {
  constructor(
    private readonly random: Pick<Random, 'next'>,
    private readonly nodes: readonly string[],
  ) {}

  whole(below: number): number {
    return Math.floor(this.random.next() * below)
  }

  /** What goes wrong with single frames: nothing in half of the runs. */
  rates(): LinkFaultRates {
    const rate = (): number => (this.random.next() < 0.5 ? 0 : this.random.next() * 0.02)
    if (this.random.next() < 0.5) return { cut: rate() }
    return { cut: rate(), drop: rate(), duplicate: rate(), reorder: rate(), reorderMs: 30 }
  }

  blow(): Blow {
    return this.random.next() < 0.5 ? this.#crash() : { kind: 'network', fault: this.#fault() }
  }

  #crash(): Blow {
    const node = this.#one(this.nodes)
    const isLong = this.random.next() < 0.2
    const crash = {
      kind: 'crash',
      node,
      powerLoss: this.random.next() < 0.5,
      downMs: this.whole(isLong ? 2_500 : 300),
    } as const
    if (this.random.next() < 0.3) return crash
    return { ...crash, atBatch: { in: 1 + this.whole(REACH), when: this.random.next() < 0.5 ? 'before' : 'after' } }
  }

  #fault(): NetworkFault {
    const one = this.#one(this.nodes)
    const other = this.#one(this.nodes.filter((node) => node !== one))
    switch (this.whole(5)) {
      case 0:
        return { kind: 'cut', between: [one, other] }
      case 1:
        return { kind: 'halfOpen', told: one, untold: other }
      case 2:
        return { kind: 'flap', between: [one, other], everyMs: 5 + this.whole(100), times: 2 + this.whole(6) }
      case 3:
        return { kind: 'partition', groups: [[one], this.nodes.filter((node) => node !== one)] }
      default:
        return { kind: 'heal' }
    }
  }

  #one<T>(choices: readonly T[]): T {
    return choices[this.whole(choices.length)] as T
  }
}

/**
 * A network in memory whose links break the ways that real ones do, by chance that repeats or at times of a script.
 *
 * 1. The same seed, script and calls give the same run: chance is drawn frame by frame, in the order of sending.
 * 2. `cut`, `halfOpen`, `partition` and `flap` are what a transport must expect of TCP: frames are lost only with their
 *    connection, and never out of order. `drop`, `duplicate`, `reorder` and `corrupt` are what a broken middlebox does
 *    within a connection that goes on; only a protocol that checks its numbers survives them.
 * 3. In a partition things are held, as TCP sends again and again: they arrive after `heal`, if the link is still there.
 * 4. What was done to whom stands in `trace`.
 */

import type { Clock } from '../core/clock.js'
import type { Random } from '../core/random.js'
import type { MemoryLink } from '../remote/memory-link.js'
import {
  type Arrival,
  type Conduct,
  type Crossing,
  type Fate,
  type MemoryNetwork,
  memoryNetwork,
} from '../remote/memory-transport.js'
import { seededRandom } from './seeded-random.js'

/** How long one way takes, in ms: each frame draws from the span, and keeps its place behind the one before. */
export interface Delay {
  readonly minMs: number
  readonly maxMs: number
}

/** How probable it is, per frame, that a link does this. Default of each: 0. */
export interface LinkFaultRates {
  /** Breaks the connection, and the frame with it; both ends are told. */
  readonly cut?: number
  readonly drop?: number
  readonly duplicate?: number
  /** Lets the frame be overtaken, for up to `reorderMs` (default 10). */
  readonly reorder?: number
  readonly reorderMs?: number
  /** Flips one bit. */
  readonly corrupt?: number
}

type Pair = readonly [string, string]

/** What can be done to the network, by names of nodes. */
export type NetworkFault =
  /** Breaks the links between two nodes; both are told. */
  | { readonly kind: 'cut'; readonly between: Pair }
  /** `told` learns that its links to `untold` broke; `untold` goes on believing in them, and what it sends vanishes. */
  | { readonly kind: 'halfOpen'; readonly told: string; readonly untold: string }
  /** Nodes of different groups can't reach each other; takes the place of an earlier partition. */
  | { readonly kind: 'partition'; readonly groups: readonly (readonly string[])[] }
  | { readonly kind: 'heal' }
  /** Cuts `times` times, every `everyMs`. */
  | { readonly kind: 'flap'; readonly between: Pair; readonly everyMs: number; readonly times: number }
  /** Sets the rates of the links between two nodes, or of all links. */
  | { readonly kind: 'rates'; readonly rates: LinkFaultRates; readonly between?: Pair }
  | { readonly kind: 'delay'; readonly delay: Delay }

export type NetworkIncident =
  | NetworkFault['kind']
  | 'corrupted'
  | 'dropped'
  | 'duplicated'
  | 'held'
  | 'reordered'
  | 'swallowed'

/** What was done, when, and to which link. */
export interface NetworkNote {
  readonly atMs: number
  readonly what: NetworkIncident
  readonly link?: number
  readonly from?: string
  readonly to?: string
  readonly bytes?: number
}

export interface FaultyNetworkOptions {
  readonly clock: Clock
  /** Default: a seeded one, the same in every run. */
  readonly random?: Pick<Random, 'next'>
  /** Default 1 ms each way. */
  readonly delay?: Delay
  readonly rates?: LinkFaultRates
  /** Faults by time: `atMs` from now on. */
  readonly script?: readonly { readonly atMs: number; readonly fault: NetworkFault }[]
}

export interface FaultyNetwork extends MemoryNetwork {
  /** Does this to the network now. */
  strike(fault: NetworkFault): void
  /** The latest 10 000 things that were done, oldest first. */
  readonly trace: readonly NetworkNote[]
}

const MAX_TRACE = 10_000
const DEFAULT_REORDER_MS = 10

/**
 * A network in memory with faults, for `memoryTransport`.
 *
 * @example
 * ```ts
 * import { memoryTransport } from 'roscius'
 * import { faultyNetwork, seededRandom, simulatedClock } from 'roscius/testing'
 *
 * const clock = simulatedClock()
 * const network = faultyNetwork({
 *   clock,
 *   random: seededRandom(7),
 *   rates: { cut: 0.001 },
 *   script: [{ atMs: 1_000, fault: { kind: 'halfOpen', told: 'b', untold: 'a' } }],
 * })
 * const a = memoryTransport(network, { name: 'a' })
 * await clock.advance(2_000)
 * console.log(network.trace, await a.close())
 * ```
 */
export function faultyNetwork(options: FaultyNetworkOptions): FaultyNetwork {
  const conduct = new FaultyConduct(options)
  const network = memoryNetwork({ clock: options.clock, conduct })
  conduct.network = network
  for (const { atMs, fault } of options.script ?? []) options.clock.schedule(() => conduct.strike(fault), atMs)
  return Object.assign(network, { strike: (fault: NetworkFault) => conduct.strike(fault), trace: conduct.trace })
}

class FaultyConduct implements Conduct {
  readonly trace: NetworkNote[] = []
  network: MemoryNetwork | undefined
  private readonly clock: Clock
  private readonly random: Pick<Random, 'next'>
  private readonly ratesOf = new Map<string, LinkFaultRates>()
  /** Links of which one end is dead: nothing crosses them any more. */
  private readonly dead = new Set<number>()
  private rates: LinkFaultRates
  private delay: Delay
  private groups: readonly (readonly string[])[] = []

  constructor({
    clock,
    random = seededRandom('network'),
    delay = { minMs: 1, maxMs: 1 },
    rates = {},
  }: FaultyNetworkOptions) {
    this.clock = clock
    this.random = random
    this.delay = delay
    this.rates = rates
  }

  dial(from: string, to: string): { readonly delayMs: number } | 'silence' {
    return this.isApart(from, to) ? 'silence' : { delayMs: this.delayMs() }
  }

  cross(crossing: Crossing): Fate {
    if (this.dead.has(crossing.link)) return this.noted('swallowed', crossing, 'swallowed')
    if (this.isApart(crossing.from, crossing.to)) return this.noted('held', crossing, 'held')
    const delivery = { bytes: crossing.bytes, delayMs: this.delayMs() }
    return crossing.kind === 'end' ? [delivery] : this.mishap(crossing, delivery)
  }

  strike(fault: NetworkFault): void {
    this.note({ what: fault.kind, ...('between' in fault && fault.between && ends(fault.between)) })
    switch (fault.kind) {
      case 'cut':
        this.cut(fault.between)
        break
      case 'halfOpen':
        this.halfOpen(fault.told, fault.untold)
        break
      case 'partition':
        this.regroup(fault.groups)
        break
      case 'heal':
        this.regroup([])
        break
      case 'flap':
        this.flap(fault.between, fault.everyMs, fault.times)
        break
      case 'rates':
        this.setRates(fault.rates, fault.between)
        break
      case 'delay':
        this.delay = fault.delay
    }
  }

  /** What chance does to a frame: one thing at most. */
  private mishap(crossing: Crossing, delivery: Arrival): Fate {
    const {
      cut = 0,
      drop = 0,
      duplicate = 0,
      reorder = 0,
      corrupt = 0,
      reorderMs = DEFAULT_REORDER_MS,
    } = this.ratesFor(crossing)
    let dice = this.random.next()
    const falls = (rate: number): boolean => {
      dice -= rate
      return dice < 0
    }
    if (falls(cut)) return this.cutAt(crossing)
    if (falls(drop)) return this.noted('dropped', crossing, [])
    if (falls(duplicate)) return this.noted('duplicated', crossing, [delivery, delivery])
    if (falls(reorder)) return this.noted('reordered', crossing, [this.late(delivery, reorderMs)])
    if (falls(corrupt)) return this.noted('corrupted', crossing, [{ ...delivery, bytes: this.flipped(delivery.bytes) }])
    return [delivery]
  }

  private cutAt(crossing: Crossing): Fate {
    const link = this.network?.links.find(({ id }) => id === crossing.link)
    this.clock.schedule(() => link?.cut(), 0)
    return this.noted('cut', crossing, [])
  }

  private late({ bytes, delayMs }: Arrival, reorderMs: number): Arrival {
    return { bytes, delayMs: delayMs + this.random.next() * reorderMs, isUnordered: true }
  }

  private flipped(bytes: Uint8Array): Uint8Array {
    const changed = Uint8Array.from(bytes)
    const bit = Math.floor(this.random.next() * bytes.length * 8)
    if (bytes.length > 0) changed[bit >> 3] = (changed[bit >> 3] as number) ^ (1 << (bit & 7))
    return changed
  }

  private cut(between: Pair): void {
    for (const link of this.between(between)) link.cut()
  }

  private halfOpen(told: string, untold: string): void {
    for (const link of this.between([told, untold])) {
      this.dead.add(link.id)
      link.endAt(told)?.terminate()
    }
  }

  private regroup(groups: readonly (readonly string[])[]): void {
    this.groups = groups
    this.network?.release()
  }

  private flap(between: Pair, everyMs: number, times: number): void {
    for (let n = 1; n <= times; n++) this.clock.schedule(() => this.strike({ kind: 'cut', between }), n * everyMs)
  }

  private setRates(rates: LinkFaultRates, between: Pair | undefined): void {
    if (between !== undefined) this.ratesOf.set(nameOf(between), rates)
    else {
      this.rates = rates
      this.ratesOf.clear()
    }
  }

  private ratesFor({ from, to }: Crossing): LinkFaultRates {
    return this.ratesOf.get(nameOf([from, to])) ?? this.rates
  }

  private between([a, b]: Pair): readonly MemoryLink[] {
    return (this.network?.links ?? []).filter((link) => link.isBetween(a, b))
  }

  private isApart(a: string, b: string): boolean {
    const groupOf = (name: string) => this.groups.findIndex((group) => group.includes(name))
    const [groupOfA, groupOfB] = [groupOf(a), groupOf(b)]
    return groupOfA !== groupOfB && groupOfA >= 0 && groupOfB >= 0
  }

  private delayMs(): number {
    const { minMs, maxMs } = this.delay
    return minMs === maxMs ? minMs : minMs + this.random.next() * (maxMs - minMs)
  }

  private noted(what: NetworkIncident, { link, from, to, bytes }: Crossing, fate: Fate): Fate {
    this.note({ what, link, from, to, bytes: bytes.length })
    return fate
  }

  private note(note: Omit<NetworkNote, 'atMs'>): void {
    this.trace.push({ atMs: this.clock.monotonic(), ...note })
    if (this.trace.length > MAX_TRACE) this.trace.shift()
  }
}

function nameOf([a, b]: Pair): string {
  return a < b ? `${a} ${b}` : `${b} ${a}`
}

function ends([from, to]: Pair): { readonly from: string; readonly to: string } {
  return { from, to }
}

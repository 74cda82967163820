import fc from 'fast-check'
import type { ConversationRecord } from '../../../src/remote/conversation/conversation-record.js'
import { receive, tick, type VectorClock } from '../../../src/remote/conversation/vector-clock.js'

/** Nodes that send each other messages, and what of it happened before what: by following every step, not by clocks. */
export interface Run {
  readonly records: readonly ConversationRecord[]
  /** Whether the record with index `a` happened before that with index `b`. */
  happenedBefore(a: number, b: number): boolean
}

interface Step {
  readonly node: number
  readonly isSend: boolean
  /** To whom it sends, or which of its messages it takes. */
  readonly choice: number
  readonly afterMs: number
}

interface Shape {
  readonly skewsMs: readonly number[]
  readonly steps: readonly Step[]
}

/** One is called as a property that every object has. */
const NODES = ['a', 'constructor', 'c', 'd', 'e']

const step = fc.record({
  node: fc.nat(NODES.length - 1),
  isSend: fc.boolean(),
  choice: fc.nat(100),
  afterMs: fc.nat(3),
})

/** Runs of up to 60 steps on 2 to 5 nodes, whose wall clocks are up to 50 ms wrong. */
export const runs: fc.Arbitrary<Run> = fc
  .record({
    skewsMs: fc.array(fc.integer({ min: -50, max: 50 }), { minLength: 2, maxLength: NODES.length }),
    steps: fc.array(step, { maxLength: 60 }),
  })
  .map(play)

function play({ skewsMs, steps }: Shape): Run {
  const sites = skewsMs.map((skewMs, i) => new Site(NODES[i]!, skewMs))
  const records: ConversationRecord[] = []
  const pasts: Set<number>[] = []
  const add = (record: ConversationRecord, causes: readonly (number | undefined)[]): number => {
    const direct = causes.filter((cause) => cause !== undefined)
    pasts.push(new Set(direct.flatMap((cause) => [cause, ...pasts[cause]!])))
    return records.push(record) - 1
  }
  let atMs = 1_000
  for (const { node, isSend, choice, afterMs } of steps) {
    atMs += afterMs
    const site = sites[node % sites.length]!
    const other = sites[choice % sites.length]!
    const index = isSend ? site.send(other, atMs, records.length, add) : site.receive(choice, atMs, add)
    site.last = index ?? site.last
  }
  return { records, happenedBefore: (a, b) => pasts[b]!.has(a) }
}

type Add = (record: ConversationRecord, causes: readonly (number | undefined)[]) => number

class Site {
  last: number | undefined
  #n = 0
  #clock: VectorClock = {}
  #heard: string | undefined
  readonly #inbox: { readonly record: ConversationRecord; readonly index: number }[] = []

  constructor(
    readonly name: string,
    private readonly skewMs: number,
  ) {}

  send(other: Site, atMs: number, id: number, add: Add): number {
    this.#clock = tick(this.#clock, this.name)
    const message = { id: `m${id}`, from: `roscius://${this.name}/x`, to: `roscius://${other.name}/y` }
    const record = this.#record({ ...message, causation: this.#heard, direction: 'sent' }, atMs)
    const index = add(record, [this.last])
    other.#inbox.push({ record, index })
    return index
  }

  receive(choice: number, atMs: number, add: Add): number | undefined {
    const [taken] = this.#inbox.splice(choice % Math.max(1, this.#inbox.length), 1)
    if (taken === undefined) return undefined
    const { id, from, to, causation, clock = {} } = taken.record
    this.#clock = receive(this.#clock, clock, this.name)
    this.#heard = id
    return add(this.#record({ id, from, to, causation, direction: 'received' }, atMs), [this.last, taken.index])
  }

  #record(
    message: Pick<ConversationRecord, 'id' | 'from' | 'to' | 'causation' | 'direction'>,
    atMs: number,
  ): ConversationRecord {
    const own = { node: this.name, at: atMs + this.skewMs, n: this.#n++, clock: this.#clock }
    return { ...message, ...own, conversation: 'c', type: 'GO' }
  }
}

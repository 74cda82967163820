import { type FaultStore, seededRandom } from 'roscius/testing'
import { afterEach, expect, test } from 'vitest'
import { hasCrashed, Nodes } from '../../support/nodes.js'
import { logic } from './actors.js'

type Name = 'a' | 'b'

const OTHER = { a: 'b', b: 'a' } as const
const NAMES = ['a', 'b'] as const
const PAIRS = 3

let nodes: Nodes<typeof logic>
afterEach(() => nodes.close())

/** Two nodes whose relays send to each other's tallies, while chance breaks connections, processes and disks. */
class Run {
  readonly sent = new Map<string, number[]>()
  readonly #random: ReturnType<typeof seededRandom>
  readonly #open = new Set<Promise<void>>()
  #releases: (() => void)[] = []
  #n = 0

  constructor(seed: number) {
    this.#random = seededRandom(`run ${seed}`)
  }

  async begin(): Promise<void> {
    nodes = new Nodes(logic)
    const peer = (name: string) => ({ [name]: { address: `memory://${name}`, allow: 'everything' as const } })
    const links = { backoff: { maxMs: 1_000 } }
    for (const name of NAMES) await nodes.open(name, { peers: peer(OTHER[name]), links })
    for (const name of NAMES)
      for (let i = 0; i < PAIRS; i++) await nodes.run(nodes.system(name).spawn('tally', { id: `t${i}` }))
    for (const name of NAMES)
      for (let i = 0; i < PAIRS; i++) {
        const system = nodes.system(name)
        const to = system.actor('tally', `roscius://${OTHER[name]}/t${i}`)
        await nodes.run(system.spawn('relay', { id: `r${i}`, input: { to } }))
        await nodes.run(system.spawn('guard', { id: `g${i}`, input: { target: to } }))
      }
  }

  #chance(of: number): number {
    return Math.floor(this.#random.next() * of)
  }

  #one(): Name {
    return NAMES[this.#chance(2)] as Name
  }

  async step(): Promise<void> {
    const dice = this.#chance(100)
    if (dice < 55) this.#send()
    else if (dice < 65) nodes.cut('a')
    else if (dice < 70) nodes.network.strike({ kind: 'halfOpen', told: this.#one(), untold: this.#one() })
    else if (dice < 74) nodes.network.strike({ kind: 'partition', groups: [['a'], ['b']] })
    else if (dice < 80) nodes.network.strike({ kind: 'heal' })
    else if (dice < 84) nodes.network.strike({ kind: 'rates', rates: { duplicate: 0.1, reorder: 0.1, drop: 0.05 } })
    else if (dice < 88) this.#crashLater(this.#one())
    else if (dice < 92) await this.#crash(this.#one())
    else if (dice < 95) this.#releases.push(nodes.store(this.#one()).hold())
    else this.#release()
    await nodes.clock.advance(this.#chance(20))
    await this.#revive()
  }

  #release(): void {
    for (const release of this.#releases.splice(0)) release()
  }

  #crashLater(name: Name): void {
    const store: FaultStore = nodes.store(name)
    const when = this.#chance(2) === 0 ? 'before' : 'after'
    store.crashAtBatch(store.written.batches + 1 + this.#chance(4), when, { powerLoss: this.#chance(2) === 0 })
  }

  async #crash(name: Name): Promise<void> {
    await nodes.crashAndOpen(name, { powerLoss: this.#chance(2) === 0 })
  }

  async #revive(): Promise<void> {
    for (const name of NAMES) if (hasCrashed(nodes.store(name))) await nodes.crashAndOpen(name)
  }

  /** From outside it is repeated until it is accepted; from then on it must arrive. */
  #send(): void {
    const [name, i, n] = [this.#one(), this.#chance(PAIRS), this.#n++]
    const accepted = this.#deliver(name, i, n)
    this.#open.add(accepted)
    void accepted.then(() => this.#open.delete(accepted))
  }

  async #deliver(name: Name, i: number, n: number): Promise<void> {
    for (;;) {
      try {
        await nodes
          .system(name)
          .actor('relay', `r${i}`)
          .deliver({ type: 'PASS', n }, { idempotencyKey: `${n}` })
        const key = `${OTHER[name]}/t${i}`
        this.sent.set(key, [...(this.sent.get(key) ?? []), n])
        return
      } catch {
        await new Promise<void>((resolve) => nodes.clock.schedule(resolve, 3))
      }
    }
  }

  async end(): Promise<void> {
    nodes.network.strike({ kind: 'rates', rates: {} })
    nodes.network.strike({ kind: 'heal' })
    this.#release()
    // With them go the crashes that have not come to pass.
    for (const name of NAMES) await nodes.crashAndOpen(name)
    await nodes.run(Promise.all(this.#open))
    await nodes.until(() => this.#isQuiet()).catch(() => undefined)
    await nodes.clock.advance(3_000)
  }

  #isQuiet(): boolean {
    return NAMES.every((name) => nodes.system(name).peer(OTHER[name]).figures()?.outbox.count === 0)
  }

  /** What each relay has passed on, in the order of its commits; it is what its tally must have seen. */
  async passed(name: Name, i: number): Promise<readonly number[]> {
    const passed: number[] = []
    for await (const { event } of nodes.system(name).actor('relay', `r${i}`).journal())
      if (event.type === 'PASS') passed.push(event.n as number)
    return passed
  }
}

test.each(Array.from({ length: 25 }, (_, seed) => seed))(
  'run %i: whatever breaks, each message is applied once and in the order of its sender, and each end is told once',
  async (seed) => {
    const run = new Run(seed)
    await run.begin()
    for (let i = 0; i < 80; i++) await run.step()
    await run.end()
    for (const name of NAMES)
      for (let i = 0; i < PAIRS; i++) {
        const { seen } = nodes.system(OTHER[name]).actor('tally', `t${i}`).getSnapshot().context
        const passed = await run.passed(name, i)
        expect({ name, i, seen }).toEqual({ name, i, seen: passed })
        expect(new Set(passed)).toEqual(new Set(run.sent.get(`${OTHER[name]}/t${i}`)))
        await nodes.run(nodes.system(OTHER[name]).actor('tally', `t${i}`).deliver({ type: 'END' }))
        await nodes.clock.advance(500)
        const { told } = nodes.system(name).actor('guard', `g${i}`).getSnapshot().context
        expect({ name, i, told }).toEqual({ name, i, told: [`done ${passed.length}`] })
      }
  },
)

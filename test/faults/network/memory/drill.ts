/** One seeded run in memory: a plan, a storm over it, peace, and the judgement of the ledger. */
import { setTimeout as pause } from 'node:timers/promises'
import { type LinkFaultRates, seededRandom } from 'roscius/testing'
import type { Breach } from '../../society/ordeal.js'
import { checkNetwork, debts } from '../check/check.js'
import type { Line } from '../ledger.js'
import { drawPlan, type Plan, type Topology } from '../plan.js'
import { Fleet, type FleetOptions } from './fleet.js'
import { type Blow, drawSchedule, type Schedule } from './schedule.js'

export interface DrillResult {
  readonly breaches: readonly Breach[]
  readonly lines: readonly Line[]
  readonly plan: Plan
  readonly crashes: number
  readonly blows: number
}

/** Of simulated time, for all that was sent to come through once there is peace. */
const PEACE_MS = 60_000
const LOOK_MS = 250
/** What comes twice may come late. */
const AFTERMATH_MS = 3_000
/** Of real time. A run takes less than a second. */
const DEADLINE_MS = 30_000
const TOPOLOGIES: readonly Topology[] = ['two', 'two', 'two', 'ring', 'star']

/** Never rejects, and ends in bounded time: that something waits for ever is a breach too. */
export async function runDrill(seed: number, wrap?: FleetOptions['wrap']): Promise<DrillResult> {
  const drill = new Drill(seed, wrap)
  const watchdog = new AbortController()
  const stuck = pause(DEADLINE_MS, undefined, { signal: watchdog.signal, ref: false }).then(
    () => drill.stuck(),
    () => drill.stuck(),
  )
  try {
    return await Promise.race([drill.run(), stuck])
  } finally {
    watchdog.abort()
  }
}

class Drill {
  readonly #plan: Plan
  readonly #schedule: Schedule
  readonly #fleet: Fleet
  readonly #breaches: Breach[] = []
  /** Nodes that are down, and when they are opened again. */
  readonly #returns = new Map<string, number>()
  readonly #downMs = new Map<string, number>()
  /** Nodes whose store will crash. */
  readonly #doomed = new Set<string>()
  #doing = 'founding'
  #crashes = 0

  constructor(seed: number, wrap: FleetOptions['wrap']) {
    const random = seededRandom(`network ${seed}`)
    const topology = TOPOLOGIES[Math.floor(random.next() * TOPOLOGIES.length)] as Topology
    const plan = drawPlan(random, topology)
    this.#schedule = drawSchedule(random, plan)
    this.#plan = possible(plan, this.#schedule.rates)
    this.#fleet = new Fleet(this.#plan, { seed, slowestBatchMs: Math.floor(random.next() * 12), wrap })
  }

  async run(): Promise<DrillResult> {
    try {
      await this.#fleet.found()
      await this.#storm()
      await this.#peace()
      this.#doing = 'closing'
      await this.#fleet.close()
    } catch (error) {
      this.#breach('error', `${this.#doing}: ${error instanceof Error ? error.stack : String(error)}`)
    }
    return this.#result(checkNetwork(this.#plan, this.#fleet.ledger.lines))
  }

  stuck(): DrillResult {
    this.#breach('progress', `nothing happens any more: ${this.#doing}`)
    return this.#result([])
  }

  #breach(invariant: string, message: string): void {
    this.#breaches.push({ invariant, message })
  }

  #result(found: readonly Breach[]): DrillResult {
    const { lines } = this.#fleet.ledger
    const breaches = [...this.#breaches, ...found]
    return { breaches, lines, plan: this.#plan, crashes: this.#crashes, blows: this.#schedule.blows.length }
  }

  async #storm(): Promise<void> {
    const { blows, rates, stormMs } = this.#schedule
    const { clock, network } = this.#fleet
    const start = clock.monotonic()
    network.strike({ kind: 'rates', rates })
    for (const { atMs, blow } of blows) {
      await this.#until(start + atMs)
      this.#doing = `striking ${JSON.stringify(blow)}`
      this.#strike(blow)
    }
    await this.#until(start + stormMs)
    network.strike({ kind: 'rates', rates: {} })
    network.strike({ kind: 'heal' })
    // Whoever has not come to the batch at which it was to crash.
    for (const node of this.#doomed) this.#fleet.crash(node, { powerLoss: false })
  }

  #strike(blow: Blow): void {
    if (blow.kind === 'network') this.#fleet.network.strike(blow.fault)
    else this.#crash(blow)
  }

  #crash({ node, powerLoss, atBatch, downMs }: Blow & { readonly kind: 'crash' }): void {
    if (!this.#fleet.isUp(node)) return
    const store = this.#fleet.storeOf(node)
    this.#downMs.set(node, downMs)
    void store.crashed.then(() => this.#returns.set(node, this.#fleet.clock.monotonic() + downMs))
    if (atBatch === undefined) this.#fleet.crash(node, { powerLoss })
    else store.crashAtBatch(store.written.batches + atBatch.in, atBatch.when, { powerLoss })
    if (atBatch !== undefined) this.#doomed.add(node)
  }

  /** Time goes on, and nodes come back when it is their time. */
  async #until(ms: number): Promise<void> {
    const { clock } = this.#fleet
    while (clock.monotonic() < ms) {
      await this.#fleet.pass(Math.min(5, ms - clock.monotonic()))
      for (const [node, at] of [...this.#returns]) if (at <= clock.monotonic()) await this.#return(node)
    }
  }

  async #return(node: string): Promise<void> {
    this.#doing = `opening ${node}`
    this.#returns.delete(node)
    this.#doomed.delete(node)
    this.#crashes++
    const store = this.#fleet.replace(node)
    const downMs = this.#downMs.get(node) ?? 0
    void store.crashed.then(() => this.#returns.set(node, this.#fleet.clock.monotonic() + downMs))
    await this.#fleet.open(node)
  }

  async #peace(): Promise<void> {
    const { clock, network, ledger } = this.#fleet
    this.#doing = 'coming to rest'
    const end = clock.monotonic() + PEACE_MS
    await this.#until(clock.monotonic() + LOOK_MS)
    // What a broken middlebox took away is missed only by the next connection.
    for (const link of network.links) link.cut()
    do await this.#until(clock.monotonic() + LOOK_MS)
    while (clock.monotonic() < end && debts(this.#plan, ledger.lines).length > 0)
    await this.#until(clock.monotonic() + AFTERMATH_MS)
    await this.#fleet.rest()
  }
}

/** What is sent at most once, and what is shown, has no number by which a doubled or a late frame could be told. */
function possible(plan: Plan, { duplicate = 0, reorder = 0 }: LinkFaultRates): Plan {
  const routes = plan.routes.filter(({ delivery }) => delivery !== 'atMostOnce' || duplicate + reorder === 0)
  return { ...plan, routes, isObserved: reorder === 0 }
}

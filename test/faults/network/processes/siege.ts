/** One seeded run among processes: a plan, a storm over them and their network, peace, and the judgement of the ledgers. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { seededRandom } from 'roscius/testing'
import type { Breach } from '../../society/ordeal.js'
import { checkNetwork, debts } from '../check/check.js'
import { type Line, readLedger } from '../ledger.js'
import type { Net, NetNode, Pair, Weather } from '../net/net.js'
import { openNet } from '../net/open-net.js'
import { drawPlan, type Plan, type Topology } from '../plan.js'
import type { NodeArguments, NodeLine } from './node.child.js'
import { Program } from './program.js'

export interface SiegeOptions {
  readonly seed: number
  readonly topology: Topology
  readonly kind: Net['kind']
  readonly kills: number
  readonly log: (line: string) => void
}

export interface SiegeResult {
  readonly breaches: readonly Breach[]
  readonly lines: readonly Line[]
  readonly kills: number
  readonly net: Net['kind']
}

/** For a process to come up, and for what was sent to come through once there is peace. */
const PATIENCE_MS = 60_000
const LOOK_MS = 200
const AFTERMATH_MS = 1_500
/** Between two blows, at most. */
const LULL_MS = 500
const MOST_MESSAGES = 20

export async function besiege(options: SiegeOptions): Promise<SiegeResult> {
  const home = await mkdtemp(join(tmpdir(), 'roscius-remote-'))
  const plan = drawPlan(seededRandom(`siege ${options.seed}`), options.topology, MOST_MESSAGES)
  const net = await openNet(options.kind, plan.nodes)
  const siege = new Siege(plan, net, home, options)
  try {
    for (const name of plan.nodes) await writeFile(siege.ledgerOf(name), '')
    await siege.run()
  } catch (error) {
    siege.breach('error', error instanceof Error ? (error.stack ?? error.message) : String(error))
  } finally {
    await siege.close()
    await net.close()
  }
  const { lines } = siege
  const breaches = [...siege.breaches, ...checkNetwork(plan, lines)]
  if (breaches.length === 0) await rm(home, { recursive: true })
  else options.log(`the folders and the ledgers of seed ${options.seed} are kept in ${home}`)
  return { breaches, lines, kills: siege.kills, net: net.kind }
}

class Siege {
  readonly breaches: Breach[] = []
  kills = 0
  readonly #programs = new Map<string, Program<NodeLine>>()
  readonly #lives = new Map<string, number>()
  readonly #random: ReturnType<typeof seededRandom>

  constructor(
    private readonly plan: Plan,
    private readonly net: Net,
    private readonly home: string,
    private readonly options: SiegeOptions,
  ) {
    this.#random = seededRandom(`storm ${options.seed}`)
  }

  get lines(): Line[] {
    return this.plan.nodes.flatMap((name) => readLedger(this.ledgerOf(name)))
  }

  ledgerOf(name: string): string {
    return join(this.home, `ledger-${name}`)
  }

  breach(invariant: string, message: string): void {
    this.breaches.push({ invariant, message })
  }

  async run(): Promise<void> {
    const { nodes } = this.plan
    await this.#allUp(true)
    await Promise.all(nodes.map((name) => this.#rest(name)))
    await this.#allUp(false)
    while (this.kills < this.options.kills) await this.#blow()
    await this.net.heal()
    for (const between of this.#pairs()) await this.net.weather(between, {})
    await this.#peace()
    for (const name of nodes) await this.#rest(name)
  }

  async #allUp(isFounding: boolean): Promise<void> {
    const programs = this.plan.nodes.map((name) => this.#start(name, isFounding))
    for (const program of programs) await this.#isUp(program)
  }

  #start(name: string, isFounding = false): Program<NodeLine> {
    const life = (this.#lives.get(name) ?? 0) + 1
    this.#lives.set(name, life)
    const node = this.net.nodes.find((one) => one.name === name) as NetNode
    const others = this.plan.nodes.filter((other) => other !== name)
    const args: NodeArguments = {
      name,
      plan: this.plan,
      folder: join(this.home, name),
      ledger: this.ledgerOf(name),
      life,
      host: node.host,
      port: node.port,
      peers: Object.fromEntries(others.map((other) => [other, this.net.addressOf(name, other)])),
      isFounding,
    }
    const program = new Program<NodeLine>(node, 'processes/node', args)
    this.#programs.set(name, program)
    return program
  }

  async #isUp(program: Program<NodeLine>): Promise<void> {
    if ((await program.said(({ t }) => t === 'up', { withinMs: PATIENCE_MS })) !== undefined) return
    program.kill()
    this.breach('process', `a process did not come up: ${(await program.ended).text}`)
  }

  async #blow(): Promise<void> {
    await pause(this.#random.next() * LULL_MS)
    if (this.#random.next() < 0.4) await this.#kill()
    else await this.#strike()
  }

  async #kill(): Promise<void> {
    const name = this.#one(this.plan.nodes)
    const program = this.#programs.get(name) as Program<NodeLine>
    if (program.isOver) this.breach('process', `${name} ended by itself: ${(await program.ended).text}`)
    program.kill()
    this.kills++
    await program.ended
    await pause(this.#random.next() < 0.2 ? this.#random.next() * 2_000 : this.#random.next() * 100)
    const next = this.#start(name)
    // Some are killed again while they start and recover.
    if (this.#random.next() < 0.7) await this.#isUp(next)
  }

  async #strike(): Promise<void> {
    const between = this.#one(this.#pairs())
    const [one, other] = this.#random.next() < 0.5 ? between : ([between[1], between[0]] as const)
    switch (Math.floor(this.#random.next() * 6)) {
      case 0:
        return this.net.cut(between)
      case 1:
        return this.net.halfOpen(one, other)
      case 2:
        return this.net.partition(between)
      case 3:
        return this.net.flap(between, { everyMs: 20 + this.#random.next() * 150, times: 3 })
      case 4:
        return this.net.weather(between, this.#weather())
      default:
        return this.net.heal()
    }
  }

  #weather(): Weather {
    const all: Weather = {
      delayMs: Math.floor(this.#random.next() * 40),
      jitterMs: 5,
      loss: 0.02 + this.#random.next() * 0.1,
      reorder: this.#random.next() * 0.1,
      duplicate: this.#random.next() * 0.1,
      corrupt: this.#random.next() * 0.01,
      bytesPerSecond: 50_000 + Math.floor(this.#random.next() * 200_000),
    }
    const possible = Object.entries(all).filter(([kind]) => this.net.can.has(kind as keyof Weather))
    return Object.fromEntries(possible)
  }

  #pairs(): Pair[] {
    const lines = this.plan.routes.map(({ from, to }): Pair => (from < to ? [from, to] : [to, from]))
    return [...new Map(lines.map((pair) => [pair.join(), pair])).values()]
  }

  async #peace(): Promise<void> {
    for (const name of this.plan.nodes) {
      const program = this.#programs.get(name) as Program<NodeLine>
      if (program.isOver) this.breach('process', `${name} ended by itself: ${(await program.ended).text}`)
      await this.#isUp(program)
    }
    const end = performance.now() + PATIENCE_MS
    do await pause(LOOK_MS)
    while (performance.now() < end && debts(this.plan, this.lines).length > 0)
    await pause(AFTERMATH_MS)
  }

  async #rest(name: string): Promise<void> {
    const program = this.#programs.get(name) as Program<NodeLine>
    program.say('rest')
    await program.said(({ t }) => t === 'rested', { withinMs: PATIENCE_MS })
    program.kill()
    const { code, text } = await program.ended
    if (code !== 0 && code !== null) this.breach('process', `${name} gave up: ${text}`)
  }

  /** Ends what is left. */
  async close(): Promise<void> {
    for (const program of this.#programs.values()) program.kill()
    await Promise.all([...this.#programs.values()].map(({ ended }) => ended))
  }

  #one<T>(choices: readonly T[]): T {
    return choices[Math.floor(this.#random.next() * choices.length)] as T
  }
}

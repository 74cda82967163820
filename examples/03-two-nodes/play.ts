/** What happens to the two processes: one is killed, the wire is cut, the other is killed. Then everything is counted. */
import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { type Verdict, verdictOf } from './count.js'
import { readDeeds } from './ledger.js'
import { SECRET } from './link.js'
import { NodeProcess } from './node-process.js'
import type { Notice, Role } from './notice.js'
import { JOBS, STEP } from './office.js'
import type { Relay } from './relay.js'
import type { Timeline } from './telling.js'

const CUT_MS = 500

export class Play {
  readonly #env = { [SECRET]: randomBytes(32).toString('base64') }
  readonly #ledger: string
  readonly #running = new Map<Role, NodeProcess>()

  constructor(
    private readonly folder: string,
    private readonly relay: Relay,
    private readonly timeline: Timeline,
  ) {
    this.#ledger = join(folder, 'ledger')
  }

  async run(): Promise<Verdict> {
    await this.#openWorkshop()
    const office = this.#openOffice()
    await reports(office, STEP)
    await this.#killWorkshop(office)
    await reports(office, 2 * STEP)
    await this.#cutTheWire(office)
    await reports(office, 3 * STEP)
    const next = await this.#killOffice(office)
    await reports(next, JOBS)
    return this.#count()
  }

  /** Also when something went wrong. */
  async clear(): Promise<void> {
    await Promise.all([...this.#running.values()].map((node) => node.kill()))
  }

  // --- what happens ---

  async #killWorkshop(office: NodeProcess): Promise<void> {
    const workshop = this.#node('workshop')
    this.timeline.deed(`kill -9 ${workshop.pid}: the workshop, in the middle of its work`)
    await workshop.kill()
    await office.heard('away')
    this.timeline.deed('another process opens the store of the workshop')
    await this.#openWorkshop()
    await office.heard('back')
  }

  async #cutTheWire(office: NodeProcess): Promise<void> {
    office.forget()
    this.timeline.deed('the wire between the two is cut')
    this.relay.cut()
    await office.heard('linkLost')
    await pause(CUT_MS)
    this.timeline.deed('the wire is mended')
    this.relay.mend()
    await office.heard('linkUp')
  }

  async #killOffice(office: NodeProcess): Promise<NodeProcess> {
    this.timeline.deed(`kill -9 ${office.pid}: the office, with reports on their way to it`)
    await office.kill()
    this.timeline.deed('another process opens the store of the office')
    return this.#openOffice()
  }

  // --- the two ---

  async #openWorkshop(): Promise<void> {
    const { address = '' } = await this.#start('workshop', [this.#ledger]).heard('open')
    this.relay.leadTo(address)
  }

  #openOffice(): NodeProcess {
    return this.#start('office', [this.relay.address])
  }

  #start(role: Role, args: readonly string[]): NodeProcess {
    const hear = (notice: Notice, { pid }: NodeProcess): void => this.timeline.notice(role, pid, notice)
    const node = new NodeProcess(role, [join(this.folder, role), ...args], this.#env, hear)
    this.#running.set(role, node)
    return node
  }

  #node(role: Role): NodeProcess {
    return this.#running.get(role) as NodeProcess
  }

  async #count(): Promise<Verdict> {
    const [office, workshop] = [this.#node('office'), this.#node('workshop')]
    // What would come twice comes now.
    await pause(CUT_MS)
    const [here, there] = await Promise.all([office.count(), workshop.count()])
    await Promise.all([office.stop(), workshop.stop()])
    const deeds = readDeeds(this.#ledger)
    const deadLetters = here.deadLetters + there.deadLetters
    return verdictOf({ handedOut: here.jobs, reported: here.reported, done: there.jobs, deeds, deadLetters }, JOBS)
  }
}

async function reports(office: NodeProcess, count: number): Promise<void> {
  await office.heard('reported', (notice) => notice.count === count)
}

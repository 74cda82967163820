/** Those who live on one node of a plan: started, kept busy from outside, and looked at when all is over. */
import { isRosciusError, type RosciusRef, type SystemEvent, withDelivery } from 'roscius'
import type { NetworkSystem } from './actors/logic.js'
import type { ReceiverRef } from './actors/messages.js'
import type { ReceiverContext } from './actors/receivers.js'
import type { Letter, Note, Rest } from './ledger.js'
import type { Durability, Plan, Route, Vigil } from './plan.js'
import type { Scribe } from './scribe.js'

/** How long a driver waits before it tries a delivery again, in ms. */
const RETRY_MS = 50
/** How long a link may be up until the newest state has come over it, in ms. */
const SIGHT_MS = 1_000

const RECEIVERS = { durable: 'receiver', volatile: 'listener' } as const
const MORTALS = { durable: 'mortal', volatile: 'ghost' } as const
const SENDERS = { transition: 'teller', effect: 'worker', ask: 'asker', timer: 'timer' } as const

const mortalOf = ({ id, durability }: Vigil): string => `${MORTALS[durability]}-${id}`

export class Inhabitants {
  #isOver = false
  /** How much the receivers of other nodes have taken, as it was last seen from here. */
  readonly #observed = new Map<string, number>()

  constructor(
    private readonly system: NetworkSystem,
    private readonly plan: Plan,
    private readonly name: string,
    private readonly scribe: Scribe,
    /** Whether the store is about to end the system, or has. */
    private readonly isDoomed: () => boolean = () => false,
  ) {
    system.on((event) => this.#hear(event))
  }

  /** Those who are written to, so that they are there before anybody writes. */
  async settle(): Promise<void> {
    const { system, name, plan } = this
    const kinds = new Set(plan.routes.filter(({ to }) => to === name).map(({ receiver }) => receiver))
    for (const kind of kinds) await this.#receiver(kind)
    if (plan.walks.length > 0) await system.spawn('relay', { id: 'relay', ifExists: 'use' })
    for (const vigil of plan.vigils) {
      if (vigil.mortal !== name || (vigil.durability === 'volatile' && this.scribe.life > 1)) continue
      const { durability, lifeMs } = vigil
      await system.spawn(MORTALS[durability], { id: mortalOf(vigil), input: { lifeMs }, ifExists: 'use' })
    }
  }

  async #receiver(kind: Durability): Promise<void> {
    await this.system.spawn(RECEIVERS[kind], { id: RECEIVERS[kind], ifExists: 'use' })
  }

  /** Those who write. The durable ones among them go on with what they were at. */
  async begin(): Promise<void> {
    const { plan, name } = this
    for (const route of plan.routes) if (route.from === name) await this.#send(route)
    for (const vigil of plan.vigils) if (vigil.watcher === name) await this.#watch(vigil)
    for (const { id, stations } of plan.walks) if (stations[0] === name) this.#launch(id, stations)
    for (const peer of observedBy(name, plan)) this.#observe(peer)
  }

  /** What is seen of a durable actor is committed, and so never goes back, whoever crashes. */
  #observe(peer: string): void {
    this.system.actor('receiver', `roscius://${peer}/receiver`).subscribe(({ context }) => {
      const total = totalOf(context)
      const last = this.#observed.get(peer) ?? 0
      if (total < last) this.scribe.complain('observed', `${peer}'s receiver had taken ${last}, then ${total}`)
      this.#observed.set(peer, total)
    })
  }

  async #send(route: Route): Promise<void> {
    const { manner, count, paceMs, sender } = route
    if (manner === 'deliver') return void this.#deliver(route)
    const sentIn = sender === 'volatile' ? this.scribe.life : 0
    const input = { route: route.id, sentIn, to: this.#to(route) as unknown as ReceiverRef, count, paceMs }
    const logic = sender === 'volatile' ? 'talker' : SENDERS[manner]
    await this.system.spawn(logic, { id: `${logic}-${route.id}`, input, ifExists: 'use' })
  }

  #to({ to, receiver, delivery, priority }: Route): RosciusRef {
    const ref = this.system.actor(RECEIVERS[receiver], `roscius://${to}/${RECEIVERS[receiver]}`)
    const settings = { ...(delivery !== undefined && { delivery }), ...(priority !== undefined && { priority }) }
    return withDelivery(ref, settings) as unknown as RosciusRef
  }

  async #watch(vigil: Vigil): Promise<void> {
    const mortal = this.system.actor(MORTALS[vigil.durability], `roscius://${vigil.mortal}/${mortalOf(vigil)}`)
    const input = { vigil: vigil.id, mortal: mortal as unknown as RosciusRef }
    await this.system.spawn('watcher', { id: `watcher-${vigil.id}`, input, ifExists: 'use' })
  }

  #launch(walk: string, stations: readonly string[]): void {
    const at = (node: string) => this.system.actor('relay', node === this.name ? 'relay' : `roscius://${node}/relay`)
    const rest = stations.slice(1).map((node) => at(node) as unknown as RosciusRef)
    const token = { type: 'TOKEN', walk, station: 0, rest } as const
    at(this.name)
      .deliver(token, { idempotencyKey: walk })
      .catch((error: unknown) => this.#failed(`the launch of ${walk}`, error))
  }

  /** One after the other, each until it is acknowledged, over all lives. */
  async #deliver(route: Route): Promise<void> {
    const to = this.#to(route)
    for (let n = this.scribe.acknowledged(route.id) + 1; n <= route.count && !this.#isOver; ) {
      const message = { route: route.id, sentIn: 0, n }
      this.scribe.note({ t: 'sent', ...message })
      try {
        await to.deliver({ type: 'NUMBERED', ...message } as never, { idempotencyKey: `${route.id}-${n}` })
        this.scribe.note({ t: 'acknowledged', ...message })
        n++
      } catch (error) {
        this.#failed(`delivery ${n} of ${route.id}`, error)
        await this.#pause(RETRY_MS)
      }
    }
  }

  /** Links fail, and what is tried again comes through; anything else is a fault. */
  #failed(what: string, error: unknown): void {
    const isExpected = ['PEER_DOWN', 'SYSTEM_STOPPED', 'COMMIT_FAILED'].some((code) =>
      isRosciusError(error, code as never),
    )
    if (this.#isOver || this.isDoomed() || isExpected) return
    this.scribe.complain('deliver', `${what} was rejected: ${String(error)}`)
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      this.scribe.clock.schedule(resolve, ms)
    })
  }

  #hear(event: SystemEvent): void {
    if (this.#isOver) return
    const note = linkNote(event)
    if (note !== undefined) this.scribe.note(note)
    const fault = faultIn(event)
    if (fault !== undefined && !(event.type === 'halted' && this.isDoomed())) this.scribe.complain('failure', fault)
  }

  async rest(): Promise<Rest> {
    const { system, plan, name } = this
    const hasReceiver = plan.routes.some(({ to, receiver }) => to === name && receiver === 'durable')
    const { got } = hasReceiver
      ? (system.actor('receiver', 'receiver').getSnapshot().context as ReceiverContext)
      : { got: {} }
    const letters: Letter[] = []
    for await (const { path, reason, event } of system.deadLetters.list())
      letters.push({ path, reason, event: event.type })
    const seen = observedBy(name, plan).filter((peer) => this.#isLinked(peer))
    const observed = Object.fromEntries(seen.map((peer) => [peer, this.#observed.get(peer) ?? 0]))
    return { got, letters, observed, outbox: system.peers().reduce((sum, { outbox }) => sum + outbox.count, 0) }
  }

  /** For long enough to have been shown the newest. */
  #isLinked(peer: string): boolean {
    const { state, sinceMs = 0 } = this.system.peer(peer).figures() ?? {}
    return state === 'up' && sinceMs >= SIGHT_MS
  }

  /** Asks for nothing more. */
  end(): void {
    this.#isOver = true
  }
}

/** The nodes that this one writes to. */
function observedBy(name: string, { routes, isObserved }: Plan): string[] {
  if (!isObserved) return []
  return [
    ...new Set(routes.filter(({ from, receiver }) => from === name && receiver === 'durable').map(({ to }) => to)),
  ]
}

const totalOf = ({ got }: ReceiverContext): number => Object.values(got).reduce((sum, { length }) => sum + length, 0)

/** What is told of links: the judge needs some of it. */
function linkNote(event: SystemEvent): Note | undefined {
  switch (event.type) {
    case 'nodeDown':
    case 'nodeUp':
    case 'peerRestarted':
    case 'peerReset':
      return { t: 'told', event: event.type, peer: event.peer }
    case 'linkRefused':
      return { t: 'told', event: event.type, peer: event.peer ?? 'somebody', code: event.code }
    default:
      return undefined
  }
}

/** Nobody here may fail, also if it is mended. */
function faultIn(event: SystemEvent): string | undefined {
  switch (event.type) {
    case 'peerDenied':
      return `${event.peer} was denied: ${event.what} of ${event.path}`
    case 'actorFailed':
    case 'childFailed':
      return `${event.path} failed: ${String(event.error)}`
    case 'actorQuarantined':
      return `${event.path} is quarantined: ${event.error.message}`
    case 'halted':
      return `the system halted: ${event.error.message}`
    default:
      return undefined
  }
}

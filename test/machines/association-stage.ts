/**
 * Two nodes, their association machines, and a network in the hands of the test: nothing moves but by a step that it takes.
 * No promises, so that thousands of interleavings can be played; what is asynchronous in the world is a step here.
 */
import {
  type Actor,
  type AnyActorRef,
  createActor,
  fromCallback,
  type PromiseActorLogic,
  SimulatedClock,
  type Snapshot,
} from 'xstate'
import type { AssociationInput } from '../../machines/association/context.js'
import type { AssociationEmitted, AssociationEvent } from '../../machines/association/events.js'
import type { NodeIdentity } from '../../machines/association/identity.js'
import type { AssociationOptions } from '../../machines/association/options.js'
import type { ResumeInput } from '../../machines/association/outside.js'
import type { Positions } from '../../machines/association/positions.js'
import { type AssociationMachine, createAssociationMachine } from '../../machines/association.js'
import { adoptedReceived, theirPositions } from '../../src/remote/protocol/handshake/resume.js'
import { type Lanes, NO_LANES, perLane } from '../../src/remote/protocol/lanes.js'

/** An effect that has begun, and ends when the test says so. */
export interface Task<TInput = unknown> {
  readonly input: TInput
  readonly ref: AnyActorRef
}

type TaskState = Snapshot<unknown> & { readonly input: unknown }

/** Promise logic without promises. */
function task<TInput, TOutput>(began: (task: Task<TInput>) => void, stopped: (task: Task<TInput>) => void) {
  const logic = {
    getInitialSnapshot: (_scope: unknown, input: TInput): TaskState =>
      ({ status: 'active', output: undefined, error: undefined, input }) as TaskState,
    start: ({ input }: TaskState, { self }: { self: AnyActorRef }) => began({ input: input as TInput, ref: self }),
    transition(
      state: TaskState,
      event: { type: string; output?: unknown; error?: unknown },
      scope: { self: AnyActorRef },
    ) {
      if (event.type === 'xstate.stop') {
        stopped({ input: state.input as TInput, ref: scope.self })
        return { ...state, status: 'stopped' }
      }
      if (event.type === 'resolve') return { ...state, status: 'done', output: event.output }
      return { ...state, status: 'error', error: event.error }
    },
    getPersistedSnapshot: (state: TaskState) => state,
  }
  return logic as unknown as PromiseActorLogic<TOutput, TInput>
}

type Message =
  | { readonly kind: 'hello' | 'challenge' | 'proof' | 'proved'; readonly nonce: string; readonly peer: NodeIdentity }
  /** `adopts`: the sender takes the receiver's positions as they are. */
  | { readonly kind: 'welcome'; readonly received: Lanes; readonly sent: Lanes; readonly adopts?: true }
  | { readonly kind: 'ping' | 'pong' }
  | { readonly kind: 'close'; readonly code: string }

type Side = 'dialler' | 'listener'
const other = (side: Side): Side => (side === 'dialler' ? 'listener' : 'dialler')

/** One connection, with what is under way to each side. */
class Wire {
  readonly to: Record<Side, Message[]> = { dialler: [], listener: [] }
  readonly isOpen: Record<Side, boolean> = { dialler: true, listener: true }
  /** What has been told on it so far. */
  readonly welcomed: Record<Side, boolean> = { dialler: false, listener: false }
  /** A message that came before its reader: `welcome` before the exchange. */
  readonly kept: Partial<Record<Side, Extract<Message, { kind: 'welcome' }>>> = {}
  readonly nonce: Partial<Record<Side, string>> = {}
  /** The listener's association has taken it, or it was dialled. */
  isTaken = false

  constructor(
    readonly id: string,
    readonly nodes: Record<Side, NodeStage>,
  ) {}

  sideOf(node: NodeStage): Side {
    return this.nodes.dialler === node ? 'dialler' : 'listener'
  }

  send(from: Side, message: Message): void {
    if (this.isOpen[from]) this.to[other(from)].push(message)
  }

  close(from: Side, code: string): void {
    if (!this.isOpen[from]) return
    this.send(from, { kind: 'close', code })
    this.isOpen[from] = false
    this.to[from].length = 0
  }
}

const faultFromPeer = (code: string) =>
  Object.assign(new Error(`It ended: ${code}.`), { code, details: { by: 'peer' } })

/** One node: its machine, its store's identity, and the driver that a transport would have. */
export class NodeStage {
  clock = new SimulatedClock()
  /** What its monotonic clock shows. */
  monotonicMs = 0
  actor!: Actor<AssociationMachine>
  readonly emitted: AssociationEmitted[] = []
  readonly states = new Set<string>()
  dials: Task[] = []
  handshake: Task<{ connection: string }> | undefined
  exchange: Task<ResumeInput> | undefined
  replay: Task | undefined
  hangUp: Task<{ connection: string | undefined }> | undefined
  carrying: string | undefined
  readonly resumed: ResumeInput[] = []
  storeId: string
  incarnation = 1
  /** Numbers by the peer's storeId. */
  readonly numbers = new Map<string, Positions['ours']>()
  isRunning = false
  #nonces = 0

  constructor(
    readonly name: string,
    readonly network: NetworkStage,
    readonly options: AssociationOptions,
  ) {
    this.storeId = `${name}-store`
  }

  get identity(): NodeIdentity {
    return { storeId: this.storeId, incarnation: this.incarnation }
  }

  get context() {
    return this.actor.getSnapshot().context
  }

  get peer(): NodeStage {
    return this.name === 'a' ? this.network.b : this.network.a
  }

  /** The link's state, such as `linked.up`; or that of the machine. */
  get link(): string {
    const { value } = this.actor.getSnapshot() as { value: unknown }
    return typeof value === 'string' ? value : pathOf((value as { active: { link: unknown } }).active.link)
  }

  region(name: 'detector' | 'identity'): string {
    const { value } = this.actor.getSnapshot() as { value: unknown }
    return pathOf((value as { active: Record<string, unknown> }).active[name])
  }

  /** The connection that is up. */
  get up(): string | undefined {
    return this.link.startsWith('linked') ? this.context.held?.connection : undefined
  }

  of<T extends AssociationEmitted['type']>(type: T): Extract<AssociationEmitted, { type: T }>[] {
    return this.emitted.filter((event): event is Extract<AssociationEmitted, { type: T }> => event.type === type)
  }

  start(input: Partial<AssociationInput> = { address: 'there' }): this {
    const machine = createAssociationMachine(this.options).provide({
      actors: {
        dial: task(
          (began) => this.dials.push(began),
          ({ ref }) => {
            this.dials = this.dials.filter((each) => each.ref !== ref)
          },
        ),
        handshake: task(
          (began) => {
            this.handshake = began
            this.#wire(began.input.connection).send('dialler', this.#greeting('hello', began.input.connection))
          },
          () => {
            this.handshake = undefined
          },
        ),
        exchange: task(
          (began) => this.#beginExchange(began),
          () => {
            this.exchange = undefined
          },
        ),
        replay: task(
          (began) => {
            this.replay = began
          },
          () => {
            this.replay = undefined
          },
        ),
        hangUp: task(
          (began) => {
            this.hangUp = began
          },
          () => {
            this.hangUp = undefined
          },
        ),
        carry: fromCallback<AssociationEvent, ResumeInput>(({ input }) => {
          this.carrying = input.connection
          return () => {
            this.carrying = undefined
          }
        }),
      },
      actions: {
        keepOnly: (_, { connection, code }) => this.#keepOnly(connection, code),
        refuseCall: (_, { connection, code }) => this.#wire(connection).close('listener', code),
      },
    })
    this.actor = createActor(machine, {
      clock: this.clock,
      input: { node: this.name, peer: this.peer.name, ...input },
    })
    this.isRunning = true
    this.actor.on('*', (event) => this.emitted.push(event))
    this.actor.subscribe(() => this.#look())
    this.actor.start()
    this.#look()
    return this
  }

  /** The process ends. Its peer is told, or finds out by itself. */
  crash({ isTold = true, isWiped = false } = {}): void {
    this.isRunning = false
    this.actor.stop()
    for (const wire of this.network.wiresOf(this)) {
      const side = wire.sideOf(this)
      if (isTold) wire.close(side, 'LOST')
      wire.isOpen[side] = false
      wire.to[side].length = 0
    }
    this.dials = []
    this.handshake = this.exchange = this.replay = this.hangUp = this.carrying = undefined
    this.emitted.push({ type: 'closed' })
    this.monotonicMs = 0
    this.clock = new SimulatedClock()
    this.#nonces = 0
    if (isWiped) {
      this.storeId = `${this.storeId}+`
      this.numbers.clear()
    }
    this.incarnation = isWiped ? 1 : this.incarnation + 1
  }

  /** Starts again with what its store would have kept. */
  restart(): void {
    const { known, retired, address } = this.context
    this.start({ address, known, retired: [...retired] })
  }

  /** What it expects of numbers with a store. */
  numbersWith(storeId: string): Positions['ours'] {
    return this.numbers.get(storeId) ?? { sent: NO_LANES, confirmed: NO_LANES, received: NO_LANES }
  }

  /** Time passes for its timers and for its monotonic clock, which may jump. */
  pass(ms: number, jumpMs = 0): void {
    if (!this.isRunning) return
    this.clock.increment(ms)
    this.monotonicMs += ms + jumpMs
    this.actor.send({ type: 'TICKED', atMs: this.monotonicMs })
    if (this.carrying !== undefined) {
      const wire = this.#wire(this.carrying)
      wire.send(wire.sideOf(this), { kind: 'ping' })
    }
  }

  /** What ends by itself, soon. */
  settle(): boolean {
    const ending = this.replay ?? this.hangUp
    if (ending === undefined) return false
    if (ending === this.hangUp && this.hangUp?.input.connection !== undefined) {
      const wire = this.#wire(this.hangUp.input.connection)
      wire.close(wire.sideOf(this), 'CLOSED')
    }
    this.replay = this.hangUp = undefined
    ending.ref.send({ type: 'resolve' })
    return true
  }

  /** The head of what is under way on `wire` to this node arrives. */
  receive(wire: Wire, side: Side): void {
    const message = wire.to[side].shift()
    if (message === undefined || !wire.isOpen[side] || !this.isRunning) return
    switch (message.kind) {
      case 'hello':
        wire.nonce.dialler = message.nonce
        wire.send(side, this.#greeting('challenge', wire.id))
        break
      case 'challenge':
        if (this.handshake?.input.connection !== wire.id) break
        wire.send(side, { kind: 'proof', nonce: '', peer: this.identity })
        wire.nonce.listener = message.nonce
        if (this.network.lastProof === 'dialler') this.#endHandshake(wire, message.peer)
        break
      case 'proof':
        wire.isTaken = true
        if (this.network.lastProof === 'listener') wire.send(side, { kind: 'proved', nonce: '', peer: this.identity })
        this.actor.send({ type: 'CALLED', connection: wire.id, peer: message.peer, nonce: wire.nonce.dialler! })
        break
      case 'proved':
        this.#endHandshake(wire, message.peer)
        break
      case 'welcome':
        if (this.exchange?.input.connection === wire.id) this.#endExchange(message)
        else wire.kept[side] = message
        break
      case 'ping':
        wire.send(side, { kind: 'pong' })
        break
      case 'pong':
        this.actor.send({ type: 'HEARD', connection: wire.id, atMs: this.monotonicMs, rttMs: 16 })
        break
      case 'close':
        this.#lose(wire, side, message.code)
    }
  }

  #lose(wire: Wire, side: Side, code: string): void {
    wire.isOpen[side] = false
    const error = faultFromPeer(code)
    for (const name of ['handshake', 'exchange'] as const) {
      const current = this[name]
      if (current?.input.connection !== wire.id) continue
      this[name] = undefined
      current.ref.send({ type: 'reject', error })
    }
    if (this.carrying === wire.id)
      this.actor.send({ type: 'LOST', connection: wire.id, code, reason: error.message, by: 'peer' })
  }

  #endHandshake(wire: Wire, peer: NodeIdentity): void {
    if (this.handshake?.input.connection === wire.id)
      this.#end('handshake', { peer, nonce: wire.nonce.listener, rttMs: 8 })
  }

  #end(name: 'handshake' | 'exchange', output: unknown): void {
    const current = this[name]
    this[name] = undefined
    current?.ref.send({ type: 'resolve', output })
  }

  #beginExchange(began: Task<ResumeInput>): void {
    this.exchange = began
    this.resumed.push(began.input)
    const { connection, peer, isReset } = began.input
    const wire = this.#wire(connection)
    const side = wire.sideOf(this)
    const { received, sent } = this.numbersWith(peer.storeId)
    wire.welcomed[side] = true
    wire.send(side, { kind: 'welcome', received, sent, ...(isReset && { adopts: true }) })
    this.network.soon(() => {
      const kept = wire.kept[side]
      if (kept !== undefined && this.exchange === began) this.#endExchange(kept)
      else if (!wire.isOpen[side] && this.exchange === began) this.#lose(wire, side, 'LOST')
    })
  }

  #endExchange(welcome: Extract<Message, { kind: 'welcome' }>): void {
    const { peer, isReset } = this.exchange!.input
    const ours = this.numbersWith(peer.storeId)
    const theirs = theirPositions(welcome, ours)
    if (isReset)
      this.numbers.set(peer.storeId, {
        sent: perLane((lane) => Math.max(ours.sent[lane], welcome.received[lane])),
        confirmed: welcome.received,
        received: adoptedReceived(ours, welcome),
      })
    this.#end('exchange', { ours, theirs } satisfies Positions)
  }

  #keepOnly(connection: string | undefined, code: string): void {
    for (const wire of this.network.wiresOf(this)) {
      const side = wire.sideOf(this)
      const isOwned = side === 'dialler' || wire.isTaken
      if (isOwned && wire.id !== connection) wire.close(side, code)
    }
  }

  #greeting(kind: 'hello' | 'challenge', connection: string): Message {
    this.#nonces += 1
    const nonce = `${String(this.#nonces).padStart(6, '0')}${connection}`
    return { kind, nonce, peer: this.identity }
  }

  #wire(connection: string): Wire {
    return this.network.wires.get(connection)!
  }

  #look(): void {
    const snapshot = this.actor.getSnapshot()
    if (snapshot.status === 'error') throw snapshot.error
    this.states.add(this.link)
    if (snapshot.status !== 'active' || typeof snapshot.value === 'string') return
    this.states.add(this.region('detector'))
    this.states.add(this.region('identity'))
  }
}

/** Two nodes `a` and `b`, and what is between them. */
export class NetworkStage {
  readonly wires = new Map<string, Wire>()
  readonly a: NodeStage
  readonly b: NodeStage
  /** Nothing arrives, and no dial gets through. */
  isPartitioned = false
  #soon: (() => void)[] = []

  constructor(
    options: AssociationOptions = {},
    /** Who is sure of the other last, and so may be in its handshake when the other is done. */
    readonly lastProof: 'dialler' | 'listener' = 'listener',
  ) {
    this.a = new NodeStage('a', this, options)
    this.b = new NodeStage('b', this, options)
  }

  get nodes(): readonly NodeStage[] {
    return [this.a, this.b]
  }

  wiresOf(node: NodeStage): Wire[] {
    return [...this.wires.values()].filter(({ nodes }) => nodes.dialler === node || nodes.listener === node)
  }

  soon(act: () => void): void {
    this.#soon.push(act)
  }

  /** All that can happen next, without time passing. Each by a name that is the same in the same situation. */
  steps(): { readonly name: string; readonly take: () => void }[] {
    if (this.isPartitioned) return []
    const dials = this.nodes.flatMap((node) =>
      node.dials.map((dial) => ({ name: `dial ${node.name}`, take: () => this.#connect(node, dial) })),
    )
    const messages = [...this.wires.values()].flatMap((wire) =>
      (['dialler', 'listener'] as const)
        .filter((side) => wire.to[side].length > 0)
        .map((side) => ({
          name: `${wire.id} to ${side}: ${wire.to[side][0]!.kind}`,
          take: () => wire.nodes[side].receive(wire, side),
        })),
    )
    return [...dials, ...messages].map(({ name, take }) => ({
      name,
      take: () => {
        take()
        this.settle()
      },
    }))
  }

  settle(): void {
    for (;;) {
      const acts = this.#soon.splice(0)
      for (const act of acts) act()
      const isBusy = this.nodes.map((node) => node.isRunning && node.settle())
      if (acts.length === 0 && !isBusy.includes(true)) return
    }
  }

  /** Takes steps, first things first, until nothing moves. */
  flow(): void {
    this.settle()
    for (let left = 1_000; left > 0; left--) {
      const [step] = this.steps()
      if (step === undefined) return
      step.take()
    }
    throw new Error('The network never comes to rest.')
  }

  /** Time passes in the steps of heartbeats, and all that moves moves. */
  pass(ms: number, stepMs = 1_000): void {
    for (let passedMs = 0; passedMs < ms; passedMs += stepMs) {
      this.flow()
      for (const node of this.nodes) node.pass(Math.min(stepMs, ms - passedMs))
      this.flow()
    }
  }

  start(): this {
    for (const node of this.nodes) node.start()
    return this
  }

  /** All that decides what can come of it. */
  fingerprint(): string {
    const nodes = this.nodes.map((node) => [
      node.isRunning,
      node.incarnation,
      node.actor.getSnapshot().value,
      node.context,
      node.dials.length,
      node.handshake?.input,
      node.exchange?.input,
      node.carrying,
    ])
    const wires = [...this.wires.values()].map(({ id, to, isOpen, kept, nonce, isTaken }) => [
      id,
      to,
      isOpen,
      kept,
      nonce,
      isTaken,
    ])
    return JSON.stringify([nodes, wires])
  }

  stop(): void {
    for (const node of this.nodes) node.actor.stop()
  }

  /** Every connection ends, and both sides notice. */
  cut(): void {
    for (const wire of this.wires.values())
      for (const side of ['dialler', 'listener'] as const)
        if (wire.isOpen[side]) wire.to[side].splice(0, Number.POSITIVE_INFINITY, { kind: 'close', code: 'LOST' })
  }

  #connect(node: NodeStage, dial: Task): void {
    node.dials = node.dials.filter((each) => each !== dial)
    if (!node.peer.isRunning) {
      dial.ref.send({ type: 'reject', error: Object.assign(new Error('Nobody there.'), { code: 'PEER_UNREACHABLE' }) })
      return
    }
    const id = `${node.name}${this.wires.size + 1}`
    this.wires.set(id, new Wire(id, { dialler: node, listener: node.peer }))
    dial.ref.send({ type: 'resolve', output: { connection: id } })
  }
}

/** `linked.up`, `refused.slowly`, `idle`. */
function pathOf(value: unknown): string {
  if (typeof value === 'string') return value
  const [[key, rest]] = Object.entries(value as object) as [[string, unknown]]
  return `${key}.${pathOf(rest)}`
}

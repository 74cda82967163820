/**
 * The public face of a node: `createSystem`.
 */
import type { AnyActorLogic, InputFrom } from 'xstate'
import type { RosciusRef } from '../core/actor-ref.js'
import type { ActorTree } from '../core/actor-tree.js'
import { type ActorPath, childPath, formatAddress, parseAddress } from '../core/address.js'
import { systemClock } from '../core/clock.js'
import { isRosciusError, RosciusError } from '../core/errors.js'
import type { SystemEvent } from '../core/events.js'
import type { ExtraOptions } from '../core/extras.js'
import { isForeign } from '../core/foreign-address.js'
import type { Inspected } from '../core/inspection.js'
import { systemRandom } from '../core/random.js'
import type { SystemFigures } from '../core/system-figures.js'
import { encryptedStore } from '../persistence/encrypted-store.js'
import { headKey, kindRange, pathInKey } from '../persistence/keys.js'
import { type Head, unpackHead } from '../persistence/records.js'
import type { Store } from '../persistence/store.js'
import { readGuardian } from '../supervision/child-spec.js'
import type { Abroad } from './abroad.js'
import type { DeadLetter, DeadLetterBox } from './dead-letters.js'
import { outsideRuns } from './effect-run.js'
import { claimLateErrors } from './exceptions.js'
import type { Extension } from './extension.js'
import { figuresOf } from './figures.js'
import type { Durability, LogicOf, LogicTable } from './logic-table.js'
import { readLogicTable } from './logic-table.js'
import { Node } from './node.js'
import { type ReadOptions, type RuntimeOptions, readOptions } from './options.js'
import { readTree } from './read-tree.js'
import { openStore, recover } from './recovery.js'
import { type SpawnRequest, spawnAtTop } from './spawn-at-top.js'
import { isAlive } from './subtree.js'
import type { Frame } from './xstate/frame.js'

/** One row of `system.actors()`. */
export interface ActorInfo {
  readonly path: ActorPath
  readonly address: string
  readonly logic: string
  readonly status: 'active' | 'restarting' | 'done' | 'failed' | 'stopped' | 'quarantined'
  readonly durability: Durability
  /** Whether it handles nothing until an operator resumes it. */
  readonly isPaused: boolean
  /** Whether it is in memory now. */
  readonly isInMemory: boolean
  readonly seqNr: number
  readonly version: string | undefined
  /** Whether it was stored by another version of its machine than today's. */
  readonly isOutdated: boolean
  /** Why it is quarantined. */
  readonly error: RosciusError | undefined
}

export type SpawnOptions<TLogic extends AnyActorLogic> = {
  /** The last segment of its path; unique among top-level actors. Default: a new unique id. */
  readonly id?: string
  /** Default: the logic's own setting. */
  readonly durability?: Durability
  /** A name for `system.get` and XState's `system.get`; unique per node. */
  readonly systemId?: string
  /** `'use'`: an actor of that id, in whatever state, is taken as it is instead of `ACTOR_EXISTS`. */
  readonly ifExists?: 'throw' | 'use'
} & ExtraOptions &
  (undefined extends InputFrom<TLogic> ? { readonly input?: InputFrom<TLogic> } : { readonly input: InputFrom<TLogic> })

type SpawnArguments<TLogic extends AnyActorLogic> =
  undefined extends InputFrom<TLogic> ? [options?: SpawnOptions<TLogic>] : [options: SpawnOptions<TLogic>]

export interface RuntimeSystem<TLogic extends LogicTable = LogicTable> extends AsyncDisposable {
  readonly name: string
  /** Made once for each store; refs and numbers of another store mean nothing here. */
  readonly storeId: string
  /** How many times the store has been opened. */
  readonly incarnation: number
  /**
   * Starts an actor; resolves when that is durable. Rejects with `ACTOR_EXISTS`, `SYSTEM_ID_TAKEN`, `LOGIC_NOT_FOUND`,
   * `ADDRESS_INVALID`, `VALUE_NOT_STORABLE`, or `ACTOR_FAILED` if its logic throws at once (nothing is stored then).
   */
  spawn<K extends keyof TLogic & string>(
    logic: K,
    ...options: SpawnArguments<LogicOf<TLogic[K]>>
  ): Promise<RosciusRef<LogicOf<TLogic[K]>>>
  /**
   * The ref of a top-level actor, of one further down (`'boss/w1'`), or of an address, also of another node
   * (`'roscius://b/w1'`); typed by its logic. No I/O, whether it exists or not.
   */
  actor<K extends keyof TLogic & string>(logic: K, id: string): RosciusRef<LogicOf<TLogic[K]>>
  /** The actor with this `systemId`. */
  get(systemId: string): RosciusRef | undefined
  /** The logic table, as `createSystem` was given it: names with their logic. */
  logic(): readonly { readonly name: string; readonly logic: AnyActorLogic }[]
  /** Every actor of the node, in memory or not, in the order of their paths; streamed. */
  actors(): AsyncIterable<ActorInfo>
  /**
   * Every actor of the node under its parent, in memory or not, as it is now: status, state, restarts, depth of its
   * mailbox. Data; `String(tree)` draws it. It reads every actor of the store and holds the answer in memory.
   *
   * @example
   * ```ts
   * import { createSystem, memoryStore } from 'roscius'
   * import { createMachine } from 'xstate'
   *
   * const lamp = createMachine({ initial: 'off', states: { off: {} } })
   * await using system = await createSystem({ name: 'home', store: memoryStore(), logic: { lamp } })
   * await system.spawn('lamp', { id: 'hall' })
   * console.log(String(await system.tree()))
   * ```
   */
  tree(): Promise<ActorTree>
  readonly deadLetters: DeadLetterBox
  /**
   * Resolves when there is no mail, no open commit, no running promise. Timers to come, callbacks and observables don't count,
   * nor does what waits for a paused actor.
   */
  settled(): Promise<void>
  /**
   * What the runtime tells of itself. The first listener is also told what happened while the system was opened. With
   * `opening: false` it is not, and that is kept for the first one that wants it: for those that may come before it, as a console.
   */
  on(
    listener: (event: SystemEvent) => void,
    options?: { /** Default true. */ readonly opening?: boolean },
  ): { unsubscribe(): void }
  /**
   * Tells of each event that an actor has handled, each commit, each effect that starts or ends, from now on: when it is
   * durable, in the order in which it happened. Costs time while anybody inspects, and none otherwise.
   *
   * @example
   * ```ts
   * import { createSystem, memoryStore } from 'roscius'
   * import { createMachine } from 'xstate'
   *
   * const lamp = createMachine({ initial: 'off', states: { off: { on: { TOGGLE: 'on' } }, on: {} } })
   * await using system = await createSystem({ name: 'home', store: memoryStore(), logic: { lamp } })
   * const { unsubscribe } = system.inspect((event) => {
   *   if (event.type === 'unit') console.log(event.path, event.seqNr, event.event.type)
   * })
   * const hall = await system.spawn('lamp', { id: 'hall' })
   * await hall.deliver({ type: 'TOGGLE' })
   * unsubscribe()
   * ```
   */
  inspect(observer: (event: Inspected) => void): { unsubscribe(): void }
  /**
   * How busy the node is: counts since it was opened, how long commits take, what waits. One look at each actor in memory: cheap
   * enough to be asked several times a second. Works after the system has stopped, too.
   *
   * @example
   * ```ts
   * import { createSystem, memoryStore } from 'roscius'
   *
   * await using system = await createSystem({ name: 'home', store: memoryStore(), logic: {} })
   * const { units, commitMs, oldestMailMs } = system.figures()
   * console.log(`${units} events; commits take ${commitMs.mean} ms; the oldest mail waits ${oldestMailMs} ms`)
   * ```
   */
  figures(): SystemFigures
  /** Finishes the turn and its commit, aborts running effects (they start again when the store is opened next), closes the store. */
  stop(options?: { readonly deadlineMs?: number }): Promise<void>
}

/** The runtime of a system, with the capabilities that are put together with it; see `createSystem`. */
export async function openSystem<const TLogic extends LogicTable>(
  options: RuntimeOptions<TLogic>,
  builtIn: readonly Extension[],
  abroad?: Abroad,
): Promise<RuntimeSystem<TLogic>> {
  const read = readOptions(options)
  assertDifferent(read.extensions, builtIn)
  const rows = readLogicTable(read.logic)
  const supervision = readGuardian(read.supervision ?? {}, 'supervision')
  const store = await openStorage(read)
  let node: Node | undefined
  try {
    const random = read.random ?? systemRandom()
    const { codec, meta } = await openStore(store, random)
    const listeners = new Set<(event: SystemEvent) => void>()
    // Nobody can listen before there is a system: what happens until then waits for the first who does.
    let opening: SystemEvent[] | undefined = []
    const opened = new Node({
      name: read.name,
      store,
      codec,
      rows,
      clock: read.clock ?? systemClock(),
      random,
      incarnation: meta.incarnation,
      storeId: meta.storeId,
      abroad,
      turn: read.turn,
      blockedMs: read.blockedMs,
      passivation: read.passivation,
      deadLetters: read.deadLetters,
      supervision,
      rootFailed: (error) => system.rootFailed(error, read.onRootFailure),
      extensions: [...builtIn, ...read.extensions],
      isDevelopment: read.development ?? process.env.NODE_ENV !== 'production',
      logger: read.logger ?? console.log,
      publish: (event) => {
        opening?.push(event)
        for (const listener of listeners) tell(listener, event)
      },
      isHeard: () => opening !== undefined || listeners.size > 0,
    })
    node = opened
    const system: RunningSystem = new RunningSystem(opened, store, meta.storeId, meta.incarnation, listeners, opening)
    const heard = await recover(opened)
    opening = undefined
    setImmediate(heard)
    return system as unknown as RuntimeSystem<TLogic>
  } catch (error) {
    // What was opened already must not keep the process, nor do anything.
    node?.close(error as RosciusError)
    await store.close()
    throw error
  }
}

/** What a listener throws must not come between a commit and its releases: global handlers see it. */
function tell(listener: (event: SystemEvent) => void, event: SystemEvent): void {
  try {
    listener(event)
  } catch (error) {
    setTimeout(() => {
      throw error
    })
  }
}

/** Both would write the same records. */
function assertDifferent(own: readonly Extension[], builtIn: readonly Extension[]): void {
  const same = own.findIndex(({ name }) => builtIn.some((one) => one.name === name))
  if (same < 0) return
  const field = `extensions.${same}.name`
  const message = `createSystem: ${field}: "${own[same]?.name}" is the name of a part of the system`
  throw new RosciusError('OPTIONS_INVALID', message, { details: { field } })
}

async function openStorage({ store, encryption }: ReadOptions): Promise<Store> {
  const plain =
    typeof store === 'string' ? await (await import('../persistence/level-store.js')).levelStore(store) : store
  return encryption === undefined ? plain : encryptedStore(plain, encryption)
}

class RunningSystem {
  readonly name: string
  readonly #release = claimLateErrors()
  #stopping: Promise<void> | undefined

  constructor(
    private readonly node: Node,
    private readonly store: Store,
    readonly storeId: string,
    readonly incarnation: number,
    private readonly listeners: Set<(event: SystemEvent) => void>,
    private opening: readonly SystemEvent[],
  ) {
    this.name = node.nodeName
  }

  spawn(logic: string, options: SpawnRequest = {}): Promise<object> {
    return spawnAtTop(this.node, logic, options).then((path) => this.node.refAt(path))
  }

  actor(_logic: string, id: string): object {
    if (isForeign(id)) return this.node.refs.decode(checkedAddress(id)) as object
    return this.node.refAt(
      id.split('/').reduce<ActorPath | undefined>((path, segment) => childPath(path, segment), undefined) as ActorPath,
    )
  }

  get(systemId: string): object | undefined {
    this.node.assertRunning()
    return this.node.lookup(systemId)
  }

  logic(): readonly { readonly name: string; readonly logic: AnyActorLogic }[] {
    return [...this.node.options.rows.values()].map(({ name, logic }) => ({ name, logic }))
  }

  async *actors(): AsyncGenerator<ActorInfo> {
    this.node.assertRunning()
    const { node, store } = this
    const volatile = [...node.cells.values()].filter((cell) => cell.durability === 'volatile')
    for (const cell of volatile.sort((a, b) => (a.path < b.path ? -1 : 1))) yield this.#describe(cell.path)
    for await (const [key, bytes] of store.range(kindRange('a'))) yield this.#describe(pathInKey(key), bytes)
  }

  tree(): Promise<ActorTree> {
    return readTree(this.node)
  }

  /** A damaged head quarantines its actor, which is then listed with what is wrong. */
  #headOf(path: ActorPath, bytes: Uint8Array): Head | undefined {
    const { activation, options, refs } = this.node
    try {
      return unpackHead(options.codec.decode(bytes, headKey(path), refs), headKey(path))
    } catch {
      activation.examine(path)
      return undefined
    }
  }

  #describe(path: ActorPath, bytes?: Uint8Array): ActorInfo {
    const { node } = this
    const cell = node.cellAt(path)
    const head = bytes && this.#headOf(path, bytes)
    const isOutdated = head !== undefined && node.activation.isOutdated(head)
    if (isOutdated && cell === undefined && head.status === 'active') node.activation.examine(path)
    const error = node.activation.quarantineOf(path)
    const logic = head?.logic ?? cell?.row.name ?? ''
    const status = cell === undefined ? (head?.status ?? 'active') : cell.status === 'starting' ? 'active' : cell.status
    const paused = cell === undefined ? (head?.frame as Frame | undefined)?.paused : cell.paused
    return {
      path,
      address: formatAddress(node.nodeName, path),
      logic,
      status: error !== undefined ? 'quarantined' : status,
      durability: head?.durability ?? cell?.durability ?? 'durable',
      isPaused: paused !== undefined && isAlive(status),
      isInMemory: cell !== undefined,
      seqNr: cell?.seqNr ?? head?.seqNr ?? 0,
      version: head?.version,
      isOutdated,
      error,
    }
  }

  get deadLetters(): DeadLetterBox {
    const { node } = this
    return {
      list: () => {
        node.assertRunning()
        return node.deadLetters.list()
      },
      retry: async (id) => {
        const letter = this.#letter(id)
        try {
          await node.deliver(letter.path, letter.event, { idempotencyKey: `deadLetter:${id}` })
        } catch (error) {
          // Refused again, it has become a new letter: one event is one letter.
          if (isRosciusError(error, 'DEAD_LETTER')) await this.#removeLetter(id)
          throw error
        }
        await this.#removeLetter(id)
      },
      discard: async (id) => {
        this.#letter(id)
        await this.#removeLetter(id)
      },
    }
  }

  #letter(id: string): DeadLetter {
    const letter = this.node.deadLetters.get(id)
    if (letter === undefined)
      throw new RosciusError('ACTOR_NOT_FOUND', `There is no dead letter "${id}"; see system.deadLetters.list().`, {
        details: { id },
      })
    return letter
  }

  async #removeLetter(id: string): Promise<void> {
    const { node } = this
    node.deadLetters.remove(id)
    node.commits.sync()
    node.turns.schedule()
    await node.commits.written()
  }

  async settled(): Promise<void> {
    const { node } = this
    for (;;) {
      if (node.stopReason !== undefined) return
      await new Promise((resolve) => setImmediate(resolve))
      await node.background
      if (node.commits.isBusy) await node.commits.drained().catch(() => undefined)
      else if (node.turns.isIdle && !node.lifecycle.endings.isBusy) {
        if (!node.awaitsEffects) return
        // An answer is mail, and a stop is work: both are taken in a turn. Until then there is nothing to look at.
        await node.turns.next()
      }
    }
  }

  on(listener: (event: SystemEvent) => void, { opening = true } = {}): { unsubscribe(): void } {
    if (opening) this.#tellOpening(listener)
    this.listeners.add(listener)
    return { unsubscribe: () => this.listeners.delete(listener) }
  }

  #tellOpening(listener: (event: SystemEvent) => void): void {
    const { opening } = this
    this.opening = []
    for (const event of opening) listener(event)
  }

  figures(): SystemFigures {
    return figuresOf(this.node)
  }

  inspect(observer: (event: Inspected) => void): { unsubscribe(): void } {
    return this.node.tap.inspect(observer)
  }

  stop(options: { readonly deadlineMs?: number } = {}): Promise<void> {
    this.#stopping ??= this.#stop(options.deadlineMs ?? 10_000)
    return this.#stopping
  }

  /** An actor at the top has failed for good; what that means is the user's choice. */
  rootFailed(error: RosciusError, choice: ReadOptions['onRootFailure']): void {
    this.node.publish({ type: 'rootFailed', error })
    if (typeof choice === 'function') outsideRuns(() => void this.#letDecide(choice, error))
    else this.#endBecause(error, choice)
  }

  /** After the release that told of the failure, which a handler that throws must not cut short. */
  async #letDecide(choice: (error: RosciusError) => unknown, error: RosciusError): Promise<void> {
    await undefined
    try {
      await choice(error)
    } catch (thrown) {
      const what = thrown instanceof Error ? thrown.message : String(thrown)
      const message = `${error.message} onRootFailure failed itself: ${what}. So the system has stopped.`
      this.#endBecause(new RosciusError('ROOT_FAILED', message, { address: error.address, cause: thrown }), 'stop')
    }
  }

  #endBecause(error: RosciusError, choice: 'stop' | 'exit'): void {
    this.node.halt(error)
    const stopped = this.stop()
    if (choice === 'stop') return
    console.error(error)
    void stopped.finally(() => process.exit(1))
  }

  async #stop(deadlineMs: number): Promise<void> {
    const { node } = this
    const reason = new RosciusError(
      'SYSTEM_STOPPED',
      `The system "${this.name}" has been stopped; create it again on its store to go on.`,
    )
    let cancel = (): void => undefined
    let isLate = false
    const deadline = new Promise<void>((resolve) => {
      cancel = node.options.clock.schedule(() => {
        isLate = true
        resolve()
      }, deadlineMs)
    })
    // Again, if something was put while nobody was running: it would be neither written nor refused.
    while (node.stopReason === undefined && !isLate) {
      await Promise.race([node.commits.drained().catch(() => undefined), deadline])
      if (!node.commits.isBusy) break
    }
    node.close(reason)
    await Promise.race([node.commits.drained().catch(() => undefined), deadline])
    cancel()
    this.#release()
    await node.background
    await this.store.close()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop()
  }
}

/** Throws `ADDRESS_INVALID`. */
function checkedAddress(address: string): string {
  parseAddress(address)
  return address
}

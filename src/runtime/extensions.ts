/** The extensions of a node: calls their hooks, and keeps their records apart (`u/<extension>/<key>`). */
import type { ActorPath } from '../core/address.js'
import type { Cancel, Clock } from '../core/clock.js'
import type { RosciusError } from '../core/errors.js'
import type { SystemEvent } from '../core/events.js'
import type { Extras } from '../core/extras.js'
import type { Random } from '../core/random.js'
import type { Codec } from '../persistence/codec.js'
import { extensionKey, extensionRange, journalKey } from '../persistence/keys.js'
import { type RefCodec, toStorable } from '../persistence/storable.js'
import type { Store } from '../persistence/store.js'
import type { Cell } from './cell.js'
import type { Commits } from './commits.js'
import { outsideRuns } from './effect-run.js'
import type { Extension, ExtensionHost, Recorded, Starting } from './extension.js'
import type { Turns } from './turns.js'
import type { PlannedSpawn } from './unit.js'

export interface ExtensionsPort {
  readonly nodeName: string
  readonly options: { readonly store: Store; readonly codec: Codec; readonly random: Random; readonly clock: Clock }
  readonly commits: Commits
  readonly cells: ReadonlyMap<ActorPath, Cell>
  readonly turns: Turns
  readonly refs: RefCodec
  now(): number
  tell(event: SystemEvent): void
  /** Throws why the system has stopped. */
  assertRunning(): void
}

export class Extensions {
  readonly #byName: ReadonlyMap<string, Extension>
  readonly #keepers: readonly Extension[]
  readonly #listeners: readonly Extension[]
  #hosts: Host[] = []

  constructor(
    private readonly node: ExtensionsPort,
    private readonly extensions: readonly Extension[],
  ) {
    this.#byName = new Map(extensions.map((extension) => [extension.name, extension]))
    this.#keepers = extensions.filter(({ recorded }) => recorded !== undefined)
    this.#listeners = extensions.filter(({ telling }) => telling !== undefined)
  }

  get(name: string): Extension | undefined {
    return this.#byName.get(name)
  }

  /** If one can't be opened, nothing is left of those before it: what they have scheduled would keep the process. */
  async open(): Promise<void> {
    try {
      for (const extension of this.extensions) {
        const host = new Host(this.node, extension.name)
        this.#hosts.push(host)
        await extension.open(host)
      }
    } catch (error) {
      this.close()
      throw error
    }
  }

  /** Nothing that they have scheduled happens any more. What one throws concerns neither the others nor those who wait. */
  close(): void {
    const hosts = this.#hosts.splice(0)
    for (const host of hosts) host.close()
    for (const extension of this.extensions.slice(0, hosts.length)) closeOne(extension)
  }

  /** Whether anybody wants to know what actors have done. */
  get keepsRecords(): boolean {
    return this.#keepers.length > 0
  }

  telling(event: SystemEvent): void {
    for (const listener of this.#listeners) listener.telling?.(event)
  }

  recorded(recorded: Recorded): void {
    for (const keeper of this.#keepers) keeper.recorded?.(recorded)
  }

  admit(spawns: readonly PlannedSpawn[], by: Starting | undefined): void {
    if (this.extensions.length === 0) return
    const starting = spawns.map(startingOf)
    for (const extension of this.extensions) extension.admit?.(starting, by)
  }

  planned(spawn: Pick<PlannedSpawn, 'path' | 'row' | 'extras'>): void {
    if (this.extensions.length === 0) return
    const starting = startingOf(spawn)
    for (const extension of this.extensions) extension.planned?.(starting)
  }

  started({ path, row, durability }: Cell, extras: Extras | undefined): void {
    if (this.extensions.length === 0) return
    const starting = startingOf({ path, row, extras })
    for (const extension of this.extensions) extension.started?.(starting, durability)
  }

  ended(path: ActorPath): void {
    for (const extension of this.extensions) extension.ended?.(path)
  }

  deleted(path: ActorPath): void {
    for (const extension of this.extensions) extension.deleted?.(path)
  }

  forgotten(path: ActorPath): void {
    for (const extension of this.extensions) extension.forgotten?.(path)
  }
}

/** Global handlers see what it throws. */
function closeOne(extension: Extension): void {
  try {
    extension.close?.()
  } catch (error) {
    setTimeout(() => {
      throw error
    })
  }
}

export function startingOf({ path, row, extras = {} }: Pick<PlannedSpawn, 'path' | 'row' | 'extras'>): Starting {
  return { path, logic: row.name, extras }
}

class Host implements ExtensionHost {
  readonly #scheduled = new Set<Cancel>()

  constructor(
    private readonly node: ExtensionsPort,
    private readonly name: string,
  ) {}

  get nodeName(): string {
    return this.node.nodeName
  }

  get random(): Random {
    return this.node.options.random
  }

  now(): number {
    return this.node.now()
  }

  schedule(fn: () => void, ms: number): Cancel {
    const cancel = this.node.options.clock.schedule(() => {
      this.#scheduled.delete(stop)
      outsideRuns(fn)
    }, ms)
    const stop = (): void => {
      this.#scheduled.delete(stop)
      cancel()
    }
    this.#scheduled.add(stop)
    return stop
  }

  close(): void {
    for (const stop of this.#scheduled) stop()
  }

  get(key: string): unknown {
    this.node.assertRunning()
    const stored = extensionKey(this.name, key)
    const bytes = this.node.commits.read(stored)
    return bytes && this.node.options.codec.decode(bytes, stored, this.node.refs)
  }

  journalRecord(path: ActorPath, seqNr: number): Uint8Array | undefined {
    return this.node.commits.read(journalKey(path, seqNr))
  }

  put(key: string, value: unknown): void {
    this.node.assertRunning()
    const { commits, options, refs, turns } = this.node
    commits.put(extensionKey(this.name, key), options.codec.encode(toStorable(value, key, refs)))
    commits.sync()
    turns.schedule()
  }

  delete(key: string): void {
    this.node.assertRunning()
    const { commits, turns } = this.node
    commits.del(extensionKey(this.name, key))
    commits.sync()
    turns.schedule()
  }

  async *records(prefix = ''): AsyncGenerator<readonly [string, unknown]> {
    const { options, refs } = this.node
    const own = extensionKey(this.name, '').length
    for await (const [key, bytes] of options.store.range(extensionRange(this.name, prefix)))
      yield [key.slice(own), options.codec.decode(bytes, key, refs)]
  }

  isVolatile(path: ActorPath): boolean {
    return this.node.cells.get(path)?.durability === 'volatile'
  }

  whenCommitted(fn: () => void): void {
    this.node.commits.hold({ release: fn })
    this.node.turns.schedule()
  }

  committed(): Promise<void> {
    const { commits, turns } = this.node
    return new Promise((resolve, reject: (error: RosciusError) => void) => {
      // Nothing is released any more: whoever waited would wait for ever.
      this.node.assertRunning()
      commits.hold({ release: resolve, fail: reject })
      turns.schedule()
    })
  }

  tell(event: SystemEvent): void {
    this.node.tell(event)
  }
}

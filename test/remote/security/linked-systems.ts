/** Real systems, linked over real WebSockets: they are opened, restarted on their disk, and closed; all they say is kept. */
import {
  createSystem,
  type LogicTable,
  type System,
  type SystemEvent,
  type SystemOptions,
  type Transport,
} from 'roscius'
import { type FaultStore, faultStore, seededRandom } from 'roscius/testing'
import { afterEach } from 'vitest'
import { logic } from '../system/actors.js'
import { until } from '../transport/sockets.js'

export type NodeOptions = Partial<SystemOptions<LogicTable>>
type Node = System<typeof logic>

/** Tries again at once: tests don't wait for what is turned away to come back by itself. */
const LINKS = { heartbeatMs: 100, downAfterMs: 20_000, refusedRetryMs: 200, backoff: { initialMs: 20, maxMs: 100 } }

export class LinkedSystems {
  /** Events, and what went to the logger, of all of them. */
  readonly told: unknown[] = []
  readonly #stores = new Map<string, FaultStore>()
  readonly #systems = new Map<string, Node>()

  constructor() {
    afterEach(async () => {
      await Promise.all([...this.#systems.keys()].map((name) => this.stop(name)))
      this.#stores.clear()
      this.told.length = 0
    })
  }

  async open(name: string, options: NodeOptions): Promise<Node> {
    const store = this.#stores.get(name) ?? faultStore({ random: seededRandom(name) })
    this.#stores.set(name, store)
    const logger = (...line: unknown[]): void => void this.told.push(line)
    const links = { ...LINKS, ...options.links }
    const system = (await createSystem({ name, ...options, links, logger, store, logic } as SystemOptions<
      typeof logic
    >)) as Node
    system.on((event: SystemEvent) => this.told.push(event))
    this.#systems.set(name, system)
    return system
  }

  async stop(name: string): Promise<void> {
    await this.#systems.get(name)?.stop()
    this.#systems.delete(name)
    const store = this.#stores.get(name)
    if (store !== undefined) this.#stores.set(name, store.reopen())
  }

  system(name: string): Node {
    return this.#systems.get(name) as Node
  }

  figures(name: string, peer: string) {
    return this.system(name).peer(peer).figures()
  }

  async isUp(name: string, peer: string): Promise<void> {
    await until(() => this.figures(name, peer)?.state === 'up')
  }

  /** Why the link is not up. */
  async faultOf(name: string, peer: string): Promise<{ readonly code: string; readonly by: string }> {
    return until(() => {
      const { state, fault } = this.figures(name, peer) ?? {}
      return state === 'refused' || state === 'backingOff' ? fault : undefined
    })
  }

  events<K extends SystemEvent['type']>(type: K): Extract<SystemEvent, { type: K }>[] {
    return this.told.filter((event) => (event as Partial<SystemEvent>).type === type) as never[]
  }
}

/** The same transport; `tap` is shown every frame that leaves by it. */
export function tapped(transport: Transport, tap: (bytes: Uint8Array) => void): Transport {
  const shown = <T extends { send(bytes: Uint8Array): boolean }>(connection: T): T => {
    const send = connection.send.bind(connection)
    return Object.assign(connection, {
      send: (bytes: Uint8Array) => {
        tap(Uint8Array.from(bytes))
        return send(bytes)
      },
    })
  }
  return {
    listen: (accept) => transport.listen!((connection) => accept(shown(connection))),
    dial: async (address, options) => shown(await transport.dial(address, options)),
    close: () => transport.close(),
  }
}

/** Every text in a value, errors and what is in them, too; bytes as hex. */
export function textsIn(value: unknown, seen = new Set<unknown>()): string[] {
  if (typeof value === 'string') return [value]
  if (typeof value !== 'object' || value === null || seen.has(value)) return []
  seen.add(value)
  if (ArrayBuffer.isView(value)) return [Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('hex')]
  const own = Reflect.ownKeys(value).flatMap((key) => [String(key), ...textsIn((value as never)[key], seen)])
  return value instanceof Map || value instanceof Set ? [...own, ...textsIn([...value], seen)] : own
}

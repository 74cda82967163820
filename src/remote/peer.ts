/** What a user has of another node: `system.peer(name)`. */
import type { AnyActorLogic, InputFrom } from 'xstate'
import { z } from 'zod'
import type { RosciusRef } from '../core/actor-ref.js'
import { formatAddress } from '../core/address.js'
import type { Random } from '../core/random.js'
import type { Durability, LogicOf, LogicTable } from '../runtime/logic-table.js'
import { readWith } from '../supervision/refusal.js'
import type { PeerFigures } from './peer-figures.js'
import type { Remoting } from './remoting.js'

export interface RemoteSpawnOptions<TLogic extends AnyActorLogic = AnyActorLogic> {
  /** The last segment of its path there. Default: a new unique id. */
  readonly id?: string
  readonly input?: InputFrom<TLogic>
  /** Default: the setting of the logic there. */
  readonly durability?: Durability
  readonly systemId?: string
  /** `'use'`: an actor of that id there is taken as it is: so a spawn can be repeated. */
  readonly ifExists?: 'throw' | 'use'
}

export interface Peer<TLogic extends LogicTable = LogicTable> {
  readonly name: string
  /** The ref of an actor there, by its path; no I/O, whether it exists or not. `logic`, a name in this system's table, types it. */
  actor<K extends keyof TLogic & string>(logic: K, path: string): RosciusRef<LogicOf<TLogic[K]>>
  /**
   * Starts an actor there, at the top, of the logic that has that name there; resolves when that is durable. Rejects as
   * `system.spawn` does there, with `PEER_REFUSED` where the peer does not let this node, and with `PEER_DOWN`.
   */
  spawn<K extends keyof TLogic & string>(
    logic: K,
    options?: RemoteSpawnOptions<LogicOf<TLogic[K]>>,
  ): Promise<RosciusRef<LogicOf<TLogic[K]>>>
  /** Its link now. */
  figures(): PeerFigures | undefined
  /**
   * Takes the peer as it is, where the link was refused with `PEER_ROLLED_BACK`, `POSITION_IMPOSSIBLE` or `STORE_CHANGED`: what
   * it does not know any more is sent again as far as it is still here, what it had confirmed and lost is lost. The audit trail
   * tells of it, `by` whom, and for what `reason`; resolves when that is durable. Rejects with `OPTIONS_INVALID`.
   */
  reset(by?: { readonly by?: string; readonly reason?: string }): Promise<void>
}

const resetSchema = z.strictObject({ by: z.string().min(1).max(200), reason: z.string().max(2_000) }).partial()

export class PeerFace {
  constructor(
    readonly name: string,
    private readonly remoting: Remoting,
    private readonly random: Random,
    private readonly refAt: (address: string) => object,
    /** Notes that an operator interferes, in the current commit; resolves when that is durable. */
    private readonly note: (subject: string, facts: object) => Promise<void>,
  ) {}

  actor(_logic: string, path: string): object {
    return this.refAt(formatAddress(this.name, path))
  }

  async spawn(logic: string, options: RemoteSpawnOptions = {}): Promise<object> {
    const { id = this.random.id(), ...rest } = options
    return this.refAt(await this.remoting.spawn(this.name, { ...rest, logic, id }))
  }

  figures(): PeerFigures | undefined {
    return this.remoting.figuresOf(this.name)
  }

  async reset(by: z.input<typeof resetSchema> = {}): Promise<void> {
    const read = readWith(resetSchema, by, 'reset')
    const { storeId, fault } = this.figures() ?? {}
    const noted = this.note('resetPeer', { ...read, peer: this.name, storeId, fault: fault?.code })
    this.remoting.reset(this.name)
    await noted
  }
}

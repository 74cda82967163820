/**
 * What actors may do, by how they were spawned: their scopes, and the policies that bind them. Durable with their start.
 *
 * 1. An actor has at most the scopes of its parent; one at the top at most those of the system. What it asked for beyond that
 *    is refused, and told. A system that is opened with fewer scopes takes the others away from all.
 * 2. Who is given no scopes of its own has those of its parent.
 * 3. What an actor was given binds those below it as long as they live, also if it is volatile and lost in a crash.
 * 4. A policy binds the actor it was given to and all below it, together with those above: nobody below can loosen one.
 */
import type { ActorPath } from '../../core/address.js'
import { parentOf } from '../../core/address.js'
import type { Extension, ExtensionHost, Starting } from '../../runtime/extension.js'
import type { Durability } from '../../runtime/logic-table.js'
import type { Policy } from '../policy/policy.js'
import { narrow } from '../policy/scopes.js'
import { type PermissionsOptions, type ReadPermissions, readPermissions } from './read-permissions.js'

/** What binds an actor: its scopes, and every policy from the top of the system down to it. */
export interface EffectivePermissions {
  readonly scopes: readonly string[]
  readonly policies: readonly Policy[]
}

export class Permissions implements Extension {
  readonly name = 'permissions'
  readonly #own = new Map<ActorPath, ReadPermissions>()
  /** Of volatile actors: in memory only. */
  readonly #unkept = new Set<ActorPath>()
  readonly #system: ReadPermissions
  #host!: ExtensionHost

  /** `system`: what holds where no spawn says anything. Throws `OPTIONS_INVALID`. */
  constructor(system: PermissionsOptions = {}) {
    this.#system = readPermissions(system)
  }

  async open(host: ExtensionHost): Promise<void> {
    this.#host = host
    for await (const [path, value] of host.records()) this.#own.set(path as ActorPath, value as ReadPermissions)
  }

  admit(starting: readonly Starting[]): void {
    for (const { extras } of starting) if (extras.permissions !== undefined) readPermissions(extras.permissions)
  }

  started({ path, extras }: Starting, durability: Durability): void {
    this.deleted(path)
    if (durability !== 'volatile') this.#keepAbove(path)
    if (extras.permissions === undefined) return
    const own = this.#within(path, readPermissions(extras.permissions))
    this.#own.set(path, own)
    if (durability !== 'volatile') this.#host.put(path, own)
    else this.#unkept.add(path)
  }

  /** Who outlives the volatile actor above it is bound as before. */
  #keepAbove(path: ActorPath): void {
    for (let at = parentOf(path); at !== undefined; at = parentOf(at))
      if (this.#unkept.delete(at)) this.#host.put(at, this.#own.get(at))
  }

  forgotten(path: ActorPath): void {
    this.deleted(path)
  }

  deleted(path: ActorPath): void {
    this.#unkept.delete(path)
    if (this.#own.delete(path)) this.#host.delete(path)
  }

  /** What binds the actor now. */
  of(path: ActorPath): EffectivePermissions {
    let scopes: readonly string[] | undefined
    const policies: Policy[] = []
    for (let at: ActorPath | undefined = path; at !== undefined; at = parentOf(at)) {
      const own = this.#own.get(at)
      scopes ??= own?.scopes
      if (own?.policy !== undefined) policies.unshift(own.policy)
    }
    if (this.#system.policy !== undefined) policies.unshift(this.#system.policy)
    return { scopes: this.#withinSystem(scopes ?? this.#system.scopes ?? []), policies }
  }

  /** The system may have had more of them when they were given. */
  #withinSystem(scopes: readonly string[]): readonly string[] {
    return this.#system.scopes === undefined ? scopes : narrow(this.#system.scopes, scopes).granted
  }

  #within(path: ActorPath, { scopes, policy }: ReadPermissions): ReadPermissions {
    if (scopes === undefined) return { policy }
    const parent = parentOf(path)
    const most = parent === undefined ? (this.#system.scopes ?? ['*']) : this.of(parent).scopes
    const { granted, refused } = narrow(most, scopes)
    if (refused.length > 0) this.#host.tell({ type: 'scopesRefused', path, refused })
    return { scopes: granted, policy }
  }
}

/**
 * In which order the actors of a subtree end: as a supervisor stops its children, one branch after the other.
 *
 * 1. Of siblings the one that was started last comes first, with all that is below it; a parent comes after its children.
 * 2. Who ends before its turn keeps its place for those below it. Those of one that was never added, because it had ended
 *    before, count as children of the nearest actor above that was.
 * 3. The order is found as it is asked for: nobody waits for that of a large subtree.
 */
import { type ActorPath, parentOf } from '../core/address.js'

interface Placed {
  readonly path: ActorPath
  readonly order: number
}

/** An actor with those below it that have not ended, youngest last. */
interface Branch<T> {
  readonly member: T | undefined
  readonly below: T[]
}

export class EndOrder<T extends Placed> {
  readonly #added = new Set<ActorPath>()
  readonly #below = new Map<ActorPath, T[]>()

  constructor(private readonly root: ActorPath) {}

  add(member: T): void {
    this.#added.add(member.path)
    this.#attach(member.path === this.root ? '' : (parentOf(member.path) ?? ''), member)
  }

  #attach(above: ActorPath, member: T): void {
    const siblings = this.#below.get(above)
    if (siblings === undefined) this.#below.set(above, [member])
    else siblings.push(member)
  }

  /** Those of the members that are alive when their turn comes. Can be asked for once. */
  *take(alive: ReadonlyMap<ActorPath, T>): Generator<T> {
    this.#adoptOrphans()
    const stack: Branch<T>[] = [{ member: alive.get(this.root), below: this.#takeBelow(this.root) }]
    for (let branch = stack.at(-1); branch !== undefined; branch = stack.at(-1)) {
      const next = branch.below.pop()
      if (next !== undefined) stack.push({ member: next, below: this.#takeBelow(next.path) })
      else {
        stack.pop()
        if (branch.member !== undefined && alive.has(branch.member.path)) yield branch.member
      }
    }
  }

  #adoptOrphans(): void {
    for (const [parent, orphans] of [...this.#below]) {
      if (parent === '' || parent === this.root || this.#added.has(parent)) continue
      this.#below.delete(parent)
      for (const orphan of orphans) this.#attach(this.#nearest(parent), orphan)
    }
  }

  #nearest(path: ActorPath): ActorPath {
    let above = parentOf(path)
    while (above !== undefined && above !== this.root && !this.#added.has(above)) above = parentOf(above)
    return above ?? this.root
  }

  #takeBelow(path: ActorPath): T[] {
    const below = this.#below.get(path)
    if (below === undefined) return []
    this.#below.delete(path)
    return below.sort(byStart)
  }
}

/** Actors of an older store have no order of their own: then by path. */
function byStart(a: Placed, b: Placed): number {
  return a.order - b.order || (a.path < b.path ? -1 : 1)
}

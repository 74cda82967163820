/** In which order the actors of a subtree end: as a supervisor stops its children, one branch after the other. */
import { type ActorPath, parentOf } from '../core/address.js'

interface Branch<T> {
  readonly member: T | undefined
  readonly below: Branch<T>[]
}

/**
 * The members of the subtree at `root`, in the order in which they end: of siblings the one that was started last comes
 * first, with all that is below it; a parent comes after its children. Who has no living parent counts as a child of the
 * nearest living one above.
 */
export function inEndOrder<T extends { readonly path: ActorPath; readonly order: number }>(
  root: ActorPath,
  members: readonly T[],
): T[] {
  if (members.length < 2) return [...members]
  const branches = new Map<ActorPath, Branch<T>>(members.map((member) => [member.path, { member, below: [] }]))
  const top = branches.get(root) ?? { member: undefined, below: [] }
  for (const member of [...members].sort(byStartBackwards)) {
    if (member.path !== root) above(member.path, branches, top).below.push(branches.get(member.path) as Branch<T>)
  }
  const ordered: T[] = []
  collect(top, ordered)
  return ordered
}

/** Actors of an older store have no order of their own: then by path, backwards. */
function byStartBackwards(
  a: { readonly path: ActorPath; readonly order: number },
  b: { readonly path: ActorPath; readonly order: number },
): number {
  return b.order - a.order || (a.path < b.path ? 1 : -1)
}

function above<T>(path: ActorPath, branches: ReadonlyMap<ActorPath, Branch<T>>, top: Branch<T>): Branch<T> {
  for (let parent = parentOf(path); parent !== undefined; parent = parentOf(parent)) {
    const branch = branches.get(parent)
    if (branch !== undefined) return branch
  }
  return top
}

function collect<T>({ member, below }: Branch<T>, into: T[]): void {
  for (const branch of below) collect(branch, into)
  if (member !== undefined) into.push(member)
}

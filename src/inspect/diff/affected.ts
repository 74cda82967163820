/** Which stored states a diff touches. */
import type { Change, DefinitionDiff, StatePath } from './change.js'

export interface Touched {
  /**
   * `lost`: a state that it is in is gone, or of another kind: without a migration the actor is quarantined. `renamed`: the same,
   * and the new name is known. `changed`: it is in a state that does something else now, and goes on.
   */
  readonly how: 'lost' | 'renamed' | 'changed'
  readonly changes: readonly Change[]
}

/** What `diff` means for an actor that is in `value`, XState's state value; undefined if nothing. */
export function affectedBy({ changes }: DefinitionDiff, value: unknown): Touched | undefined {
  const active = activePaths(value)
  const touching = changes.filter((change) => touches(change, active))
  if (touching.length === 0) return undefined
  if (touching.some(isLoss)) return { how: 'lost', changes: touching }
  const how = touching.some(({ kind }) => kind === 'stateRenamed') ? 'renamed' : 'changed'
  return { how, changes: touching }
}

/** As recovery decides it where it has the machine: see `runtime/missing-states.ts`. */
function isLoss(change: Change): boolean {
  if (change.kind !== 'stateChanged' || change.what !== 'type') return change.kind === 'stateRemoved'
  const { state, from, to } = change
  if (!LEAVES.has(from) || !LEAVES.has(to)) return true
  // A final state of the machine itself is its end, which it would never notice.
  return to === 'final' && state.length === 1
}

const LEAVES: ReadonlySet<string> = new Set(['atomic', 'final'])

function touches(change: Change, active: ReadonlySet<string>): boolean {
  if (change.kind === 'machineChanged') return false
  // An actor in a parallel state is in all of its regions, of which it lacks the new one.
  if (change.kind === 'stateAdded') return change.isRegion && active.has(keyOf(change.state.slice(0, -1)))
  return active.has(keyOf(change.state))
}

/** The paths of all active states, the root's among them. */
function activePaths(value: unknown): ReadonlySet<string> {
  const found = new Set<string>()
  const visit = (path: StatePath, inner: unknown): void => {
    found.add(keyOf(path))
    if (typeof inner === 'string') found.add(keyOf([...path, inner]))
    else if (typeof inner === 'object' && inner !== null)
      for (const [key, below] of Object.entries(inner)) visit([...path, key], below)
  }
  visit([], value)
  return found
}

function keyOf(path: StatePath): string {
  return JSON.stringify(path)
}

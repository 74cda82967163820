/** In which order actors are asked whether they were sent something: first those that the sender knows. Each may come twice. */
import { type ActorPath, parentOf } from '../../core/address.js'
import { type Frame, isMachineFrame, type SnapshotFrame } from '../../runtime/xstate/frame.js'
import { pathHere } from './frames.js'
import type { SeenRecord } from './moments.js'
import type { HistorySource } from './source.js'
import { childrenOf, kindOf } from './value-kind.js'

/** Values that are looked at for refs. */
const MAX_VALUES = 3_000
const MAX_CHILDREN = 200

export async function* likelyActors(
  source: HistorySource,
  path: ActorPath,
  record: SeenRecord,
  frame: Frame | undefined,
): AsyncGenerator<ActorPath> {
  yield path
  const known = [record.from, parentOf(path), ...refsIn(record.event), ...(frame ? refsInSnapshot(frame.snapshot) : [])]
  for (const address of known) {
    const here = address === undefined ? undefined : pathHere(source.name, address)
    if (here !== undefined) yield here
  }
  const busy = [...source.busy()]
  yield* busy.filter((other) => other.startsWith(`${path}/`))
  yield* busy
  yield* source.paths()
}

function refsInSnapshot(snapshot: SnapshotFrame): readonly string[] {
  if (!isMachineFrame(snapshot)) return refsIn(snapshot)
  const children = Object.values(snapshot.children ?? {})
  return [...refsIn(snapshot.context), ...children.flatMap((child) => refsInSnapshot(child.snapshot))]
}

/** Addresses of the refs in a value, level by level. */
function refsIn(value: unknown): readonly string[] {
  const found: string[] = []
  let level: unknown[] = [value]
  for (let left = MAX_VALUES; level.length > 0 && left > 0; left -= level.length) {
    const next: unknown[] = []
    for (const item of level) {
      const kind = kindOf(item)
      if (kind === 'ref') found.push(String((item as { readonly sessionId: unknown }).sessionId))
      else if (kind === 'object' || kind === 'array' || kind === 'map' || kind === 'set')
        for (const child of childrenOf(item, 0, MAX_CHILDREN))
          if (typeof child.value === 'object') next.push(child.value)
    }
    level = next.slice(0, MAX_VALUES)
  }
  return found
}

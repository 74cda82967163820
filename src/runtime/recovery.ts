/**
 * Opening a node on a store: who it is, and what an earlier run left to be done.
 *
 * 1. The incarnation is raised durably before anything runs, so nothing of an earlier run can be taken for this one's.
 * 2. Only actors with mail, a due timer or an unsettled effect come into memory (D13); any other on its first event. So the
 *    time to open does not depend on how many actors there are.
 * 3. What a crash interrupted goes on: endings are carried out, records of deleted ones removed, and custom
 *    actions without a completion mark are run again or reported (D9).
 * 4. No turn runs before all that was stored is in its mailbox: newer mail must not overtake it (I5).
 */
import type { ActorPath } from '../core/address.js'
import { RosciusError } from '../core/errors.js'
import type { Random } from '../core/random.js'
import { type Codec, createCodec } from '../persistence/codec.js'
import { kindRange, META, numberInKey, pathInKey, STRUCTURES } from '../persistence/keys.js'
import { type Meta, STORE_FORMAT } from '../persistence/records.js'
import type { Store } from '../persistence/store.js'
import type { Node } from './node.js'
import type { StoredAction } from './xstate/held-action.js'
import { rerunAction } from './xstate/rerun-action.js'

export interface Opened {
  readonly codec: Codec
  readonly meta: Meta
}

/** Reads who the node is and makes it a new incarnation, durably. Throws `RECORD_UNSUPPORTED` for a store of a newer Roscius. */
export async function openStore(store: Store, random: Random): Promise<Opened> {
  const codec = createCodec(store.get(STRUCTURES))
  const bytes = store.get(META)
  const former = bytes === undefined ? undefined : (codec.decode(bytes, META) as Meta)
  if (former !== undefined && former.format > STORE_FORMAT) {
    throw new RosciusError(
      'RECORD_UNSUPPORTED',
      `The store was written in format ${former.format}, this Roscius reads up to ${STORE_FORMAT}: upgrade Roscius.`,
      { details: { format: former.format } },
    )
  }
  const meta: Meta = {
    format: STORE_FORMAT,
    storeId: former?.storeId ?? random.id(),
    incarnation: (former?.incarnation ?? 0) + 1,
  }
  await store.batch([{ type: 'put', key: META, value: codec.encode({ ...meta }) }], { sync: true })
  return { codec, meta }
}

/**
 * Brings back everything that must go on without being asked. The answer is to be called when whoever opened the node has had
 * the chance to hear what happened meanwhile: only then are the marks of reported actions taken away.
 */
export async function recover(node: Node): Promise<() => void> {
  const { store } = node.options
  await node.extensions.open()
  await node.deadLetters.open()
  await node.lifecycle.endings.open()
  for await (const [key, bytes] of store.range(kindRange('m'))) {
    node.restoreMail(
      key,
      numberInKey(key),
      pathInKey(key),
      node.options.codec.decode(bytes, key, node.refs) as unknown[],
    )
  }
  for (const path of await pathsOf(store, 'e')) node.activate(path)
  await node.watches.open()
  await node.timers.open()
  const reported = await settleActions(node)
  node.turns.begin()
  node.lifecycle.endings.goOn()
  // Before anybody can start a new actor of such a path, whose records would go with the old ones.
  await node.lifecycle.removeDeleted()
  return () => {
    if (node.stopReason === undefined) for (const done of reported) done()
  }
}

async function pathsOf(store: Store, kind: string): Promise<ActorPath[]> {
  const paths: ActorPath[] = []
  for await (const [key] of store.range(kindRange(kind))) paths.push(pathInKey(key))
  return paths
}

/** Custom actions that were released, or about to be, when the last run ended. */
async function settleActions(node: Node): Promise<(() => void)[]> {
  const { store, codec, publish } = node.options
  const reported: (() => void)[] = []
  for await (const [key, bytes] of store.range(kindRange('q'))) {
    const path = pathInKey(key)
    const actions = codec.decode(bytes, key, node.refs) as StoredAction[]
    let left = actions.length
    const done = (): void => {
      if (--left > 0) return
      node.commits.del(key)
      node.turns.schedule()
    }
    for (const action of actions) {
      const [effectId, type, mode] = action
      if (mode === 'atLeastOnce' && rerunAction(node, { path, seqNr: numberInKey(key) }, action, done)) continue
      publish({ type: 'outcomeUnknown', path, effectId, action: type })
      reported.push(done)
    }
  }
  return reported
}

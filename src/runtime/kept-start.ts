/** What a stored actor was started with, found in its own records: only some actors have a record for that alone (`c/…`). */
import type { ActorPath } from '../core/address.js'
import type { Codec } from '../persistence/codec.js'
import { headKey, ownRange } from '../persistence/keys.js'
import { type Head, unpackHead, unpackRecord } from '../persistence/records.js'
import type { RefCodec } from '../persistence/storable.js'
import type { Store } from '../persistence/store.js'

export interface KeptStart {
  /** `order` of the life that it is the start of: a restart keeps it. */
  readonly order: number
  readonly input: unknown
}

export interface StartPort {
  readonly options: { readonly store: Store; readonly codec: Codec }
  readonly refs: RefCodec
}

/** The start of the actor's present life; `undefined` if there is no such actor, or retention has removed it. */
export async function readStart(path: ActorPath, node: StartPort): Promise<KeptStart | undefined> {
  const { store } = node.options
  const bytes = store.get(headKey(path))
  if (bytes === undefined) return undefined
  const head = headIn(node, headKey(path), bytes)
  const event = (await firstStart(path, head, node)) ?? (await lastStart(path, node))
  return event && { order: head.order, input: (event as { readonly input?: unknown }).input }
}

/** The start of an actor's first life is in its oldest head. */
async function firstStart(path: ActorPath, head: Head, node: StartPort): Promise<object | undefined> {
  let oldest = head
  for await (const [key, bytes] of node.options.store.range({ ...ownRange('s', path), limit: 1 }))
    oldest = headIn(node, key, bytes)
  // An older Roscius told lives apart by their time only.
  const isSameLife = oldest.order === head.order && (head.order !== 0 || oldest.startedMs === head.startedMs)
  return isSameLife ? oldest.startEvent : undefined
}

/** Those of its later lives have journal records of their own. */
async function lastStart(path: ActorPath, { options, refs }: StartPort): Promise<object | undefined> {
  for await (const [key, bytes] of options.store.range({ ...ownRange('j', path), reverse: true })) {
    const { kind, event } = unpackRecord(options.codec.decode(bytes, key, refs), key)
    if (kind === 'start') return event
  }
  return undefined
}

function headIn({ options, refs }: StartPort, key: string, bytes: Uint8Array): Head {
  return unpackHead(options.codec.decode(bytes, key, refs), key)
}

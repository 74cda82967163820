/** What a stored state says beside its snapshot: the children inside of the actor, its timers, and what a record did there. */
import type { EventObject } from 'xstate'
import type { ActorPath } from '../../core/address.js'
import { isForeign, parseForeign } from '../../core/foreign-address.js'
import { type ChildFrame, type Frame, isMachineFrame, type SnapshotFrame } from '../../runtime/xstate/frame.js'
import type { SeenRecord } from './moments.js'

/** A child inside an actor, with its ids from the top down. */
export interface InnerChild {
  readonly ids: readonly string[]
  readonly child: ChildFrame
}

export function* innerChildren(snapshot: SnapshotFrame, above: readonly string[] = []): IterableIterator<InnerChild> {
  if (!isMachineFrame(snapshot)) return
  for (const [id, child] of Object.entries(snapshot.children ?? {})) {
    const ids = [...above, id]
    yield { ids, child }
    yield* innerChildren(child.snapshot, ids)
  }
}

export function childOfSession(frame: Frame | undefined, session: string | undefined): InnerChild | undefined {
  if (frame === undefined || session === undefined) return undefined
  for (const inner of innerChildren(frame.snapshot)) if (inner.child.session === session) return inner
  return undefined
}

/** The name by which it was invoked or spawned; XState gives inline logic a name of its own making. */
export const sourceName = (src: string): string => (src.startsWith('xstate.invoke.') ? 'inline' : src)

/** Promises, callbacks and observables that run. */
export function runningEffects(frame: Frame): { id: string; src: string }[] {
  return [...innerChildren(frame.snapshot)]
    .filter(({ child: { snapshot } }) => !isMachineFrame(snapshot) && snapshot.status === 'active')
    .map(({ ids, child }) => ({ id: ids.join('/'), src: sourceName(child.src) }))
}

export function armedTimers(frame: Frame): { event: EventObject; dueMs: number }[] {
  return Object.values(frame.timers ?? {})
    .map(({ event, dueMs }) => ({ event, dueMs }))
    .sort((a, b) => a.dueMs - b.dueMs)
}

export function stateValueOf({ snapshot }: Frame): unknown {
  return isMachineFrame(snapshot) ? snapshot.value : undefined
}

/** What a record's event was to the actor's machine: what a timer sent, how a promise ended. */
export function eventSeen({ kind, event, from }: SeenRecord, before: Frame | undefined): EventObject {
  if (kind === 'timer') return timerOf(event, before)?.event ?? event
  const inner = kind === 'effect' ? childOfSession(before, from) : undefined
  return (inner && settled(inner, event)) ?? event
}

export function timerOf(event: EventObject, before: Frame | undefined) {
  const { key } = event as { readonly key?: unknown }
  const timers = before?.timers
  return typeof key === 'string' && timers !== undefined && Object.hasOwn(timers, key) ? timers[key] : undefined
}

/** As XState tells the parent of it. */
function settled({ ids, child }: InnerChild, event: EventObject): EventObject | undefined {
  const actorId = ids.at(-1) as string
  const { type, data } = event as { readonly type: string; readonly data?: unknown }
  switch (type) {
    case 'xstate.promise.resolve':
      return doneEvent(actorId, data)
    case 'xstate.observable.complete':
      return doneEvent(actorId, undefined)
    case 'xstate.promise.reject':
    case 'xstate.observable.error':
      return errorEvent(actorId, data)
    case 'xstate.observable.next': {
      const snapshot = { ...child.snapshot, context: data }
      return child.syncSnapshot ? ({ type: `xstate.snapshot.${actorId}`, snapshot } as EventObject) : undefined
    }
    default:
      return undefined
  }
}

export const doneEvent = (actorId: string, output: unknown): EventObject =>
  ({ type: `xstate.done.actor.${actorId}`, output, actorId }) as EventObject

export const errorEvent = (actorId: string, error: unknown): EventObject =>
  ({ type: `xstate.error.actor.${actorId}`, error, actorId }) as EventObject

/** Who sent a record's event: a path or an address, with `#<id>` where it was a child inside of the actor itself. */
export function senderOf(path: ActorPath, { from }: SeenRecord, before: Frame | undefined): string | undefined {
  if (from === undefined || isForeign(from)) return from
  const [sender = '', session] = from.split('#')
  if (session === undefined || sender !== path) return sender
  const inner = childOfSession(before, from)
  return inner === undefined ? path : `${path}#${inner.ids.join('/')}`
}

/** What the record tells of that went wrong. */
export function errorOf({ kind, event }: SeenRecord): unknown {
  const { type, error, data } = event as { readonly type: string; readonly error?: unknown; readonly data?: unknown }
  if (kind === 'failure' || kind === 'fault') return error
  return type === 'xstate.promise.reject' ? data : undefined
}

/** The path of an actor of this node that a path or an address means; `undefined` for those of others. */
export function pathHere(node: string, address: string): ActorPath | undefined {
  if (!isForeign(address)) return address.split('#')[0]
  const { node: other, path } = parseForeign(address)
  return other === node ? path : undefined
}

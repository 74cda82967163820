/**
 * What a record gave to the machine of its actor: its event, what a delay had sent, how an effect ended. Of what came to a child
 * machine inside of the actor, what that child then sent: it handles the event again, with nothing coming of it.
 */
import type { AnyStateMachine, EventObject } from 'xstate'
import { isMachine } from '../../runtime/machine-structure.js'
import { type ChildFrame, type Frame, isMachineFrame, toPersisted } from '../../runtime/xstate/frame.js'
import { childOfSession, doneEvent, errorEvent, eventSeen, type InnerChild, timerOf } from './frames.js'
import { inertScope, restored } from './inert-machine.js'
import type { Seen } from './moments.js'

/** An event that the machine is given, and why where that is not plain. */
export interface Given {
  readonly event: EventObject
  readonly note: string | undefined
}

export interface GivenTo {
  readonly machine: AnyStateMachine
  /** A value as the machine is to have it. */
  shown<T>(value: T): T
  /** Logic of a child of the machine, where it is known better than by its name. */
  logicOf(id: string): unknown
}

/** Throws what a child machine throws. */
export function givenBy({ record, frame }: Seen, before: Frame, to: GivenTo): readonly Given[] {
  const { kind, event, from } = record
  const plain = (one: EventObject, note?: string): readonly Given[] => [{ event: to.shown(one), note }]
  if (kind === 'timer') return byTimer(event, before, to)
  if (kind === 'fault') {
    const failed = childOfSession(before, from)?.ids.at(-1) ?? failedChild(before, frame)
    return failed === undefined ? [] : plain(errorEvent(failed, (event as { readonly error?: unknown }).error))
  }
  const inner = kind === 'effect' ? childOfSession(before, from) : undefined
  if (inner === undefined) return plain(event)
  const seen = eventSeen(record, before)
  const [id = ''] = inner.ids
  if (inner.ids.length > 1) return fromChild(childCalled(before, id), seen, to)
  if (isMachineFrame(inner.child.snapshot)) return fromChild(inner, event, to)
  return isOfItsOwn(seen) ? [] : plain(seen, `from "${id}"`)
}

function byTimer(event: EventObject, before: Frame, to: GivenTo): readonly Given[] {
  const timer = timerOf(event, before)
  if (timer === undefined || typeof timer.target !== 'string') return []
  if (timer.target === '') return [{ event: to.shown(timer.event), note: 'a delay fell due' }]
  return fromChild(childOfSession(before, timer.target), timer.event, to)
}

/** What a child machine sends to its parent when it handles the event; of those further down nothing is known. */
function fromChild(inner: InnerChild | undefined, event: EventObject, to: GivenTo): readonly Given[] {
  if (inner === undefined || inner.ids.length > 1) return []
  const id = inner.ids[0] as string
  const machine = machineOf(id, inner.child, to)
  if (machine === undefined) return []
  const { scope, sent } = inertScope()
  const state = restored(machine, to.shown(toPersisted(inner.child.snapshot)))
  const { status, output, error } = machine.transition(state, to.shown(event) as never, scope)
  const upwards = sent.filter((one) => one.to === 'parent').map((one) => one.event)
  if (status === 'done') upwards.push(doneEvent(id, output))
  if (status === 'error') upwards.push(errorEvent(id, error))
  return upwards.map((one) => ({ event: to.shown(one), note: `from "${id}", for ${event.type}` }))
}

function machineOf(id: string, { src }: ChildFrame, { machine, logicOf }: GivenTo): AnyStateMachine | undefined {
  const { actors } = machine.implementations
  const named: unknown = Object.hasOwn(actors, src) ? Reflect.get(actors, src) : undefined
  return [logicOf(id), named].find(isMachine)
}

/** What only the child itself takes. */
const isOfItsOwn = ({ type }: EventObject): boolean =>
  type.startsWith('xstate.promise.') || type.startsWith('xstate.observable.')

function childCalled({ snapshot }: Frame, id: string): InnerChild | undefined {
  const child = isMachineFrame(snapshot) ? snapshot.children?.[id] : undefined
  return child && { ids: [id], child }
}

/** The child that was there, and is not any more, or has failed. */
function failedChild({ snapshot: before }: Frame, { snapshot: after }: Frame): string | undefined {
  if (!isMachineFrame(before) || !isMachineFrame(after)) return undefined
  return Object.keys(before.children ?? {}).find(
    (id) => after.children?.[id]?.session !== before.children?.[id]?.session,
  )
}

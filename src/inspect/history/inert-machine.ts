/**
 * A machine that runs without anything coming of it: no action is executed, nothing is sent, started or armed. What it would have
 * sent is told instead.
 */
import {
  type AnyActor,
  type AnyMachineSnapshot,
  type AnyStateMachine,
  createActor,
  type EventObject,
  fromTransition,
} from 'xstate'

type Scope = Parameters<AnyStateMachine['transition']>[2]

export interface InertRun {
  readonly scope: Scope
  /** XState's transition definitions, one list for each microstep that took some. */
  readonly taken: (readonly object[])[]
  /** What the machine sent to itself and to its parent at once, in its order. */
  readonly sent: { readonly to: 'self' | 'parent'; readonly event: EventObject }[]
}

export function inertScope(): InertRun {
  const taken: (readonly object[])[] = []
  const sent: InertRun['sent'] = []
  const parent = createActor(NOTHING)
  const self = createActor(NOTHING, { parent: parent as AnyActor })
  const hear = ({ type, _transitions = [] }: Told): void => {
    if (type === '@xstate.microstep' && _transitions.length > 0) taken.push(_transitions)
  }
  const system = Object.assign(self.system, { _sendInspectionEvent: hear })
  const actionExecutor = ({ type, params }: Executed): void => {
    if (type !== 'xstate.sendTo' || params === undefined || params.delay !== undefined) return
    if (params.to === self || params.to === parent)
      sent.push({ to: params.to === self ? 'self' : 'parent', event: params.event })
  }
  const nothing = (): void => {}
  const doers = { logger: nothing, defer: nothing, stopChild: nothing, emit: nothing, actionExecutor }
  const scope = { self, id: self.id, sessionId: self.sessionId, system, ...doers }
  return { scope: scope as unknown as Scope, taken, sent }
}

const NOTHING = fromTransition((state: object) => state, {})

interface Told {
  readonly type: string
  readonly _transitions?: readonly object[]
}

interface Executed {
  readonly type: string
  readonly params?: { readonly to: unknown; readonly event: EventObject; readonly delay?: number | undefined }
}

/** A persisted snapshot as XState has it, with its children, none of which is started. Throws what XState has against it. */
export function restored(machine: AnyStateMachine, persisted: Readonly<Record<string, unknown>>): AnyMachineSnapshot {
  // XState walks through a context that it restores, however large; what it looks for is in none of ours.
  const { context, ...rest } = persisted
  const snapshot = createActor(machine, { snapshot: { ...rest, context: {} } as never }).getSnapshot()
  if (snapshot.machine === undefined) throw snapshot.error
  return { ...snapshot, context } as AnyMachineSnapshot
}

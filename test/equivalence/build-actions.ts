import {
  type ActionFunction,
  type AnyActorRef,
  assign,
  cancel,
  type EventObject,
  emit,
  enqueueActions,
  raise,
  sendParent,
  sendTo,
} from 'xstate'
import type { ActionSpec, DelaySpec } from './spec.js'

export interface Context {
  readonly n: number
  /** How many more transitions on events from inside may be taken before the next one from outside. */
  readonly fuel: number
  readonly seen: readonly string[]
  readonly kids: readonly string[]
  readonly refs: Readonly<Record<string, AnyActorRef>>
  readonly peer: AnyActorRef | undefined
  readonly sibling: AnyActorRef | undefined
}

/** What a machine's actions are built against. */
export interface Place {
  /** Names in the machine's actors that may be spawned. */
  readonly spawnable: readonly string[]
  readonly hasParent: boolean
  readonly note: (id: string, text: string) => void
  /** Puts off what an effect has to say until all that started it has settled. */
  readonly answer: (answer: () => void) => void
}

// biome-ignore lint/suspicious/noExplicitAny: each type parameter is invariant, so only `any` admits every action
export type AnyAction = ActionFunction<Context, EventObject, any, any, any, any, any, any, any> | NamedAction
type NamedAction = { readonly type: string; readonly params: { readonly label: number } }

interface NoteArgs {
  readonly context: Context
  readonly event: EventObject
  readonly self: AnyActorRef
}

/** A custom action's entry in the log: where it ran, and what it saw. */
export function writeNote({ note }: Place, { context, event, self }: NoteArgs, label: string): void {
  note(self.id, `${label} n=${context.n} seen=${context.seen.join()} on ${event.type}`)
}

export function toActions(specs: readonly ActionSpec[], place: Place): AnyAction[] {
  return specs.flatMap((spec) => toAction(spec, place))
}

function toAction(spec: ActionSpec, place: Place): AnyAction[] {
  switch (spec.do) {
    case 'note':
      if (!spec.inline) return [{ type: 'note', params: { label: spec.label } }]
      return [(args: NoteArgs) => writeNote(place, args, `inline${spec.label}`)]
    case 'add':
      return [
        assign(({ context, event }) => ({
          n: (context.n + spec.by) % 8,
          seen: [...context.seen.slice(-2), event.type],
        })),
      ]
    case 'raise':
      return [...withdraw(spec.delay), raise({ type: spec.event }, later(spec.delay))]
    case 'sendSelf':
      return [...withdraw(spec.delay), sendTo(({ self }) => self, { type: spec.event }, later(spec.delay))]
    case 'cancel':
      return [cancel(spec.id)]
    case 'spawn':
      return [toSpawn(spec, place)]
    case 'stop':
      return [toStop(spec.child, place)]
    case 'tellChild':
      return [toTellChild(spec, place)]
    case 'tellParent':
      return place.hasParent ? [sendParent({ type: spec.event }, delayOf(spec.delayMs))] : []
    case 'tellSibling':
      return [toTellRef('sibling', spec)]
    case 'tellPeer':
      return [toTellRef('peer', spec)]
    case 'meetPeer':
      return [
        enqueueActions(({ context, enqueue, self }) => {
          if (context.peer) enqueue.sendTo(context.peer, { type: 'MEET', from: self })
        }),
      ]
    case 'emit':
      return [emit(({ context }) => ({ type: 'emitted', label: spec.label, n: (context as Context).n }))]
  }
}

/** In XState, what is armed twice under one id can be cancelled only until the first has fired: no id is armed twice. */
function withdraw(delay: DelaySpec | undefined): AnyAction[] {
  return delay ? [cancel(delay.id)] : []
}

function later(delay: DelaySpec | undefined): { delay?: number; id?: string } {
  return delay ? { delay: delay.ms, id: delay.id } : {}
}

function delayOf(ms: number): { delay?: number } {
  return ms > 0 ? { delay: ms } : {}
}

/** Each kid is spawned at most once in a machine's life, unless it was stopped. */
function toSpawn({ child, via, sync }: Extract<ActionSpec, { do: 'spawn' }>, place: Place): AnyAction {
  const src = place.spawnable[child % place.spawnable.length]!
  const id = kidId(child, place)
  const inputOf = ({ peer, refs }: Context) => ({ peer, sibling: Object.values(refs)[0] })
  if (via === 'assign') {
    return assign(({ context, spawn }) => {
      if (context.kids.includes(id)) return {}
      const ref: AnyActorRef = spawn(src, { id, input: inputOf(context), syncSnapshot: sync })
      return { kids: [...context.kids, id], refs: { ...context.refs, [id]: ref } }
    })
  }
  return enqueueActions(({ context, enqueue }) => {
    if (context.kids.includes(id)) return
    enqueue.spawnChild(src, { id, input: inputOf(context), syncSnapshot: sync })
    enqueue.assign({ kids: [...context.kids, id] })
  })
}

function toStop(child: number, place: Place): AnyAction {
  const id = kidId(child, place)
  return enqueueActions(({ context, enqueue }) => {
    if (!context.kids.includes(id)) return
    enqueue.stopChild(id)
    const { [id]: _, ...refs } = context.refs
    enqueue.assign({ kids: context.kids.filter((kid) => kid !== id), refs })
  })
}

function toTellChild(spec: Extract<ActionSpec, { do: 'tellChild' }>, place: Place): AnyAction {
  const id = kidId(spec.child, place)
  return enqueueActions(({ context, enqueue }) => {
    if (context.kids.includes(id)) enqueue.sendTo(id, { type: spec.event }, delayOf(spec.delayMs))
  })
}

function toTellRef(key: 'peer' | 'sibling', spec: { readonly event: string; readonly delayMs: number }): AnyAction {
  return enqueueActions(({ context, enqueue }) => {
    const ref = (context as Context)[key]
    if (ref) enqueue.sendTo(ref, { type: spec.event }, delayOf(spec.delayMs))
  })
}

export function kidId(child: number, { spawnable }: Place): string {
  return `kid${child % spawnable.length}`
}

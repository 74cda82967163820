/**
 * What goes on inside an actor in one unit, as XState tells of it: transitions that its machine took, and what the children
 * inside of it handled, however deep. There only while somebody inspects.
 *
 * 1. A child's note stands where the event reached it, before the notes of those that it wakes.
 * 2. An event that reached a child which had ended by then is not noted.
 */
import type { AnyActorLogic, EventObject } from 'xstate'
import type { InspectedChild } from '../../core/inspection.js'
import type { InspectionLike } from './cell-system.js'
import type { ChildActor, HostSnapshot } from './internals.js'

interface Note {
  readonly child: ChildActor
  event: EventObject
  readonly transitions: (readonly object[])[]
  snapshot: HostSnapshot | undefined
}

export class Probe {
  /** Those of the actor's own machine, one list for each microstep. */
  readonly transitions: (readonly object[])[] = []
  /** What a delay of the actor has sent. */
  delayed: EventObject | undefined = undefined
  readonly #notes: Note[] = []
  /** Of each child what it has not handled to the end yet, the oldest first. */
  readonly #open = new Map<object, Note[]>()

  /** `self`: of the cell, as XState sees it. */
  constructor(private readonly self: object) {}

  /** The event is about to reach a child. */
  reaches(child: ChildActor, event: EventObject): void {
    const note: Note = { child, event, transitions: [], snapshot: undefined }
    this.#notes.push(note)
    const open = this.#open.get(child)
    if (open === undefined) this.#open.set(child, [note])
    else open.push(note)
  }

  /** What XState says while the unit runs. */
  hears({ type, actorRef, event, snapshot, _transitions }: InspectionLike): void {
    if (event === undefined) return
    if (type === '@xstate.microstep') this.#stepped(actorRef, event, _transitions ?? [])
    else if (actorRef === this.self) return
    else if (type === '@xstate.event') this.#openOf(actorRef as ChildActor, event).event = event
    else if (type === '@xstate.snapshot') this.#handled(actorRef as ChildActor, event, snapshot)
  }

  #stepped(actor: object, event: EventObject, transitions: readonly object[]): void {
    const list = actor === this.self ? this.transitions : this.#openOf(actor as ChildActor, event).transitions
    if (transitions.length > 0) list.push(transitions)
  }

  #handled(child: ChildActor, event: EventObject, snapshot: HostSnapshot | undefined): void {
    const note = this.#openOf(child, event)
    note.event = event
    note.snapshot = snapshot
    this.#open.get(child)?.shift()
  }

  /** The child's event that is being handled; its start, or its end, has not been announced. */
  #openOf(child: ChildActor, event: EventObject): Note {
    if ((this.#open.get(child)?.length ?? 0) === 0) this.reaches(child, event)
    return this.#open.get(child)?.[0] as Note
  }

  /** All that the children have handled. One whose logic threw says nothing more; its failure is its snapshot. */
  children(): readonly InspectedChild[] {
    for (const [note] of this.#open.values())
      if (note?.child._snapshot.status === 'error') note.snapshot = note.child._snapshot
    return this.#notes.filter(({ snapshot }) => snapshot !== undefined).map((note) => this.#told(note))
  }

  #told({ child, event, transitions, snapshot }: Note): InspectedChild {
    const { sessionId, id, src, logic, _parent } = child
    const parent = _parent === this.self ? undefined : (_parent as ChildActor).sessionId
    return { session: sessionId, id, src: nameOf(src), parent, logic, event, snapshot, transitions }
  }
}

/** The name by which logic was invoked or spawned. XState gives inline logic a name of its own making. */
export function nameOf(src: string | AnyActorLogic): string {
  return typeof src === 'string' && !src.startsWith('xstate.invoke.') ? src : 'inline'
}

/**
 * The actors of a running system, told in the Stately inspection protocol to whoever looks.
 *
 * 1. Nobody looks, nothing is attached, nothing is read.
 * 2. A viewer is told of every actor that is there before it hears of what that does, whenever it comes: parents before those
 *    below them, machines and promises inside an actor as well.
 * 3. Only what is durable is told. Contexts and events are cleaned of secrets, and cut.
 * 4. A viewer that does not keep up is sent nothing, introductions neither, and the node keeps its pace; then it is told the newest
 *    state of what it missed.
 */
import type { EventObject } from 'xstate'
import { type ActorPath, formatAddress, idOf, parentOf } from '../../core/address.js'
import { type Cancel, type Clock, systemClock } from '../../core/clock.js'
import type { SystemEvent } from '../../core/events.js'
import type { Inspected, InspectedChild, InspectedEffect, InspectedUnit } from '../../core/inspection.js'
import type { Redaction } from '../../governance/redaction/redaction.js'
import { type InnerActor, innerActorsOf, type PlacedInnerActor } from './inner-actors.js'
import { type StatelyEvent, statelyText } from './stately-event.js'
import { type StatelySink, StatelyViewer } from './stately-viewer.js'
import { StatelyWords } from './stately-words.js'

/** What of a system is looked at. */
export interface StatelySource {
  /** Of the node. */
  readonly name: string
  actors(): AsyncIterable<{ readonly path: ActorPath; readonly logic: string; readonly status: string }>
  actor(logic: never, address: string): { getSnapshot(): unknown }
  inspect(observer: (event: Inspected) => void): { unsubscribe(): void }
  on(listener: (event: SystemEvent) => void): { unsubscribe(): void }
}

interface InnerTexts {
  readonly session: string
  readonly introduction: () => string
  readonly texts: () => readonly string[]
}

/** How often a slow viewer is looked after, in ms. */
const AGAIN_MS = 50

/** How the end of an effect is called in XState. */
const STATUS = { started: 'active', done: 'done', failed: 'error', aborted: 'stopped' } as const

export class StatelyFeed {
  readonly #viewers = new Set<StatelyViewer>()
  readonly #words: StatelyWords
  #detach: (() => void) | undefined
  #cancel: Cancel | undefined

  constructor(
    private readonly source: StatelySource,
    redaction: Redaction,
    private readonly clock: Clock = systemClock(),
  ) {
    this.#words = new StatelyWords(redaction)
  }

  /** Tells `sink` of everything from now on, beginning with who is there. The answer ends it. */
  connect(sink: StatelySink): () => void {
    const viewer = new StatelyViewer(sink)
    this.#viewers.add(viewer)
    this.#detach ??= this.#attach()
    void this.#introduceAll(viewer)
    return () => {
      this.#viewers.delete(viewer)
      if (this.#viewers.size > 0) return
      this.#cancel?.()
      this.#cancel = undefined
      this.#detach?.()
      this.#detach = undefined
    }
  }

  #attach(): () => void {
    const inspection = this.source.inspect((event) => this.#inspected(event))
    const listening = this.source.on((event) => this.#heard(event))
    return () => {
      inspection.unsubscribe()
      listening.unsubscribe()
    }
  }

  // --- who is there ---

  async #introduceAll(viewer: StatelyViewer): Promise<void> {
    try {
      for await (const { path, logic } of this.source.actors()) {
        while (!viewer.isReady && this.#viewers.has(viewer)) await this.#aWhile()
        if (!this.#viewers.has(viewer)) return
        this.#introduce(viewer, path, logic, () => this.#newest(path))
        this.#lookAgain()
      }
    } catch {
      // The system stops: there is nobody any more to tell of.
    }
  }

  #aWhile(): Promise<void> {
    return new Promise((resolve) => this.clock.schedule(resolve, AGAIN_MS))
  }

  #introduce(viewer: StatelyViewer, path: ActorPath, logic: string, snapshotOf: () => object | undefined): void {
    if (viewer.knows(path)) return
    const parent = parentOf(path)
    if (parent !== undefined && !viewer.knows(parent)) this.#introduce(viewer, parent, '', () => this.#newest(parent))
    let snapshot: object | undefined
    const isKnown = viewer.introduce(path, () => {
      snapshot = snapshotOf()
      const machine = (snapshot as { readonly machine?: object } | undefined)?.machine
      const definition = this.#words.definition(machine, logic || idOf(path))
      return this.#actorText(path, parent, idOf(path), definition, snapshot)
    })
    if (isKnown) this.#introduceInner(viewer, innerActorsOf(snapshot, path))
  }

  #introduceInner(viewer: StatelyViewer, within: Iterable<PlacedInnerActor>): void {
    for (const { actor, parent } of within) {
      const { sessionId, id, logic } = actor
      if (viewer.knows(sessionId)) continue
      viewer.introduce(sessionId, () => {
        const definition = this.#words.definition(logic, nameOf(actor))
        return this.#actorText(sessionId, parent, id, definition, actor.getSnapshot())
      })
    }
  }

  /** As it is now; undefined where it can't be read. */
  #newest(path: ActorPath): object | undefined {
    try {
      return this.source.actor('' as never, formatAddress(this.source.name, path)).getSnapshot() as object | undefined
    } catch {
      return undefined
    }
  }

  // --- what they do ---

  #inspected(event: Inspected): void {
    if (event.type === 'unit') this.#unit(event)
    else if (event.type === 'effect') this.#effect(event)
    else if (event.type === 'presence' && event.is === 'deleted')
      for (const viewer of this.#viewers) viewer.forget(event.path)
  }

  #unit(unit: InspectedUnit): void {
    const { path, logic, kind, from, event, before, snapshot } = unit
    const texts = once(() => [this.#eventText(path, from, event), this.#snapshotText(path, event, snapshot)])
    const inside = unit.inner.map((inner) => this.#innerTexts(path, inner))
    const within = [...innerActorsOf(snapshot, path)]
    const present = new Set(within.map(({ actor }) => actor.sessionId))
    for (const viewer of this.#viewers) {
      if (kind === 'start') viewer.forget(path)
      this.#introduce(viewer, path, logic, () => before ?? snapshot)
      this.#introduceInner(viewer, within)
      for (const { session, introduction, texts: told } of inside) {
        if (!viewer.knows(session)) viewer.introduce(session, introduction)
        viewer.tell(session, told)
      }
      viewer.tell(path, texts)
      viewer.keepInside(path, present)
    }
    this.#lookAgain()
  }

  /** What went on in a child inside the actor; one that is gone again is in no snapshot. */
  #innerTexts(path: ActorPath, { session, parent = path, id, logic, event, snapshot }: InspectedChild): InnerTexts {
    return {
      session,
      introduction: once(() => this.#actorText(session, parent, id, this.#words.definition(logic, id), snapshot)),
      texts: once(() => [this.#eventText(session, parent, event), this.#snapshotText(session, event, snapshot)]),
    }
  }

  #effect({ path, effectId, id, src, status }: InspectedEffect): void {
    const event = { type: status === 'failed' ? `xstate.error.actor.${id}` : `xstate.done.actor.${id}` }
    const introduction = (): string =>
      this.#actorText(effectId, path, id, this.#words.definition(undefined, src), { status: 'active' })
    for (const viewer of this.#viewers) {
      this.#introduce(viewer, path, '', () => this.#newest(path))
      if (!viewer.knows(effectId)) viewer.introduce(effectId, introduction)
      if (status !== 'started')
        viewer.tell(effectId, () => [this.#snapshotText(effectId, event, { status: STATUS[status] })])
    }
    this.#lookAgain()
  }

  /** What fails has no unit. */
  #heard(event: SystemEvent): void {
    if (event.type !== 'actorFailed') return
    const { path } = event
    for (const viewer of this.#viewers) {
      this.#introduce(viewer, path, '', () => this.#newest(path))
      viewer.tell(path, () => {
        const { value, context } = (this.#newest(path) ?? {}) as {
          readonly value?: unknown
          readonly context?: unknown
        }
        const failed = { status: 'error', value, context, error: event.error }
        return [this.#snapshotText(path, { type: 'xstate.error' }, failed)]
      })
    }
    this.#lookAgain()
  }

  // --- who was slow ---

  #lookAgain(): void {
    if (this.#cancel !== undefined || ![...this.#viewers].some(({ missed }) => missed.size > 0)) return
    this.#cancel = this.clock.schedule(() => {
      this.#cancel = undefined
      for (const viewer of this.#viewers) this.#catchUp(viewer)
      this.#lookAgain()
    }, AGAIN_MS)
  }

  #catchUp(viewer: StatelyViewer): void {
    for (const session of viewer.missed) {
      if (!viewer.isReady) return
      const snapshot = this.#stateOf(session)
      const isNews = viewer.knows(session) && snapshot !== undefined
      viewer.catchUp(session, isNews ? this.#snapshotText(session, { type: 'roscius.missed' }, snapshot) : undefined)
      if (snapshot !== undefined && !session.includes('#')) this.#introduceMissed(viewer, session, snapshot)
    }
  }

  /** The actor and who is inside of it now, as far as the viewer does not know of them. */
  #introduceMissed(viewer: StatelyViewer, path: ActorPath, snapshot: object): void {
    this.#introduce(viewer, path, '', () => snapshot)
    this.#introduceInner(viewer, innerActorsOf(snapshot, path))
  }

  /** Of an actor, or of a child inside of one; undefined if it is gone. */
  #stateOf(session: string): object | undefined {
    const [path = ''] = session.split('#')
    const snapshot = this.#newest(path)
    if (path === session) return snapshot
    for (const { actor } of innerActorsOf(snapshot, path)) if (actor.sessionId === session) return actor.getSnapshot()
    return { status: 'stopped' }
  }

  // --- texts ---

  #actorText(
    session: string,
    parentId: string | undefined,
    name: string,
    definition: string,
    snapshot: object | undefined,
  ): string {
    return this.#text({
      type: '@xstate.actor',
      ...ids(session),
      parentId,
      name,
      definition,
      snapshot: this.#words.snapshot(snapshot),
    })
  }

  #eventText(session: string, sourceId: string | undefined, event: EventObject): string {
    return this.#text({ type: '@xstate.event', ...ids(session), sourceId, event: this.#words.event(event) })
  }

  #snapshotText(session: string, event: EventObject, snapshot: object | undefined): string {
    return this.#text({
      type: '@xstate.snapshot',
      ...ids(session),
      event: this.#words.event(event),
      snapshot: this.#words.snapshot(snapshot),
    })
  }

  #text(event: StatelyEvent): string {
    return statelyText(event, this.clock.now())
  }
}

/** A child's session is that of its cell and a number. */
function ids(session: string): { readonly sessionId: string; readonly rootId: string } {
  const [rootId = session] = session.split(/[/#]/, 1)
  return { sessionId: session, rootId }
}

function nameOf({ src, id }: InnerActor): string {
  return typeof src === 'string' ? src : id
}

/** Several viewers are sent the same text. */
function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined
  return () => {
    made ??= { value: make() }
    return made.value
  }
}

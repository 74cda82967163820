/**
 * An actor of this node that a peer observes over one connection, with all its subscriptions: it is observed once, and read
 * and encoded once for all of them.
 */
import type { EventObject } from 'xstate'
import type { ActorPath } from '../../core/address.js'
import type { SubscribeFrame } from '../protocol/frames.js'
import type { EmittedQueue } from './emitted-queue.js'
import type { CommittedState, LocalActors } from './local-actors.js'

/** One subscription of the peer. */
export interface Publication {
  readonly subscription: number
  readonly topic: Topic
  readonly subject: SubscribeFrame['subject']
  readonly queue: EmittedQueue
  /** There is a snapshot that was not sent. Which one is found out when it can be. */
  isDirty: boolean
}

/** Who is told of what a topic hears. */
export interface TopicOwner {
  changed(topic: Topic): void
  emitted(topic: Topic, event: EventObject): void
  ended(topic: Topic): void
}

export class Topic {
  readonly publications = new Set<Publication>()
  hasEnded = false
  #last: CommittedState | undefined
  #stopObserving: (() => void) | undefined
  #stopEmitted: (() => void) | undefined

  constructor(
    readonly path: ActorPath,
    private readonly actors: LocalActors,
    private readonly owner: TopicOwner,
  ) {}

  /** Throws what the node's actors throw; then nothing is observed. */
  add(publication: Publication): void {
    this.publications.add(publication)
    if (!this.hasEnded && publication.subject !== 'snapshots') this.#stopEmitted ??= this.#listen()
    if (!this.hasEnded) this.#stopObserving ??= this.#observe()
  }

  remove(publication: Publication): void {
    this.publications.delete(publication)
    if (this.publications.size === 0) this.stop()
  }

  /** The newest committed state; after the end the last. */
  state(): CommittedState | undefined {
    return this.#last ?? this.actors.persisted(this.path)
  }

  stop(): void {
    this.#stopObserving?.()
    this.#stopEmitted?.()
    this.#stopObserving = undefined
    this.#stopEmitted = undefined
  }

  #listen(): () => void {
    return this.actors.on(this.path, (event) => this.owner.emitted(this, event))
  }

  #observe(): () => void {
    return this.actors.observe(
      this.path,
      () => this.owner.changed(this),
      (last) => this.#end(last),
    )
  }

  #end(last: CommittedState | undefined): void {
    if (this.hasEnded) return
    this.hasEnded = true
    this.#last = last
    this.stop()
    this.owner.ended(this)
  }
}

/**
 * What `system.inspect(observer)` tells: each event that an actor has handled, with what came of it, each commit, the beginning
 * and end of each effect, and who leaves. Told when it is durable, in the order in which it happened; of a unit that failed,
 * supervision tells (`system.on`).
 *
 * The snapshots are those that the actors live with: to be read, at once or kept, and never changed.
 */
import type { EventObject } from 'xstate'
import type { ActorPath } from './address.js'

/** A record of an actor of this node. */
export interface RecordRef {
  readonly path: ActorPath
  readonly seqNr: number
}

export interface InspectedUnit {
  readonly type: 'unit'
  readonly path: ActorPath
  /** Its logic's name in the logic table. */
  readonly logic: string
  /** Its sequence number after the event. */
  readonly seqNr: number
  readonly kind: 'start' | 'event' | 'timer' | 'effect' | 'fault' | 'resume' | 'stop'
  /** As in the journal; of a delay the event that was delayed. */
  readonly event: EventObject
  /** Session of the child inside the actor that the event was for; undefined if it was for the actor itself. */
  readonly child: string | undefined
  /** Path or address of the sender, where it was an actor. */
  readonly from: string | undefined
  /** The record of this node in which it was sent. */
  readonly cause: RecordRef | undefined
  readonly outcome: 'handled' | 'ignored' | 'deferred'
  readonly status: 'active' | 'done' | 'stopped' | 'failed' | 'restarting'
  /** XState's snapshot before and after; equal where nothing has changed. `before` is undefined at a start. */
  readonly before: object | undefined
  readonly snapshot: object | undefined
  /** XState's transition definitions that were taken, one list for each microstep. */
  readonly transitions: readonly (readonly object[])[]
  /** What went on in the machines inside of it: invoked and spawned children that are no actors of their own. */
  readonly inner: readonly InspectedChild[]
  readonly sent: readonly { readonly to: string; readonly event: EventObject }[]
  readonly spawned: readonly ActorPath[]
  /** How many events wait, and are deferred; timers that are armed; effects that run: after the unit. */
  readonly mailbox: number
  readonly stash: number
  readonly timers: number
  readonly effects: number
  /** Wall clock at its beginning, and how long it took, in ms. */
  readonly atMs: number
  readonly ms: number
  /** Numbers of the turn and of the commit that it was part of; they count from 1 at each start of the node. */
  readonly turn: number
  readonly commit: number
}

/** An event that a child inside an actor has handled (or its start). */
export interface InspectedChild {
  /** Session of the child: the same for as long as it lives. */
  readonly session: string
  readonly id: string
  readonly src: string
  /** Session of the machine that invoked or spawned it; undefined if that is the actor itself. */
  readonly parent: string | undefined
  readonly logic: object
  readonly event: EventObject
  readonly snapshot: object | undefined
  readonly transitions: readonly (readonly object[])[]
}

export interface InspectedCommit {
  readonly type: 'commit'
  readonly commit: number
  /** Units in it, and operations on the store. */
  readonly units: number
  readonly operations: number
  readonly bytes: number
  readonly isSynced: boolean
  readonly atMs: number
  /** How long the store took. */
  readonly ms: number
}

export interface InspectedEffect {
  readonly type: 'effect'
  readonly path: ActorPath
  /** The same over crashes and restarts. */
  readonly effectId: string
  /** Its id in the statechart. */
  readonly id: string
  /** The name of its logic, or `inline`. */
  readonly src: string
  readonly attempt: number
  /** `started` after its commit; `aborted`: by its actor, a stop or a crash of that. */
  readonly status: 'started' | 'done' | 'failed' | 'aborted'
  readonly atMs: number
  /** How long it ran; undefined at its start. */
  readonly ms: number | undefined
}

/**
 * An actor was `loaded` into memory, has left it and is `stored` until its next event, or it and its records are `deleted`: also a
 * volatile one that had ended, when its end is forgotten. Its start is told as a unit alone.
 */
export interface InspectedPresence {
  readonly type: 'presence'
  readonly path: ActorPath
  readonly is: 'loaded' | 'stored' | 'deleted'
  readonly atMs: number
}

export type Inspected = InspectedUnit | InspectedCommit | InspectedEffect | InspectedPresence

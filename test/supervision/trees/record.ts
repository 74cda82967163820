/** What is known of one trial when it is over: the input of every check, and nothing but data. */
import type { ActorNode, SystemEvent } from 'roscius'
import type { LeafEvent } from './leaf.js'
import type { Branch } from './tree.js'

export type Status = ActorNode['status']

/** Something that was seen, in the order in which it was. */
export type Sight =
  /** A leaf runs from its callback's start to the clean-up; `run` tells one run from the next. */
  | { readonly kind: 'begins'; readonly path: string; readonly run: number }
  | { readonly kind: 'ends'; readonly path: string; readonly run: number; readonly reason: string }
  /** An effect that settles runs until it does, or until it is aborted. */
  | { readonly kind: 'calls'; readonly effectId: string; readonly run: number }
  | { readonly kind: 'returns'; readonly effectId: string; readonly run: number }
  /** An action of the transition that took the event was run. */
  | { readonly kind: 'handled'; readonly n: number }
  | { readonly kind: 'told'; readonly event: SystemEvent }
  /** The process has crashed, and all that ran in it is gone. */
  | { readonly kind: 'crashed' }
  /** What the store held before the system was opened on it again. */
  | { readonly kind: 'reopened'; readonly stored: ReadonlyMap<string, Pick<Resting, 'status' | 'value'>> }

export type Seen = Sight & { readonly atMs: number }

/** One event from outside, and what was answered. */
export interface Telling {
  readonly path: string
  readonly event: LeafEvent
  /** Path of the leaf that `PASS` sends on to. */
  readonly to: string | undefined
  /** `handled`, `ignored`, `deferred`, or the code of the error; undefined as long as nothing was. */
  answer: string | undefined
}

/** An actor as it is after the quiet. */
export interface Resting {
  readonly status: Status
  readonly value: unknown
  readonly error: string | undefined
  readonly mailbox: number
  readonly stash: number
  /** Of a leaf that is alive: the numbers of the events that its state says it handled. */
  readonly got: readonly number[] | undefined
}

export interface TrialRecord {
  readonly root: Branch
  readonly log: readonly Seen[]
  readonly tellings: readonly Telling[]
  readonly end: ReadonlyMap<string, Resting>
  readonly crashes: number
  readonly powerLoss: boolean
  /** Why the trial could not be brought to its end, if it could not. */
  readonly stuck: string | undefined
}

export interface Breach {
  /** Which property was broken. */
  readonly what: string
  readonly message: string
}

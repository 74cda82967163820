/**
 * One of the ways to run agents that are measured side by side, Roscius among them.
 *
 * A peer does each work in its own idiom, as its documentation tells, with the settings under which it keeps what the work
 * is about. What it doesn't offer, or doesn't promise, it says: nothing is left out silently.
 */
import type { Service } from '../harness/second-process.js'
import type { Site } from './site.js'
import type { CrashService } from './works/crash.js'
import type { FailureService } from './works/failure.js'
import type { GrowingService } from './works/growing.js'
import type { RemoteService } from './works/remote.js'
import type { SleepService } from './works/sleep.js'
import type { StepService } from './works/step.js'

export interface Peer {
  /** As `--only` names it. */
  readonly id: string
  /** As its users name it. */
  readonly name: string
  /** What it keeps where, with which settings. */
  readonly settings: string
  /** Whether it can be had here; installs what it needs from Debian where it may. */
  available(): Promise<Availability>
  readonly works: Works
}

type Works = { readonly [Name in WorkName]: Taken<Services[Name]> | Declined | Elsewhere }

/** The versions of all that it consists of, or what is missing on this machine. */
export type Availability = { readonly versions: Readonly<Record<string, string>> } | { readonly missing: string }

/** What each work asks of the process that holds a peer's agents. */
export interface Services {
  readonly step: StepService
  readonly growing: GrowingService
  readonly sleep: SleepService
  readonly crash: CrashService
  readonly failure: FailureService
  readonly remote: RemoteService
}

export type WorkName = keyof Services

/** A work that a peer does. */
export interface Taken<TService extends Service> {
  readonly promise: Promised
  /** What it does not promise on this work; empty if nothing is missing of what the work asks. */
  readonly lacks: string
  /** Sets it up with its data below `folder`, servers and all; its agents' process isn't started yet. */
  open(folder: string): Promise<Site<TService>>
}

/** Why a peer doesn't do a work. */
export interface Declined {
  readonly declined: string
}

/** It would do the work just as another peer does, by whose `id` it is found. */
export interface Elsewhere {
  readonly elsewhere: string
}

/**
 * Which promise stands behind an answer: what it tells is on the disk (`durable`); on the disk, but in a file that a crash during
 * the next writing may tear (`tearable`); with the operating system (`written`); or in the process (`memory`).
 */
export type Promised = 'durable' | 'tearable' | 'written' | 'memory'

/** All works, for the same reason not done: those that are, take their places. */
export function none(why: Declined | Elsewhere): Works {
  return { step: why, growing: why, sleep: why, crash: why, failure: why, remote: why }
}

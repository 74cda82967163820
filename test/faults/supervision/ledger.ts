/**
 * The ledger of the supervision suite: an append-only file to which the process that is killed writes what it asks for, what
 * it is told and what its actors are seen to do. It survives every kill; the system under test never reads it.
 */
import { LineFile, readLines } from '../line-file.js'
import type { Step } from './steps.js'

/** One actor as `system.tree()` gave it. */
export interface Seen {
  readonly path: string
  readonly status: string
  readonly value: unknown
  readonly mailbox: number
  readonly stash: number
}

/** One record of a journal. */
export interface Entry {
  readonly kind: string
  readonly key: string | undefined
  readonly event: { readonly type: string; readonly [field: string]: unknown }
  readonly time: number
}

/** What was handled according to a leaf's own context. */
export interface Handled {
  readonly got: readonly string[]
  readonly woke: readonly string[]
  readonly called: readonly string[]
}

export interface Letter {
  readonly path: string
  readonly reason: string
  readonly n: string | undefined
}

/** What is there when all has come to rest. */
export interface Rest {
  readonly journals: Readonly<Record<string, readonly Entry[]>>
  readonly contexts: Readonly<Record<string, Handled>>
  readonly letters: readonly Letter[]
  /** Records of work in progress that should be gone. */
  readonly leftovers: readonly string[]
  readonly damages: readonly string[]
}

export type Line =
  | { readonly t: 'life'; readonly life: number }
  | { readonly t: 'asked'; readonly n: string; readonly step: Step }
  /** `answer` is `ok`, or the code of the error and the reason of a dead letter. */
  | { readonly t: 'answered'; readonly n: string; readonly answer: string }
  /** Something is about to throw; `at` in wall-clock ms. */
  | { readonly t: 'threw'; readonly what: string; readonly path: string; readonly at: number }
  /** A leaf runs from here on. */
  | { readonly t: 'begin'; readonly path: string; readonly life: number; readonly at: number }
  | { readonly t: 'end'; readonly path: string; readonly life: number }
  /** An attempt of an effect that ignores its signal. */
  | {
      readonly t: 'call'
      readonly n: string
      readonly effectId: string
      readonly attempt: number
      readonly life: number
    }
  /** A plain action, which is run at most once. */
  | { readonly t: 'noted'; readonly n: string; readonly path: string; readonly life: number }
  | { readonly t: 'told'; readonly event: string; readonly path: string; readonly delayMs?: number }
  /** The tree after a recovery, or at rest. */
  | { readonly t: 'picture'; readonly life: number; readonly isAtRest: boolean; readonly actors: readonly Seen[] }
  | { readonly t: 'rest'; readonly rest: Rest }
  | { readonly t: 'breach'; readonly invariant: string; readonly message: string; readonly life: number }

export class Ledger extends LineFile<Line> {}

export const readLedger = (path: string): Line[] => readLines<Line>(path)

/** The count at the end: what was handed out, against what was done, by each one's own account. */
import type { Deed } from './ledger.js'

export interface Accounts {
  /** The foreman's: the jobs of each worker, and the reports that came to him. */
  readonly handedOut: Readonly<Record<string, readonly number[]>>
  readonly reported: readonly number[]
  /** The workers'. */
  readonly done: Readonly<Record<string, readonly number[]>>
  /** The world's. */
  readonly deeds: readonly Deed[]
  /** Dead letters of both nodes. */
  readonly deadLetters: number
}

export interface Row {
  readonly worker: string
  readonly handedOut: number
  readonly done: number
  readonly reported: number
  /** Done or reported more than once. */
  readonly twice: number
  /** Handed out, and not done or not reported. */
  readonly lost: number
}

export interface Verdict {
  readonly rows: readonly Row[]
  readonly total: Row
  /** How often work was begun, and how many effect ids there are. */
  readonly begun: number
  readonly effects: number
  readonly deadLetters: number
  readonly isRight: boolean
}

export function verdictOf(accounts: Accounts, jobs: number): Verdict {
  const { handedOut, deeds, deadLetters } = accounts
  const rows = Object.keys(handedOut).map((worker) => rowOf(worker, accounts))
  const total = rows.reduce(added, { worker: 'all', handedOut: 0, done: 0, reported: 0, twice: 0, lost: 0 })
  const effects = new Set(deeds.map(({ effectId }) => effectId)).size
  const isRight =
    [total.handedOut, total.done, total.reported, effects].every((count) => count === jobs) &&
    total.twice + total.lost + deadLetters === 0
  return { rows, total, begun: deeds.length, effects, deadLetters, isRight }
}

function rowOf(worker: string, accounts: Accounts): Row {
  const handedOut = accounts.handedOut[worker] ?? []
  const done = accounts.done[worker] ?? []
  const reported = accounts.reported.filter((job) => handedOut.includes(job))
  return {
    worker,
    handedOut: handedOut.length,
    done: done.length,
    reported: reported.length,
    twice: new Set([...repeatsIn(done), ...repeatsIn(reported)]).size,
    lost: handedOut.filter((job) => !done.includes(job) || !reported.includes(job)).length,
  }
}

function repeatsIn(jobs: readonly number[]): readonly number[] {
  return jobs.filter((job, index) => jobs.indexOf(job) < index)
}

function added(a: Row, b: Row): Row {
  return {
    worker: a.worker,
    handedOut: a.handedOut + b.handedOut,
    done: a.done + b.done,
    reported: a.reported + b.reported,
    twice: a.twice + b.twice,
    lost: a.lost + b.lost,
  }
}

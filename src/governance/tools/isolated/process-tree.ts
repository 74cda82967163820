/**
 * The processes that a call has started: found in `/proc`, measured, killed.
 *
 * 1. One belongs to a call if it is in the group or session of the call's process, if it descends from one that does, or if
 *    it was given the call's mark in its environment: so a daemon that has left its group and its parents is found as well.
 *    None is older than the call's process.
 * 2. What stays in the group can't escape. What has left it can, if it starts a next one and ends, faster than one can look.
 * 3. Where there is no `/proc`, none are found; the group is killed all the same.
 */
import { readdirSync, readFileSync } from 'node:fs'

/** The name of the mark in the environment. */
export const MARK = 'ROSCIUS_CALL'

interface ProcessRow {
  readonly pid: number
  readonly parent: number
  readonly group: number
  readonly session: number
  /** In clock ticks since the machine was started. */
  readonly startedAt: number
}

export class ProcessTree {
  readonly #startedAt: number
  /** When each that was killed had started. It is kin until it is gone, also without the parent that it was known by. */
  readonly #killed = new Map<number, number>()

  constructor(
    /** The call's process. It must have been started just now, as the first of its group. */
    private readonly root: number,
    private readonly mark: string,
  ) {
    this.#startedAt = rowOf(root)?.startedAt ?? 0
  }

  /** The memory that the call's processes hold together, in bytes. Pages that they share count for each. */
  get residentBytes(): number {
    return this.#find().reduce((sum, { pid }) => sum + residentBytesOf(pid), 0)
  }

  /**
   * Kills the call's group, all of it at once, and every other process of the call that can be found. Answers whether there
   * were any: one of those may have started another one meanwhile, and takes its time to go.
   */
  kill(): boolean {
    const rows = this.#find({ byMark: true })
    for (const { pid, startedAt } of rows) this.#killed.set(pid, startedAt)
    // Windows knows no groups.
    kill(process.platform === 'win32' ? this.root : -this.root)
    for (const { pid } of rows) kill(pid)
    return rows.length > 0
  }

  #find({ byMark = false } = {}): ProcessRow[] {
    const rows = processTable().filter(({ startedAt }) => startedAt >= this.#startedAt)
    const found = new Set(rows.filter((row) => this.#isKin(row) || (byMark && isMarked(row.pid, this.mark))))
    for (let size = -1; size !== found.size; ) {
      size = found.size
      const pids = new Set([...found].map(({ pid }) => pid))
      for (const row of rows) if (pids.has(row.parent)) found.add(row)
    }
    return [...found]
  }

  #isKin({ pid, group, session, startedAt }: ProcessRow): boolean {
    return [pid, group, session].includes(this.root) || this.#killed.get(pid) === startedAt
  }
}

/** Whether there is a process of this pid that has not ended. Always false where there is no `/proc`. */
export function isRunning(pid: number): boolean {
  return rowOf(pid) !== undefined
}

function processTable(): ProcessRow[] {
  return pids().flatMap((pid) => rowOf(pid) ?? [])
}

function pids(): number[] {
  try {
    return readdirSync('/proc').map(Number).filter(Number.isInteger)
  } catch {
    return []
  }
}

/** Undefined for a process that has ended, even if its parent has not fetched it yet. */
function rowOf(pid: number): ProcessRow | undefined {
  // The name comes in brackets and may contain anything, brackets too.
  const stat = read(pid, 'stat')
  const [state, parent, group, session, ...rest] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  if (session === undefined || state === 'Z' || state === 'X') return undefined
  return { pid, parent: Number(parent), group: Number(group), session: Number(session), startedAt: Number(rest[15]) }
}

function isMarked(pid: number, mark: string): boolean {
  return `\0${read(pid, 'environ')}`.includes(`\0${MARK}=${mark}\0`)
}

function residentBytesOf(pid: number): number {
  const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(read(pid, 'status'))?.[1]
  return 1_024 * Number(kilobytes ?? 0)
}

/** Empty for a process that has ended, or is another user's. */
function read(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'latin1')
  } catch {
    return ''
  }
}

/** A process that has ended meanwhile is no matter. */
function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {}
}

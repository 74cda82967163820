import type { WorkerRef } from './worker.js'

/** The workers that have asked for a file, by id, and what each has in hand. */
export type Crew = Readonly<Record<string, Member>>

interface Member {
  readonly worker: WorkerRef
  /** The file that it was given and has not reported on; null for none. */
  readonly path: string | null
}

/** A worker asks for a file. One that has a file in hand has lost it, with its memory: it keeps the claim. */
export function enlist(crew: Crew, worker: WorkerRef): Crew {
  return { ...crew, [worker.id]: { worker, path: pathOf(crew, worker) } }
}

/** The worker has nothing in hand any more. */
export function free(crew: Crew, worker: WorkerRef): Crew {
  return { ...crew, [worker.id]: { worker, path: null } }
}

/** What the worker has in hand; null for nothing. */
export function pathOf(crew: Crew, worker: WorkerRef): string | null {
  return crew[worker.id]?.path ?? null
}

export interface HandedOut {
  readonly crew: Crew
  readonly next: number
  readonly orders: readonly { readonly worker: WorkerRef; readonly path: string }[]
}

/** Gives each of `ids` the file that it has in hand, or else the next of `files`, of which `next` says which. */
export function handOut(crew: Crew, ids: readonly string[], files: readonly string[], next: number): HandedOut {
  const orders: { worker: WorkerRef; path: string }[] = []
  const changed = { ...crew }
  let at = next
  for (const id of ids) {
    const member = crew[id]
    const path = member?.path ?? files[at]
    if (member === undefined || path === undefined) continue
    if (member.path === null) at += 1
    changed[id] = { ...member, path }
    orders.push({ worker: member.worker, path })
  }
  return { crew: changed, next: at, orders }
}

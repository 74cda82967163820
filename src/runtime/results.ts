/** What actors end with: `ref.result()`, for those that have ended and those that are still to. */
import type { Observer } from 'xstate'
import type { ActorPath } from '../core/address.js'
import { RosciusError } from '../core/errors.js'
import type { JournalReader } from '../persistence/journal.js'
import type { Head } from '../persistence/records.js'
import type { Cell } from './cell.js'
import type { Extensions } from './extensions.js'
import type { InspectionTap } from './inspection-tap.js'
import { notFound } from './past.js'

export interface ResultPort {
  readonly cells: ReadonlyMap<ActorPath, Cell>
  readonly reading: { observe(path: ActorPath, observer: Observer<unknown>): unknown }
  readonly journalReader: JournalReader
  readonly extensions: Extensions
  readonly tap: InspectionTap
  forget(cell: Cell): void
  /** Throws why the system has stopped. */
  assertRunning(): void
}

/** How many ended volatile actors keep their result for those who ask later. */
const MAX_REMEMBERED = 1_000

export class Results {
  /** Ended volatile actors, whose state is nowhere else. */
  readonly #remembered = new Map<ActorPath, Cell>()
  readonly #waiting = new Set<(error: unknown) => void>()

  constructor(private readonly node: ResultPort) {}

  /** The output when it is done; rejects with the failure, or `ACTOR_STOPPED`. */
  of(path: ActorPath): Promise<unknown> {
    return new Promise((resolve, reject) => {
      this.node.assertRunning()
      const head = this.node.journalReader.head(path)
      const cell = this.node.cells.get(path)
      if (head === undefined && cell === undefined) throw notFound(path)
      const status = statusOf(cell, head)
      if (status === 'done') resolve(cell?.snapshot?.output ?? outputOf(head))
      else if (status === 'failed') reject(head?.failure?.error ?? cell?.snapshot?.error)
      else if (status === 'stopped') reject(stoppedError(path))
      else this.#waitForEnd(path, resolve, reject)
    })
  }

  #waitForEnd(path: ActorPath, resolve: (output: unknown) => void, reject: (error: unknown) => void): void {
    let output: unknown
    let isDone = false
    const observer: Observer<unknown> = {
      next: (snapshot) => {
        const { status, output: value } = snapshot as { status: string; output: unknown }
        isDone = status === 'done'
        output = value
      },
      error: (error) => {
        this.#waiting.delete(reject)
        reject(error)
      },
      complete: () => {
        this.#waiting.delete(reject)
        if (isDone) resolve(output)
        else reject(stoppedError(path))
      },
    }
    this.#waiting.add(reject)
    this.node.reading.observe(path, observer)
  }

  /** Keeps the cell of a volatile actor that has ended. */
  remember(cell: Cell): void {
    this.#remembered.delete(cell.path)
    this.#remembered.set(cell.path, cell)
    if (this.#remembered.size <= MAX_REMEMBERED) return
    const [oldest] = this.#remembered.values()
    if (oldest === undefined) return
    this.#remembered.delete(oldest.path)
    // Unless there is a new actor of that path.
    if (this.node.cells.get(oldest.path) === oldest) this.node.extensions.forgotten(oldest.path)
    this.node.forget(oldest)
    if (!this.node.cells.has(oldest.path)) this.node.tap.left(oldest.path, 'deleted')
  }

  forget(path: ActorPath): void {
    this.#remembered.delete(path)
  }

  /** The node has stopped: whoever waits is told. */
  rejectAll(error: RosciusError): void {
    for (const reject of this.#waiting) reject(error)
    this.#waiting.clear()
  }
}

/** What counts is what is committed: the head, as long as the cell's own end is on its way. */
function statusOf(cell: Cell | undefined, head: Head | undefined): Cell['status'] {
  if (cell === undefined || (cell.uncommitted === 0 && cell.status !== 'active')) return head?.status ?? endOf(cell)
  return cell.uncommitted === 0 ? cell.status : 'active'
}

const endOf = (cell: Cell | undefined): Cell['status'] => cell?.status ?? 'active'

function outputOf(head: Head | undefined): unknown {
  return (head?.frame as { readonly snapshot: { readonly output: unknown } } | undefined)?.snapshot.output
}

export function stoppedError(path: ActorPath): RosciusError {
  return new RosciusError('ACTOR_STOPPED', `${path} was stopped before it was done.`, { address: path })
}

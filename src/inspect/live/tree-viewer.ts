/**
 * One viewer of all actors: first the whole picture, in pieces, then what has changed.
 *
 * 1. Four frames a second at most. A frame holds what has changed since the last one: what changed ten times is in it once.
 * 2. For a viewer that does not read, paths are kept, not rows: never more of them than there are actors.
 * 3. What changes while the first picture is sent comes after it.
 */
import type { ActorPath } from '../../core/address.js'
import type { Clock } from '../../core/clock.js'
import { Pacer } from './pacer.js'
import type { Roster } from './roster.js'
import type { ActorRow } from './shapes.js'
import type { Sink, Viewer } from './sink.js'
import { isAtOrBelow } from './timeline-viewer.js'

const FLUSH_MS = 250
/** Between two pieces of the first picture. */
const PIECE_MS = 10
const MAX_FRAME = 500
/** How long making one frame may hold the thread. */
const ROUND_MS = 8

export class TreeViewer implements Viewer {
  readonly #changed = new Set<ActorPath>()
  readonly #pacer: Pacer
  readonly #ending: () => void
  /** What of the first picture is still to be sent. */
  #first: ActorPath[] | undefined

  constructor(
    private readonly roster: Roster,
    private readonly sink: Sink,
    private readonly under: ActorPath | undefined,
    clock: Clock,
  ) {
    this.#pacer = new Pacer(clock, PIECE_MS, () => this.#flush())
    this.#ending = roster.onChange((path) => this.#note(path))
    roster.built.then(
      () => this.#begin(),
      () => this.close(),
    )
  }

  close(): void {
    this.#ending()
    this.#pacer.stop()
  }

  #begin(): void {
    this.#changed.clear()
    this.#first = this.roster.paths().filter((path) => this.#isMeant(path))
    this.#pacer.mark()
  }

  #note(path: ActorPath): void {
    if (!this.#isMeant(path)) return
    this.#changed.add(path)
    if (this.#first?.length === 0) this.#pacer.mark()
  }

  #isMeant(path: ActorPath): boolean {
    return this.under === undefined || isAtOrBelow(path, this.under)
  }

  #flush(): boolean {
    const { sink } = this
    if (this.#first === undefined || !sink.ready()) return this.#first !== undefined
    if (this.#first.length > 0 || !this.#hasBegun) return this.#sendFirst(this.#first)
    const { rows, gone } = this.#take(this.#changed)
    if (rows.length + gone.length > 0) sink.send({ kind: 'rows', rows, gone, isFirst: false, isWhole: true })
    return this.#changed.size > 0
  }

  #hasBegun = false

  #sendFirst(left: ActorPath[]): boolean {
    this.#hasBegun = true
    const piece = new Set(left)
    const { rows } = this.#take(piece)
    this.#first = [...piece]
    const isWhole = piece.size === 0
    this.sink.send({ kind: 'rows', rows, gone: [], isFirst: true, isWhole })
    if (isWhole) this.#pacer.pace(FLUSH_MS)
    return !isWhole || this.#changed.size > 0
  }

  /** Takes out of `paths` as many as fit into a frame. */
  #take(paths: Set<ActorPath>): { readonly rows: ActorRow[]; readonly gone: ActorPath[] } {
    const startMs = performance.now()
    const rows: ActorRow[] = []
    const gone: ActorPath[] = []
    for (const path of paths) {
      if (rows.length + gone.length >= MAX_FRAME || performance.now() - startMs > ROUND_MS) break
      paths.delete(path)
      const row = this.roster.row(path)
      if (row === undefined) gone.push(path)
      else rows.push(row)
    }
    return { rows, gone }
  }
}

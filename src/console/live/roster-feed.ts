/**
 * All actors as they are now, by the live socket.
 *
 * 1. A row that did not change is the same object as before, so that what shows it need not be drawn again.
 * 2. After a lost connection the old picture stands until the new one is whole.
 * 3. `shape` counts up when actors come or go: only then the tree has to be laid out anew.
 */
import type { ActorRow } from '../../control/protocol/actors.js'
import type { LiveFrame } from '../../control/protocol/live.js'
import type { Live } from './live-socket.js'
import { type RosterPicture, treeOf } from './roster-picture.js'

/** Views that follow each other share one picture. */
const LINGER_MS = 5_000

export class Roster {
  readonly #live: Live
  readonly #listeners = new Set<() => void>()
  #picture: RosterPicture = { rows: new Map(), below: new Map(), isWhole: false, shape: 0 }
  #next: Map<string, ActorRow> | undefined
  #end: (() => void) | undefined
  #linger: number | undefined

  constructor(live: Live) {
    this.#live = live
    // What a lost connection has begun to tell is told from its beginning again.
    live.onStatus(() => {
      if (live.status().kind !== 'open') this.#next = undefined
    })
  }

  readonly picture = (): RosterPicture => this.#picture

  readonly subscribe = (listener: () => void): (() => void) => {
    window.clearTimeout(this.#linger)
    this.#listeners.add(listener)
    this.#end ??= this.#live.subscribe({ topic: 'tree' }, (frame) => this.#take(frame))
    return () => {
      this.#listeners.delete(listener)
      if (this.#listeners.size === 0) this.#linger = window.setTimeout(() => this.#leave(), LINGER_MS)
    }
  }

  #leave(): void {
    this.#end?.()
    this.#end = undefined
    this.#next = undefined
  }

  #take(frame: LiveFrame): void {
    if (frame.kind !== 'rows') return
    if (frame.isFirst) this.#takeFirst(frame)
    else this.#takeChanges(frame)
    for (const listener of this.#listeners) listener()
  }

  #takeFirst({ rows, isWhole }: Extract<LiveFrame, { kind: 'rows' }>): void {
    this.#next ??= new Map()
    for (const row of rows) this.#next.set(row.path, row)
    if (!isWhole && this.#picture.isWhole) return
    const all = this.#next
    if (isWhole) this.#next = undefined
    this.#picture = { rows: new Map(all), below: treeOf(all), isWhole, shape: this.#picture.shape + 1 }
  }

  #takeChanges({ rows, gone }: Extract<LiveFrame, { kind: 'rows' }>): void {
    const { rows: before, below, shape, isWhole } = this.#picture
    const all = before as Map<string, ActorRow>
    let hasMoved = false
    for (const row of rows) {
      const old = all.get(row.path)
      hasMoved ||= old === undefined || old.order !== row.order
      all.set(row.path, row)
    }
    for (const path of gone) hasMoved = all.delete(path) || hasMoved
    this.#picture = hasMoved
      ? { rows: all, below: treeOf(all), isWhole, shape: shape + 1 }
      : { rows: all, below, isWhole, shape }
  }
}

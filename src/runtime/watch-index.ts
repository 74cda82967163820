/** Who watches whom, to be asked from both sides. */
import type { ActorPath } from '../core/address.js'
import { isForeign, parseForeign } from '../core/foreign-address.js'

export interface Watch {
  readonly target: ActorPath
  /** Path of the cell that watches, or the session of a child inside it. */
  readonly watcher: string
  /** Whether the store has it. */
  readonly isStored: boolean
}

/** The path of the cell that a watcher is, or lives in. */
export function cellOf(watcher: string): ActorPath {
  const end = watcher.indexOf('#')
  return end < 0 ? watcher : watcher.slice(0, end)
}

/** The session of the child that watches; `undefined` for a cell's own logic. */
export function childOf(watcher: string): string | undefined {
  return watcher.includes('#') ? watcher : undefined
}

export class WatchIndex {
  readonly #byTarget = new Map<ActorPath, Map<string, Watch>>()
  readonly #byCell = new Map<ActorPath, Set<Watch>>()
  /** How many there are whose watchers are on another node, by its name. */
  readonly #fromNode = new Map<string, number>()

  find(target: ActorPath, watcher: string): Watch | undefined {
    return this.#byTarget.get(target)?.get(watcher)
  }

  add(watch: Watch): void {
    const watchers = this.#byTarget.get(watch.target) ?? new Map<string, Watch>()
    this.#byTarget.set(watch.target, watchers.set(watch.watcher, watch))
    const cell = cellOf(watch.watcher)
    this.#byCell.set(cell, (this.#byCell.get(cell) ?? new Set()).add(watch))
    this.#count(watch.watcher, 1)
  }

  remove(watch: Watch): void {
    const watchers = this.#byTarget.get(watch.target)
    if (watchers?.delete(watch.watcher)) this.#count(watch.watcher, -1)
    if (watchers?.size === 0) this.#byTarget.delete(watch.target)
    const cell = cellOf(watch.watcher)
    const watches = this.#byCell.get(cell)
    watches?.delete(watch)
    if (watches?.size === 0) this.#byCell.delete(cell)
  }

  #count(watcher: string, by: 1 | -1): void {
    if (!isForeign(watcher)) return
    const { node } = parseForeign(watcher)
    const count = this.fromNode(node) + by
    if (count > 0) this.#fromNode.set(node, count)
    else this.#fromNode.delete(node)
  }

  /** How many watches the actors of that node have here. */
  fromNode(node: string): number {
    return this.#fromNode.get(node) ?? 0
  }

  /** The watches whose targets are on other nodes. */
  abroad(): readonly Watch[] {
    const targets = [...this.#byTarget.keys()].filter(isForeign)
    return targets.flatMap((target) => this.of(target))
  }

  /** The watches of which `path` is the target. */
  of(path: ActorPath): readonly Watch[] {
    return [...(this.#byTarget.get(path)?.values() ?? [])]
  }

  /** The watches of the cell at `path` and of the children inside it. */
  by(path: ActorPath): readonly Watch[] {
    return [...(this.#byCell.get(path) ?? [])]
  }
}

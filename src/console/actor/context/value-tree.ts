/**
 * A value as a tree of which only what was opened is known: pages of children are fetched when they come into view.
 *
 * 1. Another state of the same value keeps what is open. Of the next record, only what has changed is fetched again.
 * 2. An answer for another moment than the shown one is dropped. Of a living value that changes faster than it is read, an older
 *    answer is better than none, and takes the place of no newer one.
 * 3. What changed is marked for the state that it changed with, and for no later one.
 */
import type { ValueNode, ValueSlice } from '../../../control/protocol/value.js'
import { below } from './pointer.js'

/** Children in a page. */
export const PAGE = 100
/** Pages that are fetched again for a state that is not the next one; others are fetched when they come into view. */
const KEPT = 24

export interface ValueAsk {
  readonly pointer: string
  readonly offset: number
  readonly limit: number
  readonly at?: number | undefined
  readonly since?: number | undefined
}

/** `at`: after which record; undefined: now. `since`: marks what differs from that one. */
export interface ShownState {
  readonly at?: number | undefined
  readonly since?: number | undefined
}

export interface NodeRow {
  readonly kind: 'node'
  readonly pointer: string
  readonly depth: number
  readonly node: ValueNode
  /** What it is inside of: an element has a number, a field a name. */
  readonly of: ValueNode['kind'] | undefined
  readonly isOpen: boolean
  readonly isChanged: boolean
  /** Its place among its siblings, from 1, and how many there are. */
  readonly place: number
  readonly siblings: number
}

/** A page of children that is not there yet. */
export interface GapRow {
  readonly kind: 'gap'
  readonly pointer: string
  readonly page: number
  readonly depth: number
  readonly count: number
  readonly problem?: string | undefined
}

export type TreeRow = NodeRow | GapRow

interface Page {
  readonly nodes: readonly ValueNode[]
  readonly stamp: number
  lastUse: number
}

interface Opened {
  node: ValueNode
  total: number
  readonly pages: Map<number, Page>
  readonly problems: Map<number, string>
}

export class ValueTree {
  readonly #load: (ask: ValueAsk) => Promise<ValueSlice>
  readonly #listeners = new Set<() => void>()
  readonly #known = new Map<string, Opened>()
  readonly #open = new Set<string>()
  readonly #asked = new Set<string>()
  #state: ShownState = {}
  #stamp = 0
  #uses = 0
  #seqNr: number | undefined
  #rows: readonly TreeRow[] | undefined
  #problem: unknown

  constructor(
    readonly root: string,
    load: (ask: ValueAsk) => Promise<ValueSlice>,
  ) {
    this.#load = load
    this.#open.add(root)
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** The record that it shows; undefined before the first answer. */
  get seqNr(): number | undefined {
    return this.#seqNr
  }

  /** Why nothing can be shown. */
  get problem(): unknown {
    return this.#problem
  }

  /** The same array until something has changed. */
  readonly rows = (): readonly TreeRow[] => {
    this.#rows ??= this.#allRows()
    return this.#rows
  }

  /** Shows another state. Resolves when all that was in view is there. */
  async show(state: ShownState): Promise<void> {
    const isNext = state.since !== undefined && state.since === this.#seqNr
    if (state.at !== this.#state.at) this.#asked.clear()
    this.#state = state
    this.#stamp++
    if (!isNext) this.#forgetOld()
    await this.#refresh(this.root, isNext)
  }

  toggle(pointer: string): void {
    if (this.#open.has(pointer)) this.#open.delete(pointer)
    else {
      this.#open.add(pointer)
      if (this.#known.get(pointer) === undefined) this.need(pointer, 0)
    }
    this.#changed()
  }

  isOpen(pointer: string): boolean {
    return this.#open.has(pointer)
  }

  /** A page is in view. */
  need(pointer: string, page: number): void {
    const key = `${page} ${pointer}`
    if (this.#asked.has(key)) return
    this.#asked.add(key)
    void this.#fetch(pointer, page, this.#state.since).finally(() => this.#asked.delete(key))
  }

  // --- fetching ---

  async #refresh(pointer: string, isNext: boolean): Promise<void> {
    const pages = [...(this.#known.get(pointer)?.pages.keys() ?? [])]
    const stamp = this.#stamp
    const since = this.#state.since
    await Promise.all((pages.length === 0 ? [0] : pages).map((page) => this.#fetch(pointer, page, since)))
    if (stamp !== this.#stamp) return
    const nodes = [...(this.#known.get(pointer)?.pages.values() ?? [])].flatMap((page) => page.nodes)
    const inner = nodes.filter(({ key, size, change }) => {
      const child = below(pointer, key)
      if (size === 0 || change === 'removed') this.#close(child)
      return this.#open.has(child) && (!isNext || change !== undefined)
    })
    await Promise.all(inner.map(({ key }) => this.#refresh(below(pointer, key), isNext)))
  }

  async #fetch(pointer: string, page: number, since: number | undefined): Promise<void> {
    const stamp = this.#stamp
    const { at } = this.#state
    try {
      const slice = await this.#load({ pointer, offset: page * PAGE, limit: PAGE, at, since })
      if (this.#isWanted(pointer, page, at, stamp)) this.#take(page, slice, stamp)
    } catch (error) {
      if (this.#isWanted(pointer, page, at, stamp)) this.#failed(pointer, page, error)
    }
  }

  #isWanted(pointer: string, page: number, at: number | undefined, stamp: number): boolean {
    const known = this.#known.get(pointer)?.pages.get(page)
    return at === this.#state.at && (known === undefined || known.stamp <= stamp)
  }

  #take(page: number, { pointer, node, children, total, seqNr }: ValueSlice, stamp: number): void {
    const opened = this.#known.get(pointer) ?? { node, total, pages: new Map(), problems: new Map() }
    opened.node = node
    opened.total = total
    for (const known of opened.pages.keys()) if (known > 0 && known * PAGE >= total) opened.pages.delete(known)
    opened.pages.set(page, { nodes: children, stamp, lastUse: ++this.#uses })
    opened.problems.delete(page)
    this.#known.set(pointer, opened)
    this.#problem = undefined
    if (pointer === this.root) this.#seqNr = seqNr
    this.#changed()
  }

  #failed(pointer: string, page: number, error: unknown): void {
    const opened = this.#known.get(pointer)
    if (opened === undefined && pointer === this.root) this.#problem = error
    const text = error instanceof Error ? error.message : String(error)
    if (opened === undefined) this.#close(pointer)
    else opened.problems.set(page, text)
    this.#changed()
  }

  #close(pointer: string): void {
    this.#known.delete(pointer)
    if (pointer !== this.root) this.#open.delete(pointer)
  }

  /** Pages that were not in view for long are fetched again only when they are. */
  #forgetOld(): void {
    const pages = [...this.#known.values()].flatMap(({ pages }) =>
      [...pages].map(([page, { lastUse }]) => ({ pages, page, lastUse })),
    )
    pages.sort((a, b) => b.lastUse - a.lastUse)
    for (const { pages: of, page } of pages.slice(KEPT)) of.delete(page)
  }

  #changed(): void {
    this.#rows = undefined
    for (const listener of this.#listeners) listener()
  }

  // --- rows ---

  #allRows(): TreeRow[] {
    const rows: TreeRow[] = []
    const root = this.#known.get(this.root)
    if (root === undefined) return rows
    rows.push({
      kind: 'node',
      pointer: this.root,
      depth: 0,
      node: root.node,
      of: undefined,
      isOpen: this.#open.has(this.root),
      isChanged: false,
      place: 1,
      siblings: 1,
    })
    if (this.#open.has(this.root)) this.#rowsBelow(this.root, 1, rows)
    return rows
  }

  #rowsBelow(pointer: string, depth: number, rows: TreeRow[]): void {
    const opened = this.#known.get(pointer)
    if (opened === undefined) {
      rows.push({ kind: 'gap', pointer, page: 0, depth, count: 1 })
      return
    }
    for (let page = 0; page * PAGE < opened.total; page++) {
      const known = opened.pages.get(page)
      if (known === undefined) {
        const count = Math.min(PAGE, opened.total - page * PAGE)
        rows.push({ kind: 'gap', pointer, page, depth, count, problem: opened.problems.get(page) })
      } else this.#rowsOf(known, page, { pointer, depth, opened }, rows)
    }
  }

  #rowsOf(
    { nodes, stamp }: Page,
    page: number,
    { pointer, depth, opened }: { readonly pointer: string; readonly depth: number; readonly opened: Opened },
    rows: TreeRow[],
  ): void {
    for (const [index, node] of nodes.entries()) {
      const child = below(pointer, node.key)
      const isOpen = node.size > 0 && this.#open.has(child)
      rows.push({
        kind: 'node',
        pointer: child,
        depth,
        node,
        of: opened.node.kind,
        isOpen,
        isChanged: stamp === this.#stamp && node.change !== undefined,
        place: page * PAGE + index + 1,
        siblings: opened.total,
      })
      if (isOpen) this.#rowsBelow(child, depth + 1, rows)
    }
  }
}

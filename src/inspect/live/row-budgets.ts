/**
 * Which actors have a budget of their own, and how much of it is used.
 *
 * 1. The system shows a budget with all those below it, so the topmost ones are enough, and each is asked for once.
 * 2. Looking takes a fiftieth of the thread at most: with many budgets, what is shown is some seconds old.
 */
import { type ActorPath, parentOf } from '../../core/address.js'
import type { Clock } from '../../core/clock.js'
import type { BudgetView } from '../../governance/ledger/budget-view.js'
import { Pacer } from './pacer.js'
import type { ActorRow } from './shapes.js'
import { Slices } from './slices.js'
import type { WatchedSystem } from './watched-system.js'

type Used = NonNullable<ActorRow['budget']>

const LOOK_MS = 2_000
const SHARE = 50

export class RowBudgets {
  readonly #used = new Map<ActorPath, Used>()
  /** Those with a budget that nothing above them covers. */
  readonly #roots = new Set<ActorPath>()
  /** Of whom it is not known whether they have one. */
  readonly #unknown = new Set<ActorPath>()
  readonly #looking: Pacer
  #isLooking = false
  #isStopped = false

  constructor(
    private readonly system: Pick<WatchedSystem, 'budget'>,
    clock: Clock,
    private readonly changed: (path: ActorPath, used: Used | undefined) => void,
  ) {
    this.#looking = new Pacer(clock, LOOK_MS, () => this.#begin())
  }

  /** All who are there, each after its parent. Resolves when it is known what they have used. */
  async begin(paths: readonly ActorPath[]): Promise<void> {
    for (const path of paths) this.#unknown.add(path)
    await this.#lookOnce()
  }

  started(path: ActorPath): void {
    this.#unknown.add(path)
    this.mark()
  }

  ended(path: ActorPath): void {
    this.#unknown.delete(path)
    this.#roots.delete(path)
    this.#used.delete(path)
  }

  /** Something was spent, or is to be looked at. */
  mark(): void {
    this.#looking.mark()
  }

  stop(): void {
    this.#isStopped = true
    this.#looking.stop()
  }

  /** Goes on by itself as long as anybody has a budget. */
  #begin(): boolean {
    if (!this.#isLooking) void this.#lookOnce()
    return this.#roots.size > 0
  }

  async #lookOnce(): Promise<void> {
    this.#isLooking = true
    const startMs = performance.now()
    const tookMs = await this.#look()
    this.#isLooking = false
    this.#looking.pace(Math.max(LOOK_MS, SHARE * Math.min(tookMs, performance.now() - startMs)))
    if (this.#unknown.size > 0 || this.#roots.size > 0) this.mark()
  }

  /** Answers how long it held the thread. */
  async #look(): Promise<number> {
    const slices = new Slices()
    const found = new Map<ActorPath, Used>()
    let tookMs = 0
    const ask = (path: ActorPath): BudgetView | undefined => {
      const startMs = performance.now()
      const view = this.#viewOf(path)
      if (view?.path === path) usedIn(view, found)
      tookMs += performance.now() - startMs
      return view
    }
    for (const root of [...this.#roots]) {
      if (ask(root)?.path !== root) this.#roots.delete(root)
      await slices.next()
    }
    for (const path of [...this.#unknown]) {
      this.#unknown.delete(path)
      if (!isCovered(path, this.#roots) && ask(path)?.path === path) this.#roots.add(path)
      await slices.next()
    }
    if (!this.#isStopped) this.#tell(found)
    return tookMs
  }

  #viewOf(path: ActorPath): BudgetView | undefined {
    try {
      return this.system.budget(path)
    } catch {
      // The system has stopped.
      return undefined
    }
  }

  #tell(found: ReadonlyMap<ActorPath, Used>): void {
    for (const path of [...this.#used.keys()]) {
      if (found.has(path)) continue
      this.#used.delete(path)
      this.changed(path, undefined)
    }
    for (const [path, used] of found) {
      const known = this.#used.get(path)
      if (known?.used === used.used && known.dimension === used.dimension) continue
      this.#used.set(path, used)
      this.changed(path, used)
    }
  }
}

function isCovered(path: ActorPath, roots: ReadonlySet<ActorPath>): boolean {
  for (let at: ActorPath | undefined = path; at !== undefined; at = parentOf(at)) if (roots.has(at)) return true
  return false
}

/** Of the account and all below it, the dimension of which most is used. */
function usedIn(view: BudgetView, found: Map<ActorPath, Used>): void {
  const most = shares(view).reduce<Used | undefined>((a, b) => (a === undefined || b.used > a.used ? b : a), undefined)
  if (most !== undefined) found.set(view.path, most)
  for (const below of view.below) usedIn(below, found)
}

function shares({ lines, wall }: BudgetView): readonly Used[] {
  const limited = lines.flatMap(({ dimension, limit, settled, open }) =>
    limit === undefined ? [] : [{ dimension, used: share(settled + open, limit) }],
  )
  return wall.limitMs === undefined
    ? limited
    : [...limited, { dimension: 'wallMs', used: share(wall.usedMs, wall.limitMs) }]
}

/** To a thousandth: a clock that runs does not make it another one each time. */
function share(used: number, limit: number): number {
  if (limit <= 0) return 1
  return Math.floor((used / limit) * 1_000) / 1_000
}

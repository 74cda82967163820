/** How fast budgets are used: samples of what was used, over the last ten minutes at most. Taken when somebody looks. */
import type { Clock } from '../../core/clock.js'
import type { BudgetView } from '../../governance/ledger/budget-view.js'

const WINDOW_MS = 600_000
/** Closer ones tell nothing new. */
const EVERY_MS = 1_000
const MAX_LINES = 20_000

interface Sample {
  readonly atMs: number
  readonly used: number
}

export class BurnRates {
  readonly #samples = new Map<string, Sample[]>()

  constructor(private readonly clock: Clock) {}

  see(views: readonly BudgetView[]): void {
    for (const view of views) {
      for (const { dimension, settled, open } of view.lines) this.#add(keyOf(view.path, dimension), settled + open)
      this.see(view.below)
    }
  }

  /** A minute; 0 until it was seen twice. */
  of(path: string, dimension: string): number {
    const samples = this.#samples.get(keyOf(path, dimension)) ?? []
    const [first, last] = [samples[0], samples.at(-1)]
    if (first === undefined || last === undefined || last.atMs <= first.atMs) return 0
    return Math.max(0, ((last.used - first.used) * 60_000) / (last.atMs - first.atMs))
  }

  #add(key: string, used: number): void {
    const atMs = this.clock.monotonic()
    const samples = (this.#samples.get(key) ?? []).filter((sample) => atMs - sample.atMs <= WINDOW_MS)
    const last = samples.at(-1)
    if (last === undefined || atMs - last.atMs >= EVERY_MS) samples.push({ atMs, used })
    this.#samples.delete(key)
    this.#samples.set(key, samples)
    if (this.#samples.size > MAX_LINES) this.#samples.delete(this.#samples.keys().next().value as string)
  }
}

function keyOf(path: string, dimension: string): string {
  return `${path} ${dimension}`
}

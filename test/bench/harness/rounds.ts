/** One measurement: does its work once and answers with what it found. */
export type Measure<Figure> = () => Promise<Figure> | Figure

export interface Contest<Figure> {
  readonly rounds: number
  readonly subject: Measure<Figure>
  readonly baseline: Measure<Figure>
  /** Rounds that are run first and thrown away, so that neither side is measured cold. Default 1. */
  readonly warmUps?: number
}

export interface Outcome<Figure> {
  readonly subject: readonly Figure[]
  readonly baseline: readonly Figure[]
}

/**
 * Measures subject and baseline in turn, so that whatever else the machine does meanwhile falls on both alike.
 * The garbage of one side is collected before the other is measured.
 */
export async function interleave<Figure>(contest: Contest<Figure>): Promise<Outcome<Figure>> {
  const { rounds, subject, baseline, warmUps = 1 } = contest
  const outcome = { subject: [] as Figure[], baseline: [] as Figure[] }
  for (let round = -warmUps; round < rounds; round++) {
    const ours = await clean(subject)
    const theirs = await clean(baseline)
    if (round < 0) continue
    outcome.subject.push(ours)
    outcome.baseline.push(theirs)
  }
  return outcome
}

/**
 * Measures several sides in turn, one round forwards from another side each time, the next one backwards: that a side comes
 * first, or after a certain other one, falls on all alike. The first round is thrown away.
 */
export async function inRotation<Side extends string>(
  rounds: number,
  sides: Readonly<Record<Side, Measure<number>>>,
): Promise<Readonly<Record<Side, readonly number[]>>> {
  const names = Object.keys(sides) as Side[]
  const figures = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<Side, number[]>
  for (let round = -1; round < rounds; round++) {
    const first = (round + 1) % names.length
    const order = [...names.slice(first), ...names.slice(0, first)]
    if (round % 2 !== 0) order.reverse()
    for (const name of order) {
      const figure = await clean(sides[name])
      if (round >= 0) figures[name].push(figure)
    }
  }
  return figures
}

async function clean<Figure>(measure: Measure<Figure>): Promise<Figure> {
  collectGarbage()
  return await measure()
}

/** Forces a full garbage collection; every bench process runs with `--expose-gc`. */
export function collectGarbage(): void {
  if (!globalThis.gc) throw new Error('run this in a process with --expose-gc: see harness/child.ts')
  globalThis.gc()
}

/** How many of `count` things a second, when `work` does all of them. */
export async function perSecond(count: number, work: () => Promise<void> | void): Promise<number> {
  const start = performance.now()
  await work()
  return (count * 1_000) / (performance.now() - start)
}

/**
 * How many of `count` things a second of processor time, all threads of this process together. For sides that differ by little:
 * the time for which others have the processor is not in it.
 */
export async function perProcessorSecond(count: number, work: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage()
  await work()
  const { user, system } = process.cpuUsage(before)
  return (count * 1_000_000) / (user + system)
}

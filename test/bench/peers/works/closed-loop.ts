/** A load of callers that each wait for their answer before they ask again. */
import { percentile } from '../../harness/row.js'

export interface Load {
  /** How many agents, each with one caller. */
  readonly agents: number
  /** For how long before anything is measured. */
  readonly warmUpMs: number
  readonly ms: number
}

export interface LoadFigures {
  readonly perSecond: number
  /** How long one takes, in ms. */
  readonly p50: number
  readonly p99: number
}

/** Calls `call` for each agent, again and again, for as long as the load says; then for what is outstanding. */
export async function closedLoop({ agents, warmUpMs, ms }: Load, call: Call): Promise<LoadFigures> {
  await run(agents, warmUpMs, call)
  globalThis.gc?.()
  const start = performance.now()
  const times = await run(agents, ms, call)
  const perSecond = (times.length * 1_000) / (performance.now() - start)
  return { perSecond, p50: percentile(times, 0.5), p99: percentile(times, 0.99) }
}

type Call = (agent: number) => Promise<unknown>

/** How long each call took. */
async function run(agents: number, ms: number, call: Call): Promise<readonly number[]> {
  const times: number[] = []
  const end = performance.now() + ms
  const caller = async (agent: number): Promise<void> => {
    for (let now = performance.now(); now < end; ) {
      await call(agent)
      const then = performance.now()
      times.push(then - now)
      now = then
    }
  }
  await Promise.all(Array.from({ length: agents }, (_, agent) => caller(agent)))
  return times
}

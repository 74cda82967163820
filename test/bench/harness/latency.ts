import { percentile } from './row.js'

/** The median of how long `step` takes, in ms, one after the other. */
export async function medianMs(steps: number, step: () => Promise<unknown>): Promise<number> {
  const times: number[] = []
  for (let n = 0; n < steps; n++) {
    const start = performance.now()
    await step()
    times.push(performance.now() - start)
  }
  return percentile(times, 0.5)
}

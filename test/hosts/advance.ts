import type { SimulatedClock } from 'roscius/testing'

/** Moves from one due time to the next, so that what fires has settled before time goes on. */
export async function advanceBySteps(clock: SimulatedClock, ms: number, settle: () => Promise<void>): Promise<void> {
  const end = clock.monotonic() + ms
  do {
    const leftMs = end - clock.monotonic()
    await clock.advance(Math.min(clock.nextInMs ?? leftMs, leftMs))
    await settle()
  } while (clock.monotonic() < end)
}

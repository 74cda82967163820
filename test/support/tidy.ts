/** Files share a worker, so each leaves it as it found it; what it has left in place of a timer fails it by its name. */
import { afterAll, expect, vi } from 'vitest'

const timersNow = () => [globalThis.setTimeout, globalThis.setInterval, globalThis.setImmediate, globalThis.Date]
const timers = timersNow()

afterAll(() => {
  vi.restoreAllMocks()
  vi.useRealTimers()
  vi.unstubAllEnvs()
  vi.unstubAllGlobals()
  expect(timersNow()).toEqual(timers)
})

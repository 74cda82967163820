import { beforeAll, describe, expect, test, vi } from 'vitest'
import type { Host, Stage } from '../hosts/host.js'
import { hosts } from '../hosts/hosts.js'
import { plainHost } from '../hosts/plain-host.js'
import { findDifference, inBursts, stepByStep } from './same-as-plain.js'

/** `EQUIVALENCE_RUNS` machines are generated; `EQUIVALENCE_SEED` repeats a run that failed (its report has the seed). */
const runs = Number(process.env.EQUIVALENCE_RUNS ?? 150)
const seed = process.env.EQUIVALENCE_SEED === undefined ? undefined : Number(process.env.EQUIVALENCE_SEED)
const timeout = 90_000 + runs * 1_000
const timeLimitMs = timeout - 20_000

// XState warns of events to actors that have stopped, which generated machines send all the time.
beforeAll(() => {
  vi.spyOn(console, 'warn').mockImplementation(() => {})
})

describe.each(hosts)('on $name', (host) => {
  test('any generated machine behaves as on createActor, step by step', { timeout }, async () => {
    expect(await findDifference(host, stepByStep(), { runs, seed, timeLimitMs })).toBeUndefined()
  })

  test('events sent at once are handled as on createActor, where no effects are in play', { timeout }, async () => {
    expect(await findDifference(host, inBursts(), { runs: Math.ceil(runs / 3), seed, timeLimitMs })).toBeUndefined()
  })
})

describe('the comparison', () => {
  test('finds out a host on which time passes too slowly, with a seed that repeats it', { timeout }, async () => {
    const slowHost: Host = {
      ...plainHost,
      open: async (...args) => slowed(await plainHost.open(...args)),
    }
    const found = await findDifference(slowHost, stepByStep(), { runs: 150, seed: 1, timeLimitMs: 5_000 })
    expect(found).toMatch(/seed: 1/)
  })
})

function slowed(stage: Stage): Stage {
  return {
    spawn: (name, input) => stage.spawn(name, input),
    ref: (name) => stage.ref(name),
    send: (name, ...events) => stage.send(name, ...events),
    advance: (ms) => stage.advance(ms - 1),
    snapshot: (name) => stage.snapshot(name),
    isSound: () => stage.isSound(),
    close: () => stage.close(),
  }
}

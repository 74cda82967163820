import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  advance,
  beginPulse,
  hear,
  isDead,
  isDown,
  isLate,
  NO_PULSE,
  type Pulse,
  phi,
  probe,
} from '../../machines/association/detector.js'
import { readAssociationOptions } from '../../machines/association/options.js'

const settings = readAssociationOptions({})
const STRICT = readAssociationOptions({ toleratedPauseMs: 0 })

/** A peer that was heard every second, to the millisecond. */
function regular(beats = 20, given = settings): Pulse {
  let pulse = beginPulse({ ...NO_PULSE, atMs: 0 }, given)
  for (let beat = 1; beat <= beats; beat++) pulse = hear(pulse, beat * 1_000, given)
  return pulse
}

/** After so much silence, in ticks of a heartbeat. */
function silent(pulse: Pulse, ms: number, given = settings): Pulse {
  let next = pulse
  for (let leftMs = ms; leftMs > 0; leftMs -= 1_000) next = advance(next, next.atMs! + Math.min(1_000, leftMs), given)
  return next
}

describe('the failure detector', () => {
  it("gives the phi of the paper, with Akka's approximation of the normal distribution", () => {
    // Intervals of 1 000 ms, deviation 100 ms: y = 1, 2, 3 deviations late.
    const pulse: Pulse = { atMs: 0, silentMs: 0, probedMs: undefined, intervals: [900, 1_100] }
    const of = (silentMs: number): number => phi({ ...pulse, silentMs }, STRICT)
    // -log10 of 1 - Φ(y): 0.5, 0.158655, 0.022750, 0.001350.
    expect(of(1_000)).toBeCloseTo(0.30103, 5)
    expect(of(1_100)).toBeCloseTo(0.79955, 2)
    expect(of(1_200)).toBeCloseTo(1.64302, 2)
    expect(of(1_300)).toBeCloseTo(2.86967, 1)
    expect(of(60_000)).toBeGreaterThan(1_000)
    expect(Number.isFinite(of(1e12))).toBe(true)
  })

  it('grows more suspicious with every moment of silence', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 5_000 }), { minLength: 1, maxLength: 120 }),
        fc.integer({ min: 0, max: 100_000 }),
        fc.integer({ min: 1, max: 100_000 }),
        (intervals, silentMs, moreMs) => {
          const pulse: Pulse = { atMs: 0, silentMs, probedMs: undefined, intervals }
          const more = phi({ ...pulse, silentMs: silentMs + moreMs }, settings)
          expect(more).toBeGreaterThanOrEqual(phi(pulse, settings))
          expect(more).not.toBeNaN()
        },
      ),
    )
  })

  it('bears a pause of two seconds, suspects after more, and gives up at the deadline', () => {
    const pulse = regular()
    expect(isLate(silent(pulse, 3_000), settings)).toBe(false)
    expect(isLate(silent(pulse, 4_000), settings)).toBe(true)
    expect(isDown(silent(pulse, 9_999), settings)).toBe(false)
    expect(isDown(silent(pulse, 10_000), settings)).toBe(true)
  })

  it('suspects an irregular peer later', () => {
    let pulse = regular(0)
    for (let beat = 0; beat < 50; beat++) pulse = hear(pulse, pulse.atMs! + (beat % 2 === 0 ? 100 : 1_900), settings)
    expect(isLate(silent(pulse, 6_000), settings)).toBe(false)
    expect(isLate(silent(pulse, 9_500), settings)).toBe(true)
  })

  it('takes no jump of its own clock, and no pause of its own, for a silence of the peer', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -1e9, max: 1e9 }), { maxLength: 50 }), (jumps) => {
        let pulse = regular()
        for (const jumpMs of jumps) {
          pulse = advance(pulse, pulse.atMs! + jumpMs, settings)
          expect(isDown(pulse, settings)).toBe(false)
          pulse = hear(pulse, pulse.atMs! + 500, settings)
          expect(isLate(pulse, settings)).toBe(false)
        }
      }),
    )
  })

  it('gives a peer that is probed two seconds, once', () => {
    const probed = probe(regular())
    expect(isDead(silent(probed, 1_999), settings)).toBe(false)
    expect(isDead(silent(probed, 2_000), settings)).toBe(true)
    expect(isDead(silent(probe(silent(probed, 1_000)), 1_000), settings)).toBe(true)
    expect(isDead(silent(hear(probed, probed.atMs! + 100, settings), 2_000), settings)).toBe(false)
  })

  it('knows nothing of a peer that was never heard, but that it was not', () => {
    const pulse = silent({ ...NO_PULSE, atMs: 0 }, 10_000)
    expect([phi(pulse, settings), isDown(pulse, settings)]).toEqual([0, true])
    expect(advance(NO_PULSE, 5_000, settings).silentMs).toBe(0)
  })
})

import { describe, expect, it } from 'vitest'
import { createActor, SimulatedClock } from 'xstate'
import { type CircuitBreakerOptions, createCircuitBreakerMachine } from '../../machines/circuit-breaker.js'
import { checkMachine } from '../../src/analysis/check-machine.js'

function breaker(options: CircuitBreakerOptions = {}) {
  const clock = new SimulatedClock()
  const actor = createActor(createCircuitBreakerMachine(options), { clock }).start()
  const told: string[] = []
  actor.on('*', ({ type }) => told.push(type))
  const fail = (...times: number[]) => {
    for (const atMs of times) actor.send({ type: 'FAILED', atMs })
  }
  return { clock, actor, told, fail, state: () => actor.getSnapshot().value }
}

/** One that is half open, with a probe under way. */
function probing() {
  const made = breaker({ maxFailures: 1, openMs: 100, probeMs: 50 })
  made.fail(0)
  made.clock.increment(100)
  made.actor.send({ type: 'PROBE' })
  return made
}

describe('the circuit breaker', () => {
  it('opens at the fifth failure within 30 seconds', () => {
    const { fail, state, told } = breaker()
    fail(0, 1, 2, 3)
    expect(state()).toBe('closed')
    fail(29_999)
    expect([state(), told]).toEqual(['open', ['opened']])
  })

  it('forgets failures that are older', () => {
    const { fail, state } = breaker()
    fail(0, 1, 2, 3, 30_000)
    expect(state()).toBe('closed')
    fail(30_001, 30_002, 30_003)
    expect(state()).toBe('closed')
    fail(30_004)
    expect(state()).toBe('open')
  })

  it('lets one call probe after a while, and no second one beside it', () => {
    const { clock, actor, fail, state } = breaker()
    fail(0, 0, 0, 0, 0)
    clock.increment(29_999)
    expect(actor.getSnapshot().can({ type: 'PROBE' })).toBe(false)
    clock.increment(1)
    expect(actor.getSnapshot().can({ type: 'PROBE' })).toBe(true)
    actor.send({ type: 'PROBE' })
    expect([state(), actor.getSnapshot().can({ type: 'PROBE' })]).toEqual([{ halfOpen: 'probing' }, false])
  })

  it('closes when the probe succeeds, with no failure counted', () => {
    const { actor, state, told, fail } = probing()
    actor.send({ type: 'PROBE_SUCCEEDED', probe: 1 })
    expect([state(), told]).toEqual(['closed', ['opened', 'closed']])
    expect(actor.getSnapshot().context.failures).toEqual([])
    fail(200)
    expect(state()).toBe('open')
  })

  it('has forgotten what was before it opened', () => {
    const { actor, clock, fail, state } = breaker({ maxFailures: 2, openMs: 100 })
    fail(0, 1)
    clock.increment(100)
    actor.send({ type: 'PROBE' })
    actor.send({ type: 'PROBE_SUCCEEDED', probe: 1 })
    fail(150)
    expect(state()).toBe('closed')
  })

  it('opens again when it fails, for the whole time', () => {
    const { actor, state, clock } = probing()
    actor.send({ type: 'PROBE_FAILED', probe: 1 })
    clock.increment(99)
    expect(state()).toBe('open')
    clock.increment(1)
    expect(state()).toEqual({ halfOpen: 'ready' })
  })

  it('lets another probe go when one is dropped or silent, of which nothing counts any more', () => {
    const dropped = probing()
    dropped.actor.send({ type: 'PROBE_DROPPED', probe: 1 })
    expect(dropped.state()).toEqual({ halfOpen: 'ready' })
    const silent = probing()
    silent.clock.increment(50)
    silent.actor.send({ type: 'PROBE' })
    silent.actor.send({ type: 'PROBE_SUCCEEDED', probe: 1 })
    expect(silent.state()).toEqual({ halfOpen: 'probing' })
    silent.actor.send({ type: 'PROBE_SUCCEEDED', probe: 2 })
    expect(silent.state()).toBe('closed')
  })

  it('heeds no failure of a call that began before it opened', () => {
    const { fail, state, actor } = probing()
    fail(100)
    expect(state()).toEqual({ halfOpen: 'probing' })
    actor.send({ type: 'PROBE_DROPPED', probe: 1 })
    fail(100)
    expect(state()).toEqual({ halfOpen: 'ready' })
  })

  it('has nothing that the check finds, and takes no options that can not be read', () => {
    expect(checkMachine(createCircuitBreakerMachine())).toEqual([])
    expect(() => createCircuitBreakerMachine({ openMs: 0 })).toThrow(
      expect.objectContaining({ code: 'OPTIONS_INVALID', details: { field: 'openMs' } }),
    )
  })
})

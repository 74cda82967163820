import { createSystem } from 'roscius'
import { faultStore, seededRandom, simulatedClock } from 'roscius/testing'
import { describe, expect, it } from 'vitest'
import { createMachine } from 'xstate'

const sleeper = createMachine({
  initial: 'asleep',
  states: { asleep: { after: { 200000.25: 'awake' } }, awake: {} },
})

describe('a delay longer than what the node keeps in memory', () => {
  it('fires when it is due and not before, also on a clock that shows fractions of a millisecond', async () => {
    const clock = simulatedClock({ now: 1_795_000_000_000.4 })
    const store = faultStore({ random: seededRandom('far timers') })
    await using system = await createSystem({ name: 'node', store, clock, logic: { sleeper } })
    await clock.advance(0.3)
    const ref = await system.spawn('sleeper', { id: 's' })
    await clock.advance(200_000)
    await system.settled()
    expect(ref.getSnapshot().value).toBe('asleep')
    await clock.advance(2)
    await system.settled()
    expect(ref.getSnapshot().value).toBe('awake')
  })
})

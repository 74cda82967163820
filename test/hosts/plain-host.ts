import { type ActorOptions, type AnyActor, type AnyActorLogic, createActor } from 'xstate'
import type { Cancel, Clock } from '../../src/core/clock.js'
import { simulatedClock } from '../../src/testing/simulated-clock.js'
import type { Host } from './host.js'

/** XState as it is: `createActor` on a simulated clock. What it does is right by definition. */
export const plainHost: Host = {
  name: 'createActor',
  async open(machines, { onEmit, onError } = {}) {
    const clock = simulatedClock()
    const actors = new Map<string, AnyActor>()
    const actor = (name: string): AnyActor => actors.get(name)!
    return {
      async spawn(name, input) {
        const actor: AnyActor = createActor(machines[name]!, {
          id: name,
          clock: asXStateClock(clock),
          input,
          logger: () => {},
        })
        actors.set(name, actor)
        actor.on('*', (event) => onEmit?.(name, event))
        actor.subscribe({ error: (error) => onError?.(name, error) })
        actor.start()
        await clock.advance(0)
      },
      ref: actor,
      async send(name, ...events) {
        for (const event of events) actor(name).send(event)
        await clock.advance(0)
      },
      advance: (ms) => clock.advance(ms),
      snapshot: (name) => actor(name).getSnapshot(),
      async close() {
        for (const actor of actors.values()) actor.stop()
      },
    }
  },
}

function asXStateClock(clock: Clock): NonNullable<ActorOptions<AnyActorLogic>['clock']> {
  const pending = new Map<number, Cancel>()
  let last = 0
  return {
    setTimeout(fn, ms) {
      last += 1
      pending.set(last, clock.schedule(fn, ms))
      return last
    },
    clearTimeout: (id: number) => pending.get(id)?.(),
  }
}

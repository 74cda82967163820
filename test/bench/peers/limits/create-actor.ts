import { type Actor, createActor } from 'xstate'
import { agent } from '../statecharts.js'
import { loading, type StepService } from '../works/step.js'

/** Plain actors in memory. */
export async function openSteps(): Promise<StepService> {
  const actors = new Map<number, Actor<typeof agent>>()
  const actorOf = (n: number): Actor<typeof agent> => {
    const actor = actors.get(n) ?? createActor(agent).start()
    actors.set(n, actor)
    return actor
  }
  return {
    calls: loading(async (n, message) => {
      const actor = actorOf(n)
      actor.send({ type: 'MESSAGE', message })
      return actor.getSnapshot().context.count
    }),
    [Symbol.asyncDispose]: async () => undefined,
  }
}

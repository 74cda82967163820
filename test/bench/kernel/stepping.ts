/** Many actors that take steps at the same time, each with one outstanding: the load of the durable rows. */
import { perSecond } from '../harness/rounds.js'
import type { AgentRef } from './systems.js'
import { type AgentEvent, eventOf, expectCount } from './work.js'

export type Step<Actor> = (actor: Actor, event: AgentEvent, idempotencyKey: string) => Promise<unknown>

export function deliver(ref: AgentRef, event: AgentEvent, idempotencyKey: string): Promise<unknown> {
  return ref.deliver(event, { idempotencyKey })
}

export function countOf(ref: AgentRef): number {
  return ref.getSnapshot().context.count
}

/** All actors take `steps` steps each, one outstanding at a time; answers with the steps a second. */
export function stepping<Actor>(
  actors: readonly Actor[],
  steps: number,
  step: Step<Actor>,
  countOf: (actor: Actor) => number,
): () => Promise<number> {
  let done = 0
  return async () => {
    const rate = await perSecond(actors.length * steps, async () => {
      await Promise.all(
        actors.map(async (actor) => {
          for (let n = done; n < done + steps; n++) await step(actor, eventOf(n), `key-${n}`)
        }),
      )
    })
    done += steps
    const handled = actors.reduce((sum, actor) => sum + countOf(actor), 0)
    expectCount(handled, done * actors.length)
    return rate
  }
}

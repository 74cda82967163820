/** What an operator does with an actor. Each answer comes when what it says is durable. */
import type { RosciusRef } from '../../core/actor-ref.js'
import { actorOf, machineOf } from './actor-of.js'
import { checkedEvent } from './checked-event.js'
import type { Answerer, Answers, Desk } from './desk.js'

type Routes = 'send' | 'pause' | 'resume' | 'restart' | 'cancel' | 'stop'
type Order = Exclude<Routes, 'send'>

const DONE = { done: true } as const

export function orderAnswers({ system }: Desk): Pick<Answers, Routes> {
  const order =
    (act: (ref: RosciusRef, asked: Parameters<Answerer<Order>>[0], by: string) => Promise<void>): Answerer<Order> =>
    async (asked, { by }) => {
      await act(actorOf(system, asked.path), asked, by)
      return DONE
    }
  return {
    send: async ({ path, event, idempotencyKey }) => {
      const ref = actorOf(system, path)
      const checked = await checkedEvent(machineOf(ref), event)
      return ref.deliver(checked, idempotencyKey === undefined ? {} : { idempotencyKey })
    },
    pause: order((ref, { reason }, by) => ref.pause({ by, reason })),
    resume: order((ref, { reason }, by) => ref.resume({ by, reason })),
    restart: order((ref, { reason, from }, by) => ref.restart({ from, by, reason })),
    cancel: order((ref, { reason }) => ref.cancel(reason === undefined ? {} : { reason })),
    stop: order((ref) => ref.stop()),
  }
}

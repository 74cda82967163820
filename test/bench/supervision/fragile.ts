/**
 * The kernel's agent, but that it can be made to throw: at the first delivery of an event whose number is armed. Delivered
 * again, after the restart, the event is handled.
 */
import type { ReplyRef } from 'roscius'
import { assign, sendTo, setup } from 'xstate'
import { type AgentContext, type AgentEvent, type AgentInput, contextOf, eventOf } from '../kernel/work.js'

export interface Numbered {
  /** What `Faults.arm` takes. */
  readonly n: number
}

export type FragileEvent = Numbered & (AgentEvent | AskEvent)

interface AskEvent {
  readonly type: 'ASK'
  readonly text: string
  readonly replyTo: ReplyRef<{ type: 'ANSWER' }>
}

/** Which events still make their actors throw. */
export class Faults {
  readonly #armed = new Set<number>()
  thrown = 0
  /** When the last of them threw, by `performance.now()`. */
  thrownAt = 0

  arm(n: number): void {
    this.#armed.add(n)
  }

  /** Throws at an event that is armed, once. */
  strike({ n }: Numbered): void {
    if (!this.#armed.delete(n)) return
    const error = new Error('broken')
    this.thrown++
    this.thrownAt = performance.now()
    throw error
  }
}

export type Fragile = ReturnType<typeof fragile>

/** The logic of actors that these faults hit. */
export function fragile(faults: Faults) {
  return setup({
    types: {} as { context: AgentContext; events: FragileEvent; input: AgentInput },
    actions: {
      append: assign(({ context, event }) => {
        faults.strike(event)
        return { count: context.count + 1, last: [...context.last.slice(1), event.text] }
      }),
      answer: sendTo(({ event }) => (event as AskEvent).replyTo, { type: 'ANSWER' }),
    },
  }).createMachine({
    id: 'fragile',
    context: ({ input }) => contextOf(input),
    initial: 'even',
    states: {
      even: {
        on: { APPEND: { target: 'odd', actions: 'append' }, ASK: { target: 'odd', actions: ['append', 'answer'] } },
      },
      odd: {
        on: { APPEND: { target: 'even', actions: 'append' }, ASK: { target: 'even', actions: ['append', 'answer'] } },
      },
    },
  })
}

export function appendOf(n: number): FragileEvent {
  return { ...eventOf(n), n }
}

export function askOf(n: number, replyTo: AskEvent['replyTo']): FragileEvent {
  return { type: 'ASK', n, text: eventOf(n).text, replyTo }
}

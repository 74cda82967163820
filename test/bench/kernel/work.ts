/**
 * The work that the kernel's rows do. It is fixed, so that figures of different days can be compared:
 * a machine of two states, a context of a count and ten strings of 40 bytes, an event of 60 bytes (as MessagePack).
 */
import { assign, setup } from 'xstate'

export interface AgentContext {
  readonly count: number
  readonly last: readonly string[]
  /** What the agent carries about and no step changes. */
  readonly notes: readonly string[]
}

export interface AgentEvent {
  readonly type: 'APPEND'
  readonly text: string
}

export interface AgentInput {
  /** 0 or 4: how much the context holds besides the count and the last texts. */
  readonly notesKb: number
}

/** Appends the event's text to the last ten, counts, and changes to the other state. */
export const agent = setup({
  types: {} as { context: AgentContext; events: AgentEvent; input: AgentInput },
  actions: {
    append: assign({
      count: ({ context }) => context.count + 1,
      last: ({ context, event }) => [...context.last.slice(1), event.text],
    }),
  },
}).createMachine({
  id: 'agent',
  context: ({ input }) => contextOf(input),
  initial: 'even',
  states: {
    even: { on: { APPEND: { target: 'odd', actions: 'append' } } },
    odd: { on: { APPEND: { target: 'even', actions: 'append' } } },
  },
})

/** What an agent begins with. */
export function contextOf({ notesKb }: AgentInput): AgentContext {
  return { count: 0, last: TEXTS.slice(0, 10), notes: Array.from({ length: notesKb * 10 }, () => NOTE) }
}

const NOTE = 'n'.repeat(100)

/** A text of 40 bytes; its neighbours differ, so that no delta can leave a text out as unchanged. */
function textOf(index: number): string {
  return `${String(index).padStart(8, '0')}${'t'.repeat(32)}`
}

// Made once: the figures are of actors, not of building strings. A prime, so that no round lines up with another.
const TEXTS = Array.from({ length: 1_009 }, (_, index) => textOf(index))

/** The n-th event: a new object each time, as events from outside are. */
export function eventOf(n: number): AgentEvent {
  return { type: 'APPEND', text: TEXTS[n % TEXTS.length] ?? '' }
}

/** Throws unless the work was really done: a benchmark that loses events is fast. */
export function expectCount(actual: number, expected: number): void {
  if (actual !== expected) throw new Error(`expected ${expected} events handled, found ${actual}`)
}

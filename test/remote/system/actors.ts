/** Actors that tell what has come to them, and that send it: what the tests of this folder are made of. */
import { fromAsk, type RosciusRef, type TerminatedEvent, unwatch, watch } from 'roscius'
import { assign, fromPromise, sendTo, setup } from 'xstate'
import { refIn } from '../../support/world.js'

/** Writes down what comes, in its order. */
export const tally = setup({
  types: {
    context: {} as { seen: readonly number[] },
    events: {} as
      | { type: 'ADD'; n: number }
      | { type: 'GET'; replyTo: { send(event: { type: 'SEEN'; seen: readonly number[] }): void } }
      | { type: 'POISON' }
      | { type: 'END' },
    output: {} as number,
    emitted: {} as { type: 'added'; n: number },
  },
}).createMachine({
  context: { seen: [] },
  initial: 'open',
  states: {
    open: {
      on: {
        ADD: { actions: assign({ seen: ({ context, event }) => [...context.seen, event.n] }) },
        GET: {
          actions: sendTo(
            ({ event }) => refIn(event, 'replyTo'),
            ({ context }) => ({ type: 'SEEN', seen: context.seen }),
          ),
        },
        POISON: {
          actions: assign(() => {
            throw new RangeError('I will not.')
          }),
        },
        END: 'ended',
      },
    },
    ended: { type: 'final' },
  },
  output: ({ context }) => context.seen.length,
})

export type TallyRef = RosciusRef<typeof tally>

/** Counts what it was told, and passes it on, in the same transition. */
const relay = setup({
  types: {
    context: {} as { to: TallyRef; passed: number },
    input: {} as { to: TallyRef },
    events: {} as { type: 'PASS'; n: number } | { type: 'TURN'; to: TallyRef },
  },
}).createMachine({
  context: ({ input }) => ({ to: input.to, passed: 0 }),
  on: {
    PASS: {
      actions: [
        assign({ passed: ({ context }) => context.passed + 1 }),
        sendTo(
          ({ context }) => context.to,
          ({ event }) => ({ type: 'ADD', n: event.n }),
        ),
      ],
    },
    TURN: { actions: assign({ to: ({ event }) => event.to }) },
  },
})

/** Sends from an effect: the event, then what `deliver` answers is in its context. */
const deliverer = fromPromise(async ({ input }: { input: { to: TallyRef; n: number } }) => {
  input.to.send({ type: 'ADD', n: input.n })
  const { outcome } = await input.to.deliver({ type: 'ADD', n: -input.n })
  return outcome
})
const asking = fromAsk(
  ({ to }: { to: TallyRef; n: number }) => to,
  (replyTo) => ({ type: 'GET', replyTo }),
  { timeoutMs: 600_000 },
)

const worker = setup({
  types: {
    context: {} as { to: TallyRef; n: number; results: readonly unknown[] },
    input: {} as { to: TallyRef },
    events: {} as { type: 'WORK'; n: number } | { type: 'ASK' },
  },
  actors: { deliverer, asking },
}).createMachine({
  context: ({ input }) => ({ to: input.to, n: 0, results: [] }),
  initial: 'idle',
  states: {
    idle: {
      on: { WORK: { target: 'working', actions: assign({ n: ({ event }) => event.n }) }, ASK: 'asking' },
    },
    working: {
      invoke: {
        src: 'deliverer',
        input: ({ context: { to, n } }) => ({ to, n }),
        onDone: {
          target: 'idle',
          actions: assign({ results: ({ context, event }) => [...context.results, event.output] }),
        },
        onError: {
          target: 'idle',
          actions: assign({ results: ({ context, event }) => [...context.results, codeOf(event.error)] }),
        },
      },
    },
    asking: {
      invoke: {
        src: 'asking',
        input: ({ context: { to, n } }) => ({ to, n }),
        onDone: {
          target: 'idle',
          actions: assign({ results: ({ context, event }) => [...context.results, event.output] }),
        },
        onError: {
          target: 'idle',
          actions: assign({ results: ({ context, event }) => [...context.results, codeOf(event.error)] }),
        },
      },
    },
  },
})

function codeOf(error: unknown): string {
  const { code, message } = error as { readonly code?: string; readonly message?: string }
  return code ?? String(message)
}

/** Watches whom it is told to, and writes down which end it was told of. */
const guard = setup({
  types: {
    context: {} as { target: TallyRef; told: readonly string[] },
    input: {} as { target: TallyRef },
    events: {} as TerminatedEvent | { type: 'WATCH' } | { type: 'UNWATCH' },
  },
}).createMachine({
  context: ({ input }) => ({ target: input.target, told: [] }),
  entry: watch(({ context }) => context.target),
  on: {
    WATCH: { actions: watch(({ context }) => context.target) },
    UNWATCH: { actions: unwatch(({ context }) => context.target) },
    terminated: {
      actions: assign({
        told: ({ context, event }) => [
          ...context.told,
          'output' in event ? `${event.reason} ${event.output}` : event.reason,
        ],
      }),
    },
  },
})

/** Has a guard inside it. */
const keeper = setup({
  types: { context: {} as { target: TallyRef }, input: {} as { target: TallyRef } },
  actors: { guard },
}).createMachine({
  context: ({ input }) => input,
  invoke: { id: 'inner', src: 'guard', input: ({ context }) => context },
})

export const logic = { tally, relay, worker, guard, keeper }

import { childRef, fromAsk, type ReplyRef, type RosciusRef, spawnActor } from 'roscius'
import {
  type AnyActorLogic,
  type AnyActorRef,
  assign,
  fromCallback,
  fromPromise,
  sendParent,
  sendTo,
  setup,
  stopChild,
} from 'xstate'
import type { Clock } from '../../../src/core/clock.js'
import type { Outside } from './outside.js'
import type { tallyMachine } from './relay.js'

type Tally = RosciusRef<typeof tallyMachine>

interface Task {
  readonly label: string
  readonly ms: number
  /** Is sent a count when the task begins. */
  readonly tally?: Tally
}

function taskLogic(outside: Outside, clock: Clock) {
  return fromPromise(async ({ input }: { input: Task }) => {
    outside.note('promise', input.label)
    input.tally?.send({ type: 'COUNT', label: input.label })
    if (input.ms > 0) await new Promise<void>((resolve) => void clock.schedule(resolve, input.ms))
    return `${input.label}: done`
  })
}

/** One task at a time: what comes meanwhile is deferred. Tells of each result by an action that is run again. */
export function workerMachine(outside: Outside, clock: Clock) {
  return setup({
    types: {
      context: {} as { tally: Tally; current: Task; results: readonly string[] },
      events: {} as { type: 'WORK' } & Task,
      input: {} as { readonly tally: Tally },
    },
    actors: { task: taskLogic(outside, clock) },
    actions: {
      told: ({ context }, { label }: { label: string }) => {
        outside.note('atLeastOnce', label)
        context.tally.send({ type: 'COUNT', label })
      },
    },
  }).createMachine({
    context: ({ input }) => ({ tally: input.tally, current: { label: '', ms: 0 }, results: [] }),
    initial: 'idle',
    states: {
      idle: {
        on: { WORK: { target: 'working', actions: assign({ current: ({ event }) => event }) } },
      },
      working: {
        meta: { defer: ['WORK'] },
        invoke: {
          src: 'task',
          input: ({ context }) => ({ ...context.current, tally: context.tally }),
          onDone: {
            target: 'idle',
            actions: [
              assign({ results: ({ context, event }) => [...context.results, event.output] }),
              { type: 'told', params: ({ event }) => ({ label: `told ${event.output}` }) },
            ],
          },
        },
      },
    },
  })
}

/** A cell below a boss: does one task, tells its parent, ends. */
export function jobMachine(outside: Outside, clock: Clock) {
  return setup({
    types: { context: {} as Task, input: {} as Task, output: {} as string },
    actors: { task: taskLogic(outside, clock) },
  }).createMachine({
    context: ({ input }) => input,
    initial: 'working',
    states: {
      working: { invoke: { src: 'task', input: ({ context }) => context, onDone: 'told' } },
      told: { entry: sendParent(({ context }) => ({ type: 'TOLD', label: context.label })), always: 'done' },
      done: { type: 'final' },
    },
    output: ({ context }) => context.label,
  })
}

type BossEvent =
  | { readonly type: 'HIRE'; readonly id: string; readonly times: number; readonly ms: number }
  | { readonly type: 'FIRE'; readonly id: string }
  | { readonly type: 'TOLD'; readonly label: string }
  | { readonly type: `xstate.done.actor.${string}`; readonly actorId: string; readonly output: string }

interface Post {
  readonly times: number
  readonly done: number
  readonly ms: number
}

/** Spawns a cell for each post, and another one of the same id when it has ended, as often as was asked for. */
export function bossMachine(job: AnyActorLogic) {
  return setup({
    types: {
      context: {} as { posts: Readonly<Record<string, Post>>; told: readonly string[]; last: RosciusRef | undefined },
      events: {} as BossEvent,
    },
  }).createMachine({
    context: { posts: {}, told: [], last: undefined },
    on: {
      HIRE: {
        actions: [
          assign(({ context, event, self }) => ({
            posts: { ...context.posts, [event.id]: { times: event.times, done: 0, ms: event.ms } },
            last: childRef(self, job, event.id) as RosciusRef,
          })),
          spawnActor(job, {
            id: ({ event }) => (event as unknown as { id: string }).id,
            input: ({ event }: { event: unknown }) => jobInput(event as { id: string; ms: number }, 0),
          }),
        ],
      },
      FIRE: { actions: stopChild(({ event, self }) => childRef(self, job, event.id) as unknown as AnyActorRef) },
      TOLD: { actions: assign({ told: ({ context, event }) => [...context.told, event.label].sort() }) },
      'xstate.done.actor.*': [
        {
          guard: ({ context, event }) => {
            const post = context.posts[event.actorId]
            return post !== undefined && post.done + 1 < post.times
          },
          actions: [
            assign({ posts: ({ context, event }) => counted(context.posts, event.actorId) }),
            spawnActor(job, {
              id: ({ event }) => (event as unknown as { actorId: string }).actorId,
              input: ({ context, event }: { context: unknown; event: unknown }) => {
                const { actorId } = event as { actorId: string }
                const post = (context as { posts: Record<string, Post> }).posts[actorId] as Post
                return jobInput({ id: actorId, ms: post.ms }, post.done)
              },
            }),
          ],
        },
        { actions: assign({ posts: ({ context, event }) => counted(context.posts, event.actorId) }) },
      ],
    },
  })
}

const jobInput = ({ id, ms }: { id: string; ms: number }, done: number): Task => ({ label: `job ${id} ${done}`, ms })

function counted(posts: Readonly<Record<string, Post>>, id: string): Record<string, Post> {
  const post = posts[id] ?? { times: 0, done: 0, ms: 0 }
  return { ...posts, [id]: { ...post, done: post.done + 1 } }
}

type OracleEvent = {
  readonly type: 'QUESTION'
  readonly id: string
  readonly replyTo: ReplyRef<{ readonly type: 'ANSWER'; readonly id: string }>
}

/** Answers, and counts how often each question changed its state. */
export const oracleMachine = setup({
  types: { context: {} as { asked: Readonly<Record<string, number>> }, events: {} as OracleEvent },
}).createMachine({
  context: { asked: {} },
  on: {
    QUESTION: {
      actions: [
        assign({
          asked: ({ context, event }) => ({ ...context.asked, [event.id]: (context.asked[event.id] ?? 0) + 1 }),
        }),
        sendTo(
          ({ event }) => event.replyTo,
          ({ event }) => ({ type: 'ANSWER', id: event.id }),
        ),
      ],
    },
  },
})

/** Asks the oracle one question at a time. */
export const askerMachine = setup({
  types: {
    context: {} as { oracle: RosciusRef<typeof oracleMachine>; id: string; answers: readonly string[] },
    events: {} as { readonly type: 'WONDER'; readonly id: string },
    input: {} as { readonly oracle: RosciusRef<typeof oracleMachine> },
  },
  actors: {
    ask: fromAsk(
      ({ oracle }: { oracle: RosciusRef<typeof oracleMachine>; id: string }) => oracle,
      (replyTo: ReplyRef<{ type: 'ANSWER'; id: string }>, { id }) => ({ type: 'QUESTION' as const, id, replyTo }),
      { timeoutMs: 3_600_000 },
    ),
  },
}).createMachine({
  context: ({ input }) => ({ oracle: input.oracle, id: '', answers: [] }),
  initial: 'idle',
  states: {
    idle: { on: { WONDER: { target: 'asking', actions: assign({ id: ({ event }) => event.id }) } } },
    asking: {
      meta: { defer: ['WONDER'] },
      invoke: {
        src: 'ask',
        input: ({ context }) => context,
        onDone: {
          target: 'idle',
          actions: assign({ answers: ({ context, event }) => [...context.answers, event.output.id] }),
        },
      },
    },
  },
})

/** Holds a machine and a callback inside its cell; the inner machine has a delay and an action of its own. */
export function nestMachine(outside: Outside) {
  const egg = setup({
    types: { context: {} as { label: string }, input: {} as { label: string }, output: {} as string },
    actions: { cracked: ({ context }) => outside.note('atMostOnce', `cracked ${context.label}`) },
  }).createMachine({
    context: ({ input }) => input,
    initial: 'warm',
    states: {
      warm: { after: { 40: 'hatched' } },
      hatched: { type: 'final', entry: 'cracked' },
    },
    output: ({ context }) => context.label,
  })
  return setup({
    types: {
      context: {} as { label: string; hatched: readonly string[]; isReady: boolean },
      events: {} as { readonly type: 'LAY'; readonly label: string } | { readonly type: 'READY' },
    },
    actors: {
      egg,
      hen: fromCallback<{ type: 'READY' }>(({ sendBack }) => {
        outside.note('callback', 'hen')
        sendBack({ type: 'READY' })
      }),
    },
  }).createMachine({
    context: { label: '', hatched: [], isReady: false },
    invoke: { src: 'hen' },
    on: { READY: { actions: assign({ isReady: true }) } },
    initial: 'empty',
    states: {
      empty: { on: { LAY: { target: 'brooding', actions: assign({ label: ({ event }) => event.label }) } } },
      brooding: {
        meta: { defer: ['LAY'] },
        invoke: {
          src: 'egg',
          input: ({ context }) => ({ label: context.label }),
          onDone: {
            target: 'empty',
            actions: assign({ hatched: ({ context, event }) => [...context.hatched, event.output] }),
          },
        },
      },
    },
  })
}

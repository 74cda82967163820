/**
 * The board: the tasks, and who has the next one. It decides nothing; a plain XState machine.
 *
 *     filing ──> choosing ──> processing ──> telling ──> choosing ... ──> finished
 *     creator                 processor      notifier
 *
 * One task at a time: what is done, and told, is on the board before the next one begins.
 */
import type { AgentOutput, DelegateAnswer, Task } from 'roscius/machines'
import { assign, type PromiseActorLogic, setup } from 'xstate'
import type { Request } from './outside.js'

export interface DeskTask extends Request {
  readonly status: 'open' | 'done' | 'not done'
  /** What the processor found out or did. */
  readonly result: string
  /** Whether the customer knows. */
  readonly told: 'no' | 'yes' | 'failed'
}

export interface FileTask {
  readonly type: 'FILE'
  readonly request: Request
}

export interface BoardContext {
  readonly tasks: readonly DeskTask[]
}

/** What a processor ends with. */
export interface Outcome {
  readonly status: DeskTask['status']
  readonly result: string
}

const NO_OUTCOME: Outcome = { status: 'not done', result: 'Please ask again.' }

export function createBoardMachine(delegate: PromiseActorLogic<DelegateAnswer, Task>) {
  return setup({
    types: { context: {} as BoardContext, events: {} as FileTask },
    actors: { delegate },
    guards: { hasWork: ({ context }) => current(context) !== undefined },
    actions: {
      file: assign(({ context }, request: Request) => ({ tasks: withRequest(context.tasks, request) })),
      settle: assign(({ context }, outcome: Outcome) => ({ tasks: withChange(context, outcome) })),
      noteTold: assign(({ context }, told: DeskTask['told']) => ({ tasks: withChange(context, { told }) })),
    },
  }).createMachine({
    id: 'board',
    version: '1',
    context: { tasks: [] },
    initial: 'filing',
    meta: { roscius: { check: { boundingGuards: ['hasWork'] } } },
    on: { FILE: { actions: { type: 'file', params: ({ event }) => event.request } } },
    states: {
      filing: {
        invoke: {
          src: 'delegate',
          input: { id: 'inbox', to: 'creator', task: 'file what is in the inbox', depth: 1 },
          onDone: 'choosing',
          onError: 'choosing',
        },
      },
      choosing: { always: [{ guard: 'hasWork', target: 'processing' }, { target: 'finished' }] },
      processing: {
        invoke: {
          src: 'delegate',
          input: ({ context }) => taskFor('processor', context),
          onDone: {
            target: 'telling',
            actions: { type: 'settle', params: ({ event }) => outputOf(event.output) ?? NO_OUTCOME },
          },
          onError: { target: 'telling', actions: { type: 'settle', params: NO_OUTCOME } },
        },
      },
      telling: {
        invoke: {
          src: 'delegate',
          input: ({ context }) => taskFor('notifier', context),
          onDone: {
            target: 'choosing',
            actions: {
              type: 'noteTold',
              params: ({ event }) => (outputOf(event.output) === undefined ? 'failed' : 'yes'),
            },
          },
          onError: { target: 'choosing', actions: { type: 'noteTold', params: 'failed' } },
        },
      },
      finished: { type: 'final' },
    },
  })
}

/** The first one that its customer has not been told about. */
function current({ tasks }: BoardContext): DeskTask | undefined {
  return tasks.find(({ told }) => told === 'no')
}

function taskFor(to: string, context: BoardContext): Task {
  const id = current(context)?.id ?? ''
  return { id, to, task: id, depth: 1 }
}

/** A request that was filed before changes nothing. */
function withRequest(tasks: readonly DeskTask[], request: Request): readonly DeskTask[] {
  if (tasks.some(({ id }) => id === request.id)) return tasks
  return [...tasks, { ...request, status: 'open', result: '', told: 'no' }]
}

function withChange(context: BoardContext, change: Partial<DeskTask>): readonly DeskTask[] {
  const task = current(context)
  return context.tasks.map((one) => (one === task ? { ...one, ...change } : one))
}

/** What the agent has ended with, if it has reached its goal. */
function outputOf(answer: DelegateAnswer): Outcome | undefined {
  const ended = (answer.status === 'done' ? answer.output : undefined) as AgentOutput | undefined
  return ended?.status === 'done' ? (ended.output as Outcome) : undefined
}

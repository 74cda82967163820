import { and, assign, emit, fromPromise, not, raise, setup } from 'xstate'

/** A machine with every feature that a chart can show. */
export const agentMachine = setup({
  types: { context: {} as { tries: number } },
  actors: { callModel: fromPromise(async () => 'answer'), runTool: fromPromise(async () => 'result') },
  guards: { budgetLeft: () => true, canRetry: () => true, wantsTool: () => false },
  actions: { log: () => {}, countTry: assign({ tries: ({ context }) => context.tries + 1 }) },
  delays: { backoff: 250 },
}).createMachine({
  id: 'agent',
  context: { tries: 0 },
  initial: 'idle',
  on: { SHUTDOWN: '.stopped' },
  states: {
    idle: {
      meta: { defer: ['ASSIGN', 'NOTE'] },
      on: { TASK: { guard: and(['budgetLeft', not('canRetry')]), target: 'running' }, PING: { actions: 'log' } },
      after: { 600000: 'stopped' },
    },
    running: {
      type: 'parallel',
      on: { PAUSE: 'paused', HOLD: 'paused' },
      onDone: { target: 'replying', actions: emit({ type: 'answered' }) },
      states: {
        heartbeat: {
          initial: 'waiting',
          states: { waiting: { after: { 1000: 'beat' } }, beat: { always: 'waiting' }, ended: { type: 'final' } },
          on: { END: '.ended' },
        },
        thinking: {
          initial: 'calling',
          states: {
            calling: {
              invoke: {
                src: 'callModel',
                onDone: [{ guard: 'wantsTool', target: 'toolUse' }, { target: 'done' }],
                onError: { guard: 'canRetry', target: 'backoff', actions: 'countTry' },
              },
            },
            backoff: { after: { backoff: 'calling' }, on: { RETRY: { target: 'backoff', reenter: true } } },
            toolUse: {
              initial: 'running',
              onDone: 'calling',
              states: {
                running: { invoke: { src: 'runTool', onDone: 'ok', onError: 'failed' } },
                failed: { always: [{ guard: 'canRetry', target: 'running', actions: assign({ tries: 0 }) }, 'ok'] },
                ok: { type: 'final' },
              },
            },
            done: { type: 'final' },
          },
        },
        last: { type: 'history', history: 'deep' },
      },
    },
    paused: { on: { RESUME: 'running.last', CANCEL: { target: 'idle', actions: raise({ type: 'PING' }) } } },
    replying: { exit: 'log', on: { SENT: 'idle', '*': { actions: 'log' } } },
    stopped: { type: 'final', entry: 'log' },
  },
})

/** What stands at the end of each branch: an actor that can be made to fail in every way there is. */
import type { Clock, RosciusRef } from 'roscius'
import { assign, type EventObject, fromCallback, fromPromise, setup } from 'xstate'
import type { Outside } from './outside.js'

export interface LeafEvent extends EventObject {
  /**
   * `MSG` is handled. `FLAKY` throws `fails` times first, `FAIL` always. `NAP` sets a timer, `CALL` an effect that fails `fails`
   * times. `FINISH` ends the leaf.
   */
  readonly type: 'MSG' | 'FLAKY' | 'FAIL' | 'NAP' | 'CALL' | 'FINISH'
  /** By which the ledger knows it again; its idempotency key. */
  readonly n: string
  readonly fails?: number
  /** Of `FLAKY`: how often a fresh start fails after it. */
  readonly starts?: number
  readonly failureClass?: string
}

interface LeafContext {
  readonly got: readonly string[]
  readonly woke: readonly string[]
  readonly called: readonly string[]
  /** What the running timer or call was set off by. */
  readonly by: string
  readonly callFails: number
  /** What a fresh start fails of, and how often. */
  readonly input: unknown
}

interface Args {
  readonly context: LeafContext
  readonly event: LeafEvent
}

const NAP_MS = 30
const CALL_MS = 15

const pathOf = (self: object): string => (self as RosciusRef).path
const take = assign(({ context, event }: Args) => ({ got: [...context.got, event.n] })) as never
const begin = assign(({ event }: Args) => ({ by: event.n, callFails: event.fails ?? 0 })) as never
const note = { type: 'note', params: ({ event }: Args) => event.n } as const

export function leafMachine(outside: Outside, clock: Clock) {
  /** By path: after which events a fresh start is to fail, and how often. */
  const failingStarts = new Map<string, { readonly n: string; readonly times: number }>()
  return setup({
    types: { context: {} as LeafContext, events: {} as LeafEvent },
    actors: {
      live: fromCallback<EventObject, string>(({ input }) => outside.begin(input)),
      // It does not look at its signal: what it returns too late must change nothing.
      call: fromPromise<string, { n: string; fails: number; path: string }>(async ({ input: { n, fails, path } }) => {
        outside.call(n)
        await new Promise<void>((resolve) => void clock.schedule(resolve, CALL_MS))
        outside.failFirst(`call ${n}`, path, fails)
        return n
      }),
    },
    delays: { soon: NAP_MS },
    actions: {
      note: ({ self }, n: string) => outside.note(n, pathOf(self)),
    },
  }).createMachine({
    context: ({ self, input }) => {
      const { n = '', times = 0 } = failingStarts.get(pathOf(self)) ?? {}
      outside.failFirst(`start after ${n}`, pathOf(self), times)
      return { got: [], woke: [], called: [], by: '', callFails: 0, input }
    },
    invoke: { src: 'live', input: ({ self }) => pathOf(self) },
    initial: 'idle',
    on: {
      MSG: { actions: [take, note] },
      FLAKY: {
        actions: [
          assign(({ event: { n, fails = 1, starts = 0, failureClass }, self }) => {
            failingStarts.set(pathOf(self), { n, times: starts })
            outside.failFirst(`event ${n}`, pathOf(self), fails, failureClass)
            return {}
          }),
          take,
          note,
        ],
      },
      FAIL: {
        actions: assign(({ event: { n, failureClass }, self }) => {
          outside.failFirst(`event ${n}`, pathOf(self), Number.POSITIVE_INFINITY, failureClass)
          return {}
        }),
      },
      FINISH: { target: '.gone', actions: [take, note] },
    },
    states: {
      idle: {
        on: {
          NAP: { target: 'napping', actions: [take, begin, note] },
          CALL: { target: 'calling', actions: [take, begin, note] },
        },
      },
      napping: {
        meta: { defer: ['NAP', 'CALL'] },
        after: { soon: { target: 'idle', actions: assign({ woke: ({ context: { woke, by } }) => [...woke, by] }) } },
      },
      calling: {
        meta: { defer: ['NAP', 'CALL'] },
        invoke: {
          src: 'call',
          input: ({ context: { by, callFails }, self }) => ({ n: by, fails: callFails, path: pathOf(self) }),
          onDone: {
            target: 'idle',
            actions: assign({ called: ({ context: { called }, event }) => [...called, event.output] }),
          },
        },
      },
      gone: { type: 'final' },
    },
  })
}

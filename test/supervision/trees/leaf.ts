/** What stands at the end of each branch: an actor that can be made to fail in every way there is. */
import { type Clock, currentEffect, type RosciusRef } from 'roscius'
import { type AnyActorRef, assign, type EventObject, fromCallback, fromPromise, sendTo, setup } from 'xstate'
import type { Witness } from './outside.js'

export interface LeafEvent extends EventObject {
  /**
   * `MSG` is handled, `PASS` too, and sends another on. `FAIL` always throws, `FLAKY` a few times. `TIMER`, `CALL` and `ACT`
   * are handled, and what they set off fails a few times. `FINISH` ends the leaf.
   */
  readonly type: 'MSG' | 'PASS' | 'FAIL' | 'FLAKY' | 'TIMER' | 'CALL' | 'ACT' | 'FINISH'
  /** Its number, by which the outside knows it again. */
  readonly n: number
  readonly failureClass?: string
  /** Of `FAIL`: how often a fresh start fails after it. */
  readonly starts?: number
  /** Of `PASS`: who gets `MSG` with the number `m`. */
  readonly to?: AnyActorRef
  readonly m?: number
}

interface LeafContext {
  /** Numbers of all events that were handled. */
  readonly got: readonly number[]
  /** What the running timer or call was set off by. */
  readonly by: number
}

const TIMER_MS = 40
const CALL_MS = 15

type Args = { readonly context: LeafContext; readonly event: LeafEvent }

const take = assign(({ context, event }: Args) => ({ got: [...context.got, event.n], by: event.n })) as never
const tell = { type: 'tell', params: ({ event }: Args) => event.n } as const
const TAKE = [take, tell]

export function leafMachine(outside: Witness, clock: Clock) {
  const pathOf = (self: object): string => (self as RosciusRef).path
  const failIfAsked = (what: string, failureClass = 'bug'): void => {
    if (outside.isFailing(what)) throw injected(what, failureClass)
  }
  return setup({
    types: { context: {} as LeafContext, events: {} as LeafEvent },
    actors: {
      live: fromCallback<EventObject, string>(({ input }) => outside.begin(input, runningEffect().signal)),
      call: fromPromise<void, number>(async ({ input }) => {
        const { effectId, signal } = runningEffect()
        const over = outside.call(effectId, signal)
        // It ignores its signal, as so many do.
        await new Promise<void>((resolve) => void clock.schedule(resolve, CALL_MS))
        over()
        failIfAsked(`call ${input}`)
      }),
    },
    delays: { soon: TIMER_MS },
    actions: {
      tell: (_, n: number) => outside.see({ kind: 'handled', n }),
      act: ({ event }) => failIfAsked(`act ${event.n}`),
    },
  }).createMachine({
    context: ({ self }) => {
      failIfAsked(`start ${pathOf(self)}`)
      return { got: [], by: 0 }
    },
    invoke: { src: 'live', input: ({ self }) => pathOf(self) },
    initial: 'idle',
    on: {
      MSG: { actions: TAKE },
      ACT: { actions: [...TAKE, 'act'] },
      PASS: {
        actions: [
          ...TAKE,
          sendTo(
            ({ event }) => event.to as AnyActorRef,
            ({ event }) => ({ type: 'MSG', n: event.m }),
          ),
        ],
      },
      FAIL: {
        actions: assign(({ event, self }) => {
          outside.failNext(`start ${pathOf(self)}`, event.starts ?? 0)
          throw injected(`event ${event.n}`, event.failureClass)
        }),
      },
      FLAKY: {
        actions: [
          assign(({ event }) => {
            failIfAsked(`event ${event.n}`, event.failureClass)
            return {}
          }),
          ...TAKE,
        ],
      },
      FINISH: { target: '.gone', actions: TAKE },
    },
    states: {
      idle: {
        on: { TIMER: { target: 'waiting', actions: TAKE }, CALL: { target: 'calling', actions: TAKE } },
      },
      waiting: {
        after: {
          soon: {
            target: 'idle',
            actions: assign(({ context }) => {
              failIfAsked(`timer ${context.by}`)
              return {}
            }),
          },
        },
      },
      calling: {
        meta: { defer: ['FLAKY', 'MSG'] },
        invoke: { src: 'call', input: ({ context }) => context.by, onDone: 'idle' },
      },
      gone: { type: 'final' },
    },
  })
}

/** The error of an injected failure. */
function injected(what: string, failureClass = 'bug'): Error {
  return Object.assign(new Error(`injected ${failureClass}: ${what}`), { failureClass })
}

function runningEffect(): NonNullable<ReturnType<typeof currentEffect>> {
  return currentEffect() as NonNullable<ReturnType<typeof currentEffect>>
}

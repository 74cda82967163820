import type { RosciusRef } from 'roscius'
import { assign, cancel, raise, sendTo, setup } from 'xstate'
import type { Clock } from '../../../src/core/clock.js'
import type { Outside } from './outside.js'

interface Nap {
  readonly label: string
  readonly ms: number
  /** When the nap was asked for, by the clock of whoever asked. */
  readonly at: number
}

export interface SleeperContext {
  readonly name: string
  readonly buddy: RosciusRef | undefined
  readonly nap: Nap
  readonly woke: readonly string[]
  /** How many delayed nudges each sleeper sent that arrived. */
  readonly nudges: Readonly<Record<string, number>>
  readonly dreams: number
}

const NO_NAP: Nap = { label: '', ms: 0, at: 0 }

type SleeperEvent =
  | ({ readonly type: 'NAP' } & Nap)
  | { readonly type: 'NUDGE'; readonly from: string }
  | { readonly type: 'DREAM' }
  | { readonly type: 'NIGHTMARE' }

/**
 * Delays of each kind: `after`, a delayed raise, a delayed event to another cell, and one that is cancelled in time. An
 * action that is run again tells of each waking, and complains if it was early.
 */
export function sleeperMachine(outside: Outside, clock: Clock) {
  return setup({
    types: {
      context: {} as SleeperContext,
      events: {} as SleeperEvent,
      input: {} as { readonly name: string; readonly buddy: RosciusRef | undefined },
    },
    delays: {
      nap: ({ context }) => context.nap.ms,
      half: ({ context }) => context.nap.ms / 2,
      later: ({ context }) => context.nap.ms * 2,
    },
    guards: { hasBuddy: ({ context }) => context.buddy !== undefined },
    actions: {
      woke: (_, { label, dueMs }: { label: string; dueMs: number }) => {
        outside.note('atLeastOnce', label)
        if (clock.now() < dueMs) outside.complain(`${label} at ${clock.now()}, due at ${dueMs}`)
      },
    },
  }).createMachine({
    context: ({ input }) => ({
      ...input,
      nap: NO_NAP,
      woke: [],
      nudges: {},
      dreams: 0,
    }),
    on: {
      NUDGE: {
        actions: assign({
          nudges: ({ context, event }) => ({
            ...context.nudges,
            [event.from]: (context.nudges[event.from] ?? 0) + 1,
          }),
        }),
      },
    },
    initial: 'awake',
    states: {
      awake: {
        on: { NAP: { target: 'asleep', actions: assign({ nap: ({ event }) => event }) } },
      },
      asleep: {
        meta: { defer: ['NAP'] },
        entry: [
          raise({ type: 'DREAM' }, { delay: 'half', id: 'dream' }),
          raise({ type: 'NIGHTMARE' }, { delay: 'later', id: 'nightmare' }),
          sendTo(
            ({ context, self }) => context.buddy ?? self,
            ({ self }) => ({ type: 'NUDGE', from: self.id }),
            { delay: 'half' },
          ),
        ],
        exit: cancel('nightmare'),
        on: {
          DREAM: { actions: assign({ dreams: ({ context }) => context.dreams + 1 }) },
          NIGHTMARE: { actions: () => outside.complain('a cancelled delay fired') },
        },
        after: {
          nap: {
            target: 'awake',
            actions: [
              {
                type: 'woke',
                params: ({ context }) => ({
                  label: `${context.name} woke from ${context.nap.label}`,
                  dueMs: context.nap.at + context.nap.ms,
                }),
              },
              assign({ woke: ({ context }) => [...context.woke, context.nap.label], nap: NO_NAP }),
            ],
          },
        },
      },
    },
  })
}

/**
 * The wire: a connection to the agency, which sends headlines down it. It keeps nothing but which session it is in, so it
 * restarts from its initial state.
 */
import { type ActorRef, fromEventObservable, type Snapshot, sendTo, setup } from 'xstate'
import type { Agency, Headline } from './outside.js'

type TickerRef = ActorRef<Snapshot<unknown>, Headline>

export function createWireMachine(agency: Agency) {
  return setup({
    types: { events: {} as Headline },
    actors: { agency: fromEventObservable<Headline, undefined>(() => agency) },
  }).createMachine({
    id: 'wire',
    version: '1',
    initial: 'online',
    states: {
      online: {
        invoke: { src: 'agency' },
        on: {
          HEADLINE: {
            actions: sendTo(
              ({ system }) => system.get('ticker') as TickerRef,
              ({ event }) => event,
            ),
          },
        },
      },
    },
  })
}

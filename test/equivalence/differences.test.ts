import { describe, expect, test } from 'vitest'
import { type AnyActorRef, assign, createMachine, fromCallback, fromPromise, setup } from 'xstate'
import { plainHost } from '../hosts/plain-host.js'
import { rosciusHost } from '../hosts/roscius-host.js'
import { runTrap, type Trap } from './trap.js'

const durableHost = rosciusHost({ name: 'a Roscius actor' })

interface Difference extends Omit<Trap, 'log'> {
  readonly plain: Trap['log']
  readonly roscius: Trap['log']
}

/** What docs/concepts/differences-to-xstate.md lists, each as it is on both sides. */
const differences: readonly Difference[] = [
  {
    title: 'an action that asks for the snapshot gets the state after the transition, not the one before',
    build: (note) =>
      createMachine({
        initial: 'a',
        states: {
          a: {
            on: { GO: { target: 'b', actions: note(({ self }: { self: AnyActorRef }) => self.getSnapshot().value) } },
          },
          b: {},
        },
      }),
    steps: [{ type: 'GO' }],
    plain: [[], ['a']],
    roscius: [[], ['b']],
    ends: 'b',
  },
  {
    title: 'what an effect says while it is being started comes behind what was already sent',
    build: (note) =>
      setup({ actors: { eager: fromCallback(({ sendBack }) => sendBack({ type: 'ANSWER' })) } }).createMachine({
        initial: 'idle',
        states: { idle: { on: { GO: 'busy' } }, busy: { invoke: { src: 'eager' } } },
        on: { ANSWER: { actions: note('answer') }, NEXT: { actions: note('next') } },
      }),
    steps: [[{ type: 'GO' }, { type: 'NEXT' }]],
    plain: [[], ['answer', 'next']],
    roscius: [[], ['next', 'answer']],
    ends: 'busy',
  },
  {
    title: 'an invoke whose state is left before its commit never starts',
    build: (note) =>
      setup({ actors: { work: fromPromise(async () => note('started')({})) } }).createMachine({
        initial: 'idle',
        states: {
          idle: { on: { GO: 'busy' } },
          busy: { invoke: { src: 'work' }, on: { LEAVE: 'idle' } },
        },
      }),
    steps: [[{ type: 'GO' }, { type: 'LEAVE' }]],
    plain: [[], ['started']],
    roscius: [[], []],
    ends: 'idle',
  },
  {
    title: 'a transition that throws leaves no trace of itself: nothing of what it did before is run',
    build: (note) =>
      createMachine({
        initial: 'a',
        states: {
          a: {
            on: {
              GO: {
                target: 'b',
                actions: [
                  note('before'),
                  assign(() => {
                    throw new Error('broken')
                  }),
                ],
              },
            },
          },
          b: {},
        },
      }),
    steps: [{ type: 'GO' }],
    plain: [[], ['before', 'failed Error: broken']],
    roscius: [[], ['failed Error: broken']],
    ends: 'a',
  },
]

describe('differences to XState', () => {
  test.each(differences)('$title', async ({ plain, roscius, ...rest }) => {
    const onPlain = await runTrap(plainHost, { ...rest, log: plain })
    const onRoscius = await runTrap(durableHost, { ...rest, log: roscius })
    expect(onPlain.log).toEqual(plain)
    expect(onRoscius.log).toEqual(roscius)
    expect([onPlain.end.value, onRoscius.end.value]).toEqual([rest.ends, rest.ends])
  })
})

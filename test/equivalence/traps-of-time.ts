import {
  cancel,
  createMachine,
  type EventObject,
  raise,
  sendParent,
  sendTo,
  setup,
  spawnChild,
  stopChild,
} from 'xstate'
import type { Trap } from './trap.js'

/** Traps in delays: they must be as they are in an undisturbed `createActor`, over any restart. */
export const trapsOfTime: readonly Trap[] = [
  {
    title: 'a delayed transition fires when its time has come, neither before nor later',
    build: (note) =>
      createMachine({
        initial: 'a',
        states: { a: { after: { 100: { target: 'b', actions: note('fired') } } }, b: {} },
      }),
    steps: [60, 39, 1, 500],
    log: [[], [], [], ['fired'], []],
    ends: 'b',
  },
  {
    title: 'leaving a state takes its delay back, and entering it again starts anew',
    build: (note) =>
      createMachine({
        initial: 'a',
        states: {
          a: {
            after: { 100: { target: 'c', actions: note('fired') } },
            on: { FLIP: 'b', AGAIN: { target: 'a', reenter: true } },
          },
          b: { on: { FLIP: 'a' } },
          c: {},
        },
      }),
    steps: [60, { type: 'FLIP' }, 100, { type: 'FLIP' }, 60, { type: 'AGAIN' }, 60, 40],
    log: [[], [], [], [], [], [], [], [], ['fired']],
    ends: 'c',
  },
  {
    title: 'delays that fall due together fire in the order in which they were armed',
    build: (note) =>
      createMachine({
        entry: [
          raise({ type: 'A' }, { delay: 50 }),
          sendTo(({ self }) => self, { type: 'B' }, { delay: 50 }),
          raise({ type: 'C' }, { delay: 20 }),
        ],
        on: {
          A: { actions: note('a') },
          B: { actions: note('b') },
          C: { actions: [note('c'), raise({ type: 'D' }, { delay: 30 })] },
          D: { actions: note('d') },
        },
      }),
    steps: [30, 30],
    log: [[], ['c'], ['a', 'b', 'd']],
    ends: {},
  },
  {
    title: 'a delayed event that is cancelled in the same transition, or later, never comes',
    build: (note) =>
      createMachine({
        entry: [
          raise({ type: 'A' }, { delay: 10, id: 'x' }),
          cancel('x'),
          raise({ type: 'B' }, { delay: 50, id: 'y' }),
        ],
        on: {
          A: { actions: note('a') },
          B: { actions: note('b') },
          STOP: { actions: cancel('y') },
        },
      }),
    steps: [20, { type: 'STOP' }, 100],
    log: [[], [], [], []],
    ends: {},
  },
  {
    title: 'chained delays within one span of time each start when the one before fired',
    build: (note) =>
      createMachine({
        initial: 'a',
        states: {
          a: { after: { 10: 'b' } },
          b: { entry: note('b'), after: { 10: 'c' } },
          c: { entry: note('c'), after: { 10: 'd' } },
          d: { entry: note('d') },
        },
      }),
    steps: [25, 5],
    log: [[], ['b', 'c'], ['d']],
    ends: 'd',
  },
  {
    title: 'the delays of a child go on in it, and end with it',
    build: (note) =>
      setup({
        actors: {
          child: createMachine({
            initial: 'a',
            states: {
              a: { after: { 30: 'b' } },
              b: { entry: note('child b'), after: { 30: 'c' } },
              c: { entry: note('c') },
            },
          }),
        },
      }).createMachine({
        initial: 'on',
        states: { on: { invoke: { src: 'child', id: 'kid' }, on: { OFF: 'off' } }, off: {} },
      }),
    steps: [20, 20, { type: 'OFF' }, 100],
    log: [[], [], ['child b'], [], []],
    ends: 'off',
  },
  {
    title: 'a delay whose id is used again still fires, and cancel takes back only the newest',
    build: (note) =>
      createMachine({
        on: {
          ARM: { actions: raise({ type: 'FIRED' }, { delay: 50, id: 'x' }) },
          CANCEL: { actions: cancel('x') },
          FIRED: { actions: note('fired') },
        },
      }),
    steps: [{ type: 'ARM' }, 10, { type: 'ARM' }, { type: 'CANCEL' }, 40, 100],
    log: [[], [], [], [], [], ['fired'], []],
    ends: {},
  },
  {
    title: 'a delayed event for a child that was replaced does not reach the new one of that id',
    build: (note) =>
      setup({
        actors: { child: createMachine({ on: { X: { actions: note('x') }, Y: { actions: note('y') } } }) },
      }).createMachine({
        entry: spawnChild('child', { id: 'kid' }),
        on: {
          LATER: { actions: sendTo('kid', { type: 'X' }, { delay: 30 }) },
          SWAP: { actions: [stopChild('kid'), spawnChild('child', { id: 'kid' })] },
          NOW: { actions: sendTo('kid', { type: 'Y' }) },
        },
      }),
    steps: [{ type: 'LATER' }, { type: 'SWAP' }, { type: 'NOW' }, 50],
    log: [[], [], [], ['y'], []],
    ends: {},
  },
  {
    title: 'what a child has delayed for its parent is taken back when the child is stopped',
    build: (note) =>
      setup({ actors: { child: createMachine({ entry: sendParent({ type: 'X' }, { delay: 30 }) }) } }).createMachine({
        entry: [spawnChild('child', { id: 'one' }), spawnChild('child', { id: 'two' })],
        on: { STOP: { actions: stopChild('one') }, X: { actions: note('x') } },
      }),
    steps: [10, { type: 'STOP' }, 50],
    log: [[], [], [], ['x']],
    ends: {},
  },
  {
    title: 'many delays that fall due together fire in the order in which they were armed',
    build: (note) =>
      createMachine({
        entry: Array.from({ length: 12 }, (_, n) => raise({ type: `E${n}` }, { delay: 50 })),
        on: { '*': { actions: note(({ event }: { event: EventObject }) => event.type) } },
      }),
    steps: [10, 40],
    log: [[], [], Array.from({ length: 12 }, (_, n) => `E${n}`)],
    ends: {},
  },
]

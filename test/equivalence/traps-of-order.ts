import {
  assign,
  createMachine,
  emit,
  enqueueActions,
  fromObservable,
  fromPromise,
  type Observer,
  raise,
  type Subscribable,
  sendTo,
  setup,
} from 'xstate'
import type { Trap } from './trap.js'

type Counting = { context: { n: number } }

/** Traps in the order of actions within one machine. */
export const trapsOfOrder: readonly Trap[] = [
  {
    title: 'reaching the final state runs the exit actions, the inner ones first',
    build: (note) =>
      createMachine({
        initial: 'a',
        exit: note('exit root'),
        states: {
          a: { exit: note('exit a'), on: { GO: { target: 'end', actions: note('go') } } },
          end: { type: 'final', entry: note('enter end'), exit: note('exit end') },
        },
      }),
    steps: [{ type: 'GO' }],
    log: [[], ['exit a', 'go', 'enter end', 'exit end', 'exit root']],
    ends: 'end',
  },
  {
    title: 'a machine that is done at its start runs its actions and gives its output',
    build: (note) =>
      createMachine({
        initial: 'end',
        entry: note('enter root'),
        states: { end: { type: 'final', entry: note('enter end') } },
        exit: note('exit root'),
        output: { x: 1 },
      }),
    steps: [],
    log: [['enter root', 'enter end', 'exit root']],
    ends: 'end',
  },
  {
    title: 'custom actions keep their place among assigns, raises, sends and emits, and see the context of that place',
    build: (note) =>
      createMachine({
        context: { n: 0 },
        on: {
          GO: {
            actions: [
              note(({ context }: Counting) => `1 n=${context.n}`),
              assign({ n: 1 }),
              note(({ context }: Counting) => `2 n=${context.n}`),
              sendTo(({ self }) => self, { type: 'SENT' }),
              emit({ type: 'shout' }),
              note('3'),
              raise({ type: 'RAISED' }),
              assign({ n: 2 }),
              note(({ context }: Counting) => `4 n=${context.n}`),
            ],
          },
          RAISED: { actions: note('raised') },
          SENT: { actions: note('sent') },
        },
      }),
    steps: [{ type: 'GO' }],
    // Emits and sends leave when the macrostep is over, in their order.
    log: [[], ['1 n=0', '2 n=1', '3', '4 n=2', 'raised', 'emitted shout', 'sent']],
    ends: {},
  },
  {
    title: 'what the context spawns starts before the entry actions run',
    build: (note) =>
      setup({ actors: { child: createMachine({ entry: note('child enters') }) } }).createMachine({
        context: ({ spawn }) => ({ kid: spawn('child', { id: 'kid' }) }),
        entry: note('root enters'),
      }),
    steps: [],
    log: [['child enters', 'root enters']],
    ends: {},
  },
  {
    title: 'an invoke that is entered and left in one macrostep never starts',
    build: (note) =>
      setup({
        actors: {
          work: fromPromise(async () => {
            note('work starts')({})
          }),
          child: createMachine({ entry: note('child enters') }),
        },
      }).createMachine({
        initial: 'idle',
        states: {
          idle: { on: { GO: 'busy' } },
          busy: {
            entry: note('busy'),
            exit: note('not busy'),
            invoke: [{ src: 'work' }, { src: 'child' }],
            always: 'after',
          },
          after: { entry: note('after') },
        },
      }),
    steps: [{ type: 'GO' }],
    log: [[], ['busy', 'not busy', 'after']],
    ends: 'after',
  },
  {
    title: 'enqueued actions run where the enqueueing one stood',
    build: (note) =>
      createMachine({
        context: { n: 0 },
        on: {
          GO: {
            actions: [
              note('before'),
              enqueueActions(({ enqueue, check }) => {
                enqueue(note('first'))
                enqueue.assign({ n: 5 })
                if (check(({ context }) => context.n === 0)) enqueue(note('checked'))
                enqueue(({ context }) => note(`second n=${context.n}`)({}))
              }),
              note('behind'),
            ],
          },
        },
      }),
    steps: [{ type: 'GO' }],
    log: [[], ['before', 'first', 'checked', 'second n=5', 'behind']],
    ends: {},
  },
  {
    title: 'a parallel state is done when all its regions are, and its handler runs after their actions',
    build: (note) =>
      createMachine({
        initial: 'both',
        states: {
          both: {
            type: 'parallel',
            onDone: { target: 'after', actions: note('both done') },
            exit: note('exit both'),
            states: {
              left: { initial: 'a', states: { a: { on: { L: 'z' } }, z: { type: 'final', entry: note('left z') } } },
              right: { initial: 'a', states: { a: { on: { R: 'z' } }, z: { type: 'final', entry: note('right z') } } },
            },
          },
          after: {},
        },
      }),
    steps: [{ type: 'L' }, { type: 'R' }],
    log: [[], ['left z'], ['right z', 'exit both', 'both done']],
    ends: 'after',
  },
  {
    title: 'a deep history state comes back to where it was left',
    build: (note) =>
      createMachine({
        initial: 'on',
        states: {
          on: {
            initial: 'a',
            states: {
              a: { initial: 'a1', states: { a1: { on: { NEXT: 'a2' } }, a2: { entry: note('enter a2') } } },
              back: { type: 'history', history: 'deep' },
            },
            on: { OFF: 'off' },
          },
          off: { on: { ON: 'on.back' } },
        },
      }),
    steps: [{ type: 'NEXT' }, { type: 'OFF' }, { type: 'ON' }],
    log: [[], ['enter a2'], [], ['enter a2']],
    ends: { on: { a: 'a2' } },
  },
  {
    title: 'an observable reports each value and then its end, in order',
    build: (note) =>
      setup({ actors: { values: fromObservable(() => threeValues) } }).createMachine({
        initial: 'on',
        states: {
          on: {
            invoke: {
              src: 'values',
              onSnapshot: {
                actions: note(
                  ({ event }: { event: { snapshot: { context?: number } } }) => `at ${event.snapshot.context}`,
                ),
              },
              onDone: { target: 'off', actions: note('done') },
            },
          },
          off: {},
        },
      }),
    steps: [],
    log: [['at undefined', 'at 1', 'at 2', 'at 3', 'done']],
    ends: 'off',
  },
  {
    title: 'the most specific handler wins, and one that is forbidden stops the event',
    build: (note) =>
      createMachine({
        initial: 'a',
        states: { a: { on: { 'x.y': { actions: note('x.y') }, 'x.*': { actions: note('x.*') }, z: {} } } },
        on: { '*': { actions: note('any') } },
      }),
    steps: [{ type: 'x.y' }, { type: 'x.w' }, { type: 'z' }, { type: 'w' }],
    log: [[], ['x.y'], ['x.*'], [], ['any']],
    ends: 'a',
  },
  {
    title: 'regions are asked in the order in which their states were last entered, not in that of the document',
    build: (note) => {
      const goes = ({ context }: { context: { isOpen: boolean } }): boolean => context.isOpen
      const region = (name: string) => ({
        initial: 'a',
        states: { a: { on: { [name]: 'b' } }, b: { always: { guard: goes, target: 'c', actions: note(name) } }, c: {} },
      })
      return createMachine({
        context: { isOpen: false },
        type: 'parallel',
        on: { OPEN: { actions: assign({ isOpen: true }) } },
        states: { left: region('LEFT'), right: region('RIGHT') },
      })
    },
    steps: [{ type: 'RIGHT' }, { type: 'LEFT' }, { type: 'OPEN' }],
    log: [[], [], [], ['RIGHT', 'LEFT']],
    ends: { left: 'c', right: 'c' },
  },
]

const threeValues: Subscribable<number> = {
  subscribe: (observer: unknown) => {
    const { next, complete } = observer as Partial<Observer<number>>
    for (const value of [1, 2, 3]) next?.(value)
    complete?.()
    return { unsubscribe: () => {} }
  },
}

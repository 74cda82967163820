import {
  type AnyActorRef,
  assign,
  createMachine,
  type EventObject,
  fromCallback,
  fromPromise,
  fromTransition,
  raise,
  sendParent,
  sendTo,
  setup,
  spawnChild,
  stopChild,
} from 'xstate'
import type { Trap } from './trap.js'

interface DoneEvent {
  readonly event: { readonly output: unknown }
}

/** Traps in children inside a cell. */
export const trapsOfChildren: readonly Trap[] = [
  {
    title: 'an event sent to a child before the action that spawns it reaches it once it has started',
    build: (note) =>
      setup({
        actors: { child: createMachine({ entry: note('child enters'), on: { HELLO: { actions: note('hello') } } }) },
      }).createMachine({
        on: {
          GO: {
            actions: [note('go'), spawnChild('child', { id: 'kid' }), sendTo('kid', { type: 'HELLO' }), note('went')],
          },
        },
      }),
    steps: [{ type: 'GO' }],
    log: [[], ['go', 'went', 'child enters', 'hello']],
    ends: {},
  },
  {
    title: 'an entry action may send to the child that its own state is about to invoke',
    build: (note) =>
      setup({
        actors: { child: createMachine({ entry: note('child enters'), on: { HELLO: { actions: note('hello') } } }) },
      }).createMachine({
        entry: [note('enter'), sendTo('kid', { type: 'HELLO' })],
        invoke: { src: 'child', id: 'kid' },
      }),
    steps: [],
    // At the start of a machine its children start before its entry actions run; later it is the other way round.
    log: [['child enters', 'enter', 'hello']],
    ends: {},
  },
  {
    title: 'a child that ends tells its parent, after its own actions, with its output',
    build: (note) =>
      setup({
        actors: {
          child: createMachine({
            initial: 'a',
            exit: note('child exits'),
            states: { a: { on: { END: 'z' } }, z: { type: 'final', entry: note('child z') } },
            output: { answer: 42 },
          }),
        },
      }).createMachine({
        initial: 'busy',
        states: {
          busy: {
            invoke: {
              src: 'child',
              id: 'kid',
              onDone: {
                target: 'rest',
                actions: note(({ event }: DoneEvent) => `done ${JSON.stringify(event.output)}`),
              },
            },
            on: { END: { actions: [sendTo('kid', { type: 'END' }), note('sent')] } },
          },
          rest: {},
        },
      }),
    steps: [{ type: 'END' }],
    log: [[], ['sent', 'child z', 'child exits', 'done {"answer":42}']],
    ends: 'rest',
  },
  {
    title: 'onSnapshot sees each state of an invoked child, in order',
    build: (note) =>
      setup({
        actors: { counter: fromTransition((count: number) => count + 1, 10) },
      }).createMachine({
        invoke: {
          src: 'counter',
          id: 'kid',
          onSnapshot: {
            actions: note(({ event }: { event: { snapshot: { context: number } } }) => `at ${event.snapshot.context}`),
          },
        },
        on: { ADD: { actions: [sendTo('kid', { type: 'X' }), sendTo('kid', { type: 'X' })] } },
      }),
    steps: [{ type: 'ADD' }],
    log: [['at 10'], ['at 11', 'at 12']],
    ends: {},
  },
  {
    title: 'syncSnapshot of a spawned machine reports each of its states',
    build: (note) =>
      setup({
        actors: { child: createMachine({ initial: 'a', states: { a: { on: { X: 'b' } }, b: { on: { X: 'a' } } } }) },
      }).createMachine({
        entry: spawnChild('child', { id: 'kid', syncSnapshot: true }),
        on: {
          X: { actions: sendTo('kid', { type: 'X' }) },
          'xstate.snapshot.kid': {
            actions: note(
              ({ event }: { event: EventObject }) =>
                `kid in ${(event as unknown as { snapshot: { value: string } }).snapshot.value}`,
            ),
          },
        },
      }),
    steps: [{ type: 'X' }, { type: 'X' }],
    log: [['kid in a'], ['kid in b'], ['kid in a']],
    ends: {},
  },
  {
    title: 'a child whose transition throws is an error that its parent can handle',
    build: (note) =>
      setup({
        actors: {
          child: createMachine({
            on: {
              BREAK: {
                actions: assign(() => {
                  throw new Error('broken')
                }),
              },
            },
          }),
        },
      }).createMachine({
        initial: 'busy',
        states: {
          busy: {
            invoke: {
              src: 'child',
              id: 'kid',
              onError: {
                target: 'rest',
                actions: note(({ event }: { event: { error: unknown } }) => `caught ${(event.error as Error).message}`),
              },
            },
            on: { BREAK: { actions: sendTo('kid', { type: 'BREAK' }) } },
          },
          rest: {},
        },
      }),
    steps: [{ type: 'BREAK' }],
    log: [[], ['caught broken']],
    ends: 'rest',
  },
  {
    title: 'a child whose custom action throws is an error that its parent can handle',
    build: (note) =>
      setup({
        actors: {
          child: createMachine({
            on: {
              BREAK: {
                actions: () => {
                  throw new Error('broken')
                },
              },
            },
          }),
        },
      }).createMachine({
        initial: 'busy',
        states: {
          busy: {
            invoke: {
              src: 'child',
              id: 'kid',
              onError: {
                target: 'rest',
                actions: note(({ event }: { event: { error: unknown } }) => `caught ${(event.error as Error).message}`),
              },
            },
            on: { BREAK: { actions: sendTo('kid', { type: 'BREAK' }) } },
          },
          rest: {},
        },
      }),
    steps: [{ type: 'BREAK' }],
    log: [[], ['caught broken']],
    ends: 'rest',
  },
  {
    title: 'a promise that rejects takes onError, and one that resolves onDone with its value',
    build: (note) =>
      setup({
        actors: {
          reject: fromPromise(async (): Promise<never> => {
            throw new Error('refused')
          }),
          resolve: fromPromise(async () => 7),
        },
      }).createMachine({
        initial: 'first',
        states: {
          first: { invoke: { src: 'reject', onError: { target: 'second', actions: note('refused') } } },
          second: {
            invoke: {
              src: 'resolve',
              onDone: { target: 'rest', actions: note(({ event }: DoneEvent) => `got ${event.output}`) },
            },
          },
          rest: {},
        },
      }),
    steps: [],
    log: [['refused', 'got 7']],
    ends: 'rest',
  },
  {
    title: 'a callback answers what it is sent, in order',
    build: (note) =>
      setup({
        actors: {
          echo: fromCallback<EventObject>(({ receive, sendBack }) => {
            receive(() => {
              sendBack({ type: 'ONE' })
              sendBack({ type: 'TWO' })
            })
          }),
        },
      }).createMachine({
        invoke: { src: 'echo', id: 'kid' },
        on: {
          ASK: { actions: [sendTo('kid', { type: 'Q' }), note('asked')] },
          ONE: { actions: note('one') },
          TWO: { actions: note('two') },
        },
      }),
    steps: [{ type: 'ASK' }],
    log: [[], ['asked', 'one', 'two']],
    ends: {},
  },
  {
    title: 'a child that is stopped with its state runs no exit actions and sends nothing more',
    build: (note) =>
      setup({
        actors: { child: createMachine({ exit: [note('child exits'), sendParent({ type: 'BYE' })] }) },
      }).createMachine({
        initial: 'on',
        states: {
          on: { invoke: { src: 'child', id: 'kid' }, on: { OFF: 'off' }, exit: note('exit on') },
          off: { entry: note('enter off') },
        },
        on: { BYE: { actions: note('bye') } },
      }),
    steps: [{ type: 'OFF' }],
    log: [[], ['exit on', 'enter off']],
    ends: 'off',
  },
  {
    title: 'two levels of children start in their order, and stop without exit actions',
    build: (note) => {
      const leaf = createMachine({ entry: note('leaf in'), exit: note('leaf out') })
      const middle = setup({ actors: { leaf } }).createMachine({
        entry: note('middle in'),
        exit: note('middle out'),
        invoke: { src: 'leaf', id: 'leaf' },
      })
      return setup({ actors: { middle } }).createMachine({
        initial: 'off',
        states: {
          off: { on: { FLIP: 'on' } },
          on: { invoke: { src: 'middle', id: 'middle' }, on: { FLIP: 'off' }, entry: note('on'), exit: note('off') },
        },
      })
    },
    steps: [{ type: 'FLIP' }, { type: 'FLIP' }],
    log: [[], ['on', 'leaf in', 'middle in'], ['off']],
    ends: 'off',
  },
  {
    title: 'siblings find each other by system id and by ref',
    build: (note) => {
      const listener = createMachine({
        on: { '*': { actions: note(({ event }: { event: EventObject }) => `heard ${event.type}`) } },
      })
      const talker = createMachine({
        context: ({ input }) => ({ friend: (input as { friend: AnyActorRef }).friend }),
        on: {
          TALK: {
            actions: [
              sendTo(({ system }) => system.get('listener'), { type: 'BY_ID' }),
              sendTo(({ context }) => context.friend, { type: 'BY_REF' }),
            ],
          },
        },
      })
      return setup({ actors: { listener, talker } }).createMachine({
        context: ({ spawn }) => {
          const friend: AnyActorRef = spawn('listener', { id: 'listener', systemId: 'listener' })
          return { friend, talker: spawn('talker', { id: 'talker', input: { friend } }) as AnyActorRef }
        },
        on: { GO: { actions: sendTo(({ context }) => context.talker, { type: 'TALK' }) } },
      })
    },
    steps: [{ type: 'GO' }, { type: 'GO' }],
    log: [[], ['heard BY_ID', 'heard BY_REF'], ['heard BY_ID', 'heard BY_REF']],
    ends: {},
  },
  {
    title: 'an id can be stopped and spawned again in one transition',
    build: (note) =>
      setup({
        actors: { child: createMachine({ entry: note('in'), exit: note('out'), on: { X: { actions: note('x') } } }) },
      }).createMachine({
        entry: spawnChild('child', { id: 'kid' }),
        on: {
          SWAP: { actions: [stopChild('kid'), spawnChild('child', { id: 'kid' })] },
          X: { actions: sendTo('kid', { type: 'X' }) },
        },
      }),
    steps: [{ type: 'X' }, { type: 'SWAP' }, { type: 'X' }],
    log: [['in'], ['x'], ['in'], ['x']],
    ends: {},
  },
  {
    title: 'what a child sends to its idle parent is handled before what the child sends itself',
    build: (note) =>
      setup({
        actors: {
          child: createMachine({
            entry: raise({ type: 'WAKE' }, { delay: 10 }),
            on: {
              WAKE: {
                actions: [sendTo(({ self }) => self, { type: 'SELF' }), sendParent({ type: 'UP' }), note('woken')],
              },
              SELF: { actions: note('self') },
            },
          }),
        },
      }).createMachine({ invoke: { src: 'child' }, on: { UP: { actions: note('up') } } }),
    steps: [10],
    log: [[], ['woken', 'up', 'self']],
    ends: {},
  },
  {
    title: 'a child that goes through many states for one event shows its parent each of them',
    build: (note) =>
      setup({
        types: { context: {} as { left: number } },
        actors: {
          child: createMachine({
            context: { left: 600 },
            on: {
              GO: {
                guard: ({ context }) => context.left > 0,
                actions: [
                  assign({ left: ({ context }) => context.left - 1 }),
                  sendTo(({ self }) => self, { type: 'GO' }),
                ],
              },
            },
          }),
        },
      }).createMachine({
        context: { left: 601 },
        invoke: {
          src: 'child',
          id: 'kid',
          onSnapshot: {
            actions: [
              assign({ left: ({ event }) => (event.snapshot as { context: { left: number } }).context.left }),
              ({ context }) => context.left % 300 === 0 && note(`${context.left} left`)({}),
            ],
          },
        },
        on: { GO: { actions: sendTo('kid', { type: 'GO' }) } },
      }),
    steps: [{ type: 'GO' }],
    log: [['600 left'], ['300 left', '0 left', '0 left']],
    ends: {},
  },
  {
    title: 'a ref to a child keeps its id, also when the child has been stopped',
    build: (note) =>
      setup({ actors: { child: createMachine({}) } }).createMachine({
        context: ({ spawn }) => ({ kid: spawn('child', { id: 'kid' }) as AnyActorRef }),
        on: {
          STOP: { actions: stopChild('kid') },
          ASK: { actions: ({ context }) => note((context.kid as AnyActorRef).id)({}) },
        },
      }),
    steps: [{ type: 'ASK' }, { type: 'STOP' }, { type: 'ASK' }],
    log: [[], ['kid'], [], ['kid']],
    ends: {},
  },
]

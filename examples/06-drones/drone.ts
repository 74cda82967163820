/**
 * A drone. What it may do is this statechart; where its way is closed, its pilot chooses among the events that are legal.
 *
 *     airborne { planning ──> flying ──closed──> deciding ──REPLAN──> planning
 *                                                         ──WAIT────> waiting ──> flying
 *                                                         ──RETURN──> planning, to its home }
 *     delivered, returned, stranded
 *
 * It has a radio as long as it is airborne. Without contact it fails, and its supervisor decides.
 */
import { toolGate } from 'roscius'
import {
  type BrainRequest,
  type Decision,
  judgeDecision,
  type LegalEvent,
  legalEvents,
  type ToolCall,
} from 'roscius/machines'
import { type AnyStateMachine, assign, emit, fromObservable, raise, type Subscribable, setup } from 'xstate'
import { type Cell, distance } from './city.js'
import { decisions, pathTool, pilot } from './pilot.js'

const STEP_MS = 1_000
const WAIT_MS = 3_000
const MAX_WAITS = 2
/** Cells that it wants to have left when it is home. */
const RESERVE = 2

export interface DroneInput {
  readonly name: string
  readonly home: Cell
  readonly goal: Cell
  /** How many cells it can fly. */
  readonly battery: number
}

export interface DroneContext extends DroneInput {
  readonly at: Cell
  /** Where it flies to now: its goal, or home. */
  readonly target: Cell
  readonly route: readonly Cell[]
  readonly flown: readonly Cell[]
  readonly closed: readonly Cell[]
  readonly waits: number
  /** There is none, as far as it knows. */
  readonly hasNoWay: boolean
}

export type DroneEvent =
  | { readonly type: 'CLOSED' | 'OPENED'; readonly cells: readonly Cell[] }
  | { readonly type: 'REPLAN' | 'WAIT' | 'RETURN' }

/** Emitted, for whoever watches. */
export type DroneNews =
  | { readonly type: 'planned'; readonly route: readonly Cell[] }
  | { readonly type: 'noWay' }
  | { readonly type: 'decided'; readonly legal: readonly string[]; readonly decision: string; readonly reason: string }
  | { readonly type: 'lowBattery'; readonly battery: number }

const { tool } = toolGate({ tools: [pathTool] })

export function createDroneMachine(radio: (name: string) => Subscribable<string>) {
  return setup({
    types: {
      context: {} as DroneContext,
      events: {} as DroneEvent,
      input: {} as DroneInput,
      emitted: {} as DroneNews,
    },
    actors: {
      tool,
      pilot,
      radio: fromObservable<string, string>(({ input }) => radio(input)),
    },
    guards: {
      isAtGoal: ({ context: { at, goal } }) => at === goal,
      isHome: ({ context: { at, home, target } }) => at === home && target === home,
      hasCharge: ({ context }) => context.battery > 0,
      /** Whoever flies home already has nothing to turn back for. */
      isLow: ({ context: { at, home, battery, target } }) => target !== home && battery <= distance(at, home) + RESERVE,
      isClosedAhead: ({ context: { route, closed } }) => closed.includes(route[0] ?? ''),
      /** Where there was no way, there is none until there is news. */
      mayReplan: ({ context }) => !context.hasNoWay,
      mayReturn: ({ context }) => context.target !== context.home,
      mayWait: ({ context }) => context.waits < MAX_WAITS,
      hasRoute: (_, route: readonly Cell[] | undefined) => route !== undefined,
      isLegal: ({ context }, decision: Decision) => judged(decision, context).isLegal,
    },
    actions: {
      step: assign(({ context: { route, flown, battery } }) => ({
        at: route[0]!,
        route: route.slice(1),
        flown: [...flown, route[0]!],
        battery: battery - 1,
      })),
      follow: assign((_, route: readonly Cell[] | undefined) => ({ route: route ?? [] })),
      turnHome: assign(({ context }) => ({ target: context.home, hasNoWay: false })),
      noteClosed: assign(({ context }, cells: readonly Cell[]) => ({
        closed: [...context.closed, ...cells],
        hasNoWay: false,
      })),
      noteOpened: assign(({ context }, cells: readonly Cell[]) => ({
        closed: context.closed.filter((cell) => !cells.includes(cell)),
        hasNoWay: false,
      })),
      noteNoWay: assign({ hasNoWay: true }),
      countWait: assign({ waits: ({ context }) => context.waits + 1 }),
      tellRoute: emit(({ context: { route } }) => ({ type: 'planned', route })),
      tellNoWay: emit({ type: 'noWay' }),
      tellLow: emit(({ context: { battery } }) => ({ type: 'lowBattery', battery })),
      tellDecision: emit(({ context }, { event, reason }: Decision) => ({
        type: 'decided',
        legal: legalIn(context).map(({ type }) => type),
        decision: event.type,
        reason,
      })),
      carryOut: raise((_, { event }: Decision) => event as DroneEvent),
    },
    delays: { step: STEP_MS, wait: WAIT_MS },
  }).createMachine({
    id: 'drone',
    version: '1',
    context: ({ input }) => ({
      ...input,
      at: input.home,
      target: input.goal,
      route: [],
      flown: [],
      closed: [],
      waits: 0,
      hasNoWay: false,
    }),
    initial: 'airborne',
    meta: { roscius: { check: { boundingGuards: ['hasCharge', 'isLow', 'mayReplan', 'mayReturn'] } } },
    on: {
      CLOSED: { actions: { type: 'noteClosed', params: ({ event }) => event.cells } },
      OPENED: { actions: { type: 'noteOpened', params: ({ event }) => event.cells } },
    },
    states: {
      airborne: {
        meta: { roscius: { suppress: [{ rule: 'effect-without-error-path', reason: 'its supervisor decides' }] } },
        invoke: { src: 'radio', input: ({ context }) => context.name },
        initial: 'planning',
        states: {
          planning: {
            invoke: {
              src: 'tool',
              input: ({ context }) => pathCall(context),
              onDone: [
                {
                  guard: { type: 'hasRoute', params: ({ event }) => routeIn(event.output) },
                  target: 'flying',
                  actions: [{ type: 'follow', params: ({ event }) => routeIn(event.output) }, 'tellRoute'],
                },
                { target: 'deciding', actions: ['noteNoWay', 'tellNoWay'] },
              ],
              onError: '#stranded',
            },
          },
          flying: {
            always: [
              { guard: 'isAtGoal', target: '#delivered' },
              { guard: 'isHome', target: '#returned' },
              { guard: 'isLow', target: 'planning', actions: ['turnHome', 'tellLow'] },
              { guard: 'isClosedAhead', target: 'deciding' },
            ],
            after: {
              step: [{ guard: 'hasCharge', target: 'flying', reenter: true, actions: 'step' }, { target: '#stranded' }],
            },
          },
          deciding: {
            invoke: {
              src: 'pilot',
              input: ({ context }) => questionOf(context),
              onDone: [
                {
                  guard: { type: 'isLegal', params: ({ event }) => event.output },
                  actions: [
                    { type: 'tellDecision', params: ({ event }) => event.output },
                    { type: 'carryOut', params: ({ event }) => event.output },
                  ],
                },
                // Whatever else the pilot says, it goes home.
                { guard: 'mayReturn', target: 'planning', actions: 'turnHome' },
                { target: '#stranded' },
              ],
              onError: [{ guard: 'mayReturn', target: 'planning', actions: 'turnHome' }, { target: '#stranded' }],
            },
            on: {
              REPLAN: { guard: 'mayReplan', target: 'planning' },
              WAIT: { guard: 'mayWait', target: 'waiting', actions: 'countWait' },
              RETURN: { guard: 'mayReturn', target: 'planning', actions: 'turnHome' },
            },
          },
          waiting: { after: { wait: 'flying' } },
        },
      },
      delivered: { id: 'delivered', type: 'final' },
      returned: { id: 'returned', type: 'final' },
      stranded: { id: 'stranded', type: 'final' },
    },
  })
}

/** A machine that is never run: it is asked what it would take in a state. */
const model: AnyStateMachine = createDroneMachine(() => ({ subscribe: () => ({ unsubscribe: () => undefined }) }))

function legalIn(context: DroneContext): LegalEvent[] {
  return legalEvents(model.resolveState({ value: { airborne: 'deciding' }, context }), decisions)
}

function judged(decision: Decision, context: DroneContext) {
  return judgeDecision(decision, { legal: legalIn(context), schemas: decisions })
}

function questionOf(context: DroneContext): BrainRequest {
  const { at, goal, battery, route, waits } = context
  const facts = { battery, toGoal: distance(at, goal) }
  return {
    goal: `fly to ${goal}`,
    constraints: [],
    state: 'airborne.deciding',
    legal: legalIn(context),
    tools: [],
    observations: [{ turn: 0, kind: 'note', text: `${route[0]} is closed.`, data: facts }],
    memory: [],
    turn: waits + 1,
    limits: { turnsLeft: MAX_WAITS - waits + 1 },
  }
}

function pathCall({ at, target, closed, flown }: DroneContext): ToolCall {
  const input = { from: at, to: target, closed }
  return { id: `at-${flown.length}`, tool: 'find_path', input, reason: '', goal: target, turn: 1, depth: 0 }
}

function routeIn(answer: unknown): readonly Cell[] | undefined {
  const { output } = answer as { readonly output?: { readonly route?: readonly Cell[] } }
  return output?.route
}

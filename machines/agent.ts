/**
 * An agent, as a statechart: what it may do now is a state that everyone can see, and not a loop around a model.
 *
 * Boundary: pure. The brain, the tools and everybody else are actors by name; what they cost is metered by who runs them.
 *
 * 1. The brain only decides among the events that the state `deciding` takes. Another decision is refused, counted, and asked
 *    again with the reason; after `limits.refusals` in a row the agent is stuck.
 * 2. Every turn passes the guards `withinTurns`, `withinBudget` and `withinDeadline`; the same call without new information
 *    passes `notLooping` `limits.repeats` times; a task is handed down as far as `withinDepth` allows.
 * 3. Every wait has a timeout, and over all of them stands the deadline. `CANCEL` ends it in any state.
 * 4. `callingApproved` is entered by an approval only. Whether a call needs one is decided before it, and by the tool's gate.
 * 5. A pause stops thinking and waiting at once and comes back to them. A call, a delegation or a note that is being kept is
 *    not torn: the pause begins when it has ended, before whatever comes next.
 * 6. No call that may have happened is made again without a look: see `policy.outcomeUnknown`. Of a task that a peer may
 *    have got, the brain is told.
 * 7. Commands that are not written as they should be change nothing.
 */
import { raise, type StateMachine } from 'xstate'
import { type AgentContext, type AgentInput, initialContext, outputOf } from './agent/context.js'
import { decisionSchemas } from './agent/decisions.js'
import { Deliberation } from './agent/deliberation.js'
import { type AgentOptions, type DelegateAnswer, readAgentOptions, type Verification } from './agent/options.js'
import { type AgentSetup, agentSetup } from './agent/setup.js'
import { escalated, paused, waiting } from './agent/waiting.js'
import { working } from './agent/working.js'

/** Where decisions are taken; the other regions are where they begin. */
const DECIDING = { active: { job: { engaged: { working: 'deciding' } } } }

/** What it is at: working, waiting, paused, in trouble. */
function job(agent: AgentSetup, deliberation: Deliberation) {
  return agent.createStateConfig({
    initial: 'engaged',
    states: {
      engaged: {
        id: 'engaged',
        initial: 'working',
        on: {
          PAUSE: { guard: 'isCommand', target: '#midway' },
          GUIDE: { guard: 'isCommand', actions: 'noteGuidance' },
          REDIRECT: { guard: 'isCommand', target: '#perceiving', actions: 'noteRedirect' },
        },
        states: {
          working: working(agent, deliberation),
          waiting: waiting(agent),
          backingOff: { id: 'backingOff', after: { backoff: '#thinking' } },
          history: { id: 'history', type: 'history', history: 'deep', target: 'working' },
        },
      },
      paused: paused(agent),
      escalated: escalated(agent),
      /** A limit is used up, or the ledger refuses. */
      overdrawn: {
        id: 'overdrawn',
        always: [
          { guard: 'mayDegrade', target: 'degrading' },
          { guard: 'asksWhenExhausted', target: '#overBudget' },
          { target: '#exhausted' },
        ],
      },
      degrading: {
        id: 'degrading',
        entry: raise({ type: 'agent.degrade' }),
        on: { 'agent.degrade': { target: '#perceiving', actions: ['forgetTrouble', 'tellDegraded'] } },
        after: { grace: '#exhausted' },
      },
      stuck: {
        id: 'stuck',
        always: [{ guard: 'escalatesWhenStuck', target: '#needsHelp' }, { target: '#failed' }],
      },
    },
  })
}

/** A call, a delegation or a note that runs at the deadline may end; thoughts and waits are over at once. */
function clock(agent: AgentSetup) {
  return agent.createStateConfig({
    initial: 'inTime',
    states: {
      inTime: { id: 'inTime', after: { deadline: 'overtime' } },
      overtime: {
        always: { guard: 'isNotBusy', target: '#exhausted', actions: 'noteDeadline' },
        after: { grace: { target: '#exhausted', actions: 'noteDeadline' } },
      },
    },
  })
}

/** Which brain decides. */
function mode(agent: AgentSetup) {
  return agent.createStateConfig({
    initial: 'full',
    states: {
      full: { on: { 'agent.degrade': { guard: 'isDegrading', target: 'degraded' } } },
      degraded: { id: 'degraded' },
    },
  })
}

/** Whether a pause waits for a call to end. */
function hold(agent: AgentSetup) {
  return agent.createStateConfig({
    initial: 'free',
    states: {
      free: { on: { PAUSE: { guard: 'mustEndFirst', target: 'pausing' } } },
      pausing: {
        id: 'pausing',
        on: {
          // Where it has paused already, the job notes it.
          RESUME: [
            { guard: 'isResumedEarly', target: 'free', actions: 'noteResume' },
            { guard: 'isCommand', target: 'free' },
          ],
        },
      },
    },
  })
}

/**
 * The machine of an agent. Its final states are `done`, `failed`, `exhausted` and `cancelled`; its output says which, why, and
 * what was used. Throws `OPTIONS_INVALID`, with the path of the field.
 *
 * What its brain says word by word is heard as `ref.on('token', …)` in a system; outside one it is emitted by the brain:
 * `actor.getSnapshot().children.brain?.on('token', …)`.
 *
 * Its input: `{ goal?, constraints?, context?, depth?, limits? }`, all optional; limits can only be lowered by it.
 *
 * @example
 * ```ts
 * import { fromRules } from 'roscius/actors'
 * import { createAgentMachine, type ToolCall } from 'roscius/machines'
 * import { createActor, fromPromise, toPromise } from 'xstate'
 *
 * const agent = createAgentMachine({
 *   goal: 'count the bees',
 *   brain: fromRules([
 *     { when: { observed: 'tool' }, decide: { event: { type: 'FINISH', output: 42 }, reason: 'they are counted' } },
 *     { decide: { event: { type: 'USE_TOOL', tool: 'count', input: { what: 'bees' } }, reason: 'they must be counted' } },
 *   ]),
 *   tools: [{ name: 'count', description: 'counts things', risk: 'read' }],
 *   tool: fromPromise(async ({ input }: { input: ToolCall }) => ({ tool: input.tool, count: 42 })),
 *   limits: { turns: 5 },
 * })
 * const { status } = await toPromise(createActor(agent).start())
 * console.log(status)
 * ```
 */
export function createAgentMachine<
  TTool,
  TKept,
  TAnswer extends DelegateAnswer = DelegateAnswer,
  TFound extends Verification = Verification,
>(options: AgentOptions<TTool, TKept, TAnswer, TFound>): AgentMachine {
  return machineOf(options as unknown as AgentOptions)
}

function machineOf(options: AgentOptions) {
  const settings = readAgentOptions(options)
  const deliberation = new Deliberation(settings, decisionSchemas(settings), DECIDING)
  const agent = agentSetup(settings, deliberation)
  const machine = agent.createMachine({
    id: 'agent',
    context: ({ input }: { input: AgentInput }): AgentContext => initialContext(settings, input),
    initial: 'idle',
    meta: { roscius: { check: { boundingGuards: ['mayRetry', 'mayAskAgain'] } } },
    on: {
      CANCEL: { guard: 'isCommand', target: '.cancelled', actions: 'noteCancel' },
      'roscius.cancel': { target: '.cancelled', actions: 'noteCancel' },
    },
    states: {
      idle: {
        tags: ['idle'],
        meta: { roscius: { waits: 'forever', reason: 'without a goal there is nothing to do and nothing is spent' } },
        always: { guard: 'hasGoal', target: 'active' },
        on: { START: { guard: 'isStart', target: 'active', actions: 'noteStart' } },
      },
      active: {
        type: 'parallel',
        states: { job: job(agent, deliberation), clock: clock(agent), mode: mode(agent), hold: hold(agent) },
      },
      done: { id: 'done', type: 'final' },
      failed: { id: 'failed', type: 'final' },
      exhausted: { id: 'exhausted', type: 'final' },
      cancelled: { id: 'cancelled', type: 'final' },
    },
    output: ({ context }) => outputOf(context),
  })
  return deliberation.of(machine)
}

export type AgentMachine = WithOptionalInput<ReturnType<typeof machineOf>>

/** XState's `setup` infers an input that has to be given. */
type WithOptionalInput<TMachine> =
  TMachine extends StateMachine<
    infer TContext,
    infer TEvent,
    infer TChildren,
    infer TActor,
    infer TAction,
    infer TGuard,
    infer TDelay,
    infer TStateValue,
    infer TTag,
    infer _TInput,
    infer TOutput,
    infer TEmitted,
    infer TStateMeta,
    infer TStateSchema,
    infer TTransitionMeta
  >
    ? StateMachine<
        TContext,
        TEvent,
        TChildren,
        TActor,
        TAction,
        TGuard,
        TDelay,
        TStateValue,
        TTag,
        AgentInput,
        TOutput,
        TEmitted,
        TStateMeta,
        TStateSchema,
        TTransitionMeta
      >
    : never

/** The parts of the agent's statechart by name: its actors, guards, actions and delays. */
import { and, assign, emit, enqueueActions, fromCallback, fromPromise, not, or, setup, stateIn } from 'xstate'
import { agentCommandSchemas } from './commands.js'
import type { AgentContext, AgentInput, AgentOutput } from './context.js'
import type { Deliberation } from './deliberation.js'
import type { AgentEmitted, AgentEvent } from './events.js'
import * as guards from './guards.js'
import { backoffMs, spent, warningsBetween } from './limits.js'
import type {
  AgentSettings,
  ApprovalRequest,
  DelegateAnswer,
  RecallInput,
  RememberInput,
  Task,
  ToolCall,
  Verification,
} from './options.js'
import * as commands from './updates/commands.js'
import * as deciding from './updates/deciding.js'
import * as ending from './updates/ending.js'
import * as finding from './updates/finding.js'
import * as learning from './updates/learning.js'

/** Stands where the agent was given nothing: a guard keeps it from being reached. */
const absent = (): never => {
  throw new Error('The agent was made without this actor.')
}

interface AgentTypes {
  readonly context: AgentContext
  readonly events: AgentEvent
  readonly input: AgentInput
  readonly output: AgentOutput
  readonly emitted: AgentEmitted
}

function actorsOf({ brain, fallback = brain, tool, delegate, verify, approval, memory }: AgentSettings) {
  return {
    brain,
    fallback,
    tool: tool ?? fromPromise<unknown, ToolCall>(absent),
    delegate: delegate ?? fromPromise<DelegateAnswer, Task>(absent),
    verify: verify ?? fromPromise<Verification, ToolCall>(absent),
    approval: approval ?? fromCallback<AgentEvent, ApprovalRequest>(() => undefined),
    recall: memory?.recall ?? fromPromise<string[], RecallInput>(absent),
    remember: memory?.remember ?? fromPromise<unknown, RememberInput>(absent),
  }
}

/** `setup(...)` of an agent. */
export function agentSetup(settings: AgentSettings, deliberation: Deliberation) {
  const { policy } = settings
  const outputOf = (event: object): unknown => Reflect.get(event, 'output')
  return setup({
    types: {} as AgentTypes,
    // What may be sent to it from outside: consoles make forms of it, and refuse what is written otherwise.
    schemas: { events: agentCommandSchemas },
    actors: actorsOf(settings),
    delays: {
      deadline: ({ context }) => context.limits.deadlineMs,
      grace: ({ context }) => context.limits.graceMs,
      brainTimeout: ({ context }) => context.limits.brainMs,
      toolTimeout: ({ context }) => context.limits.toolMs,
      delegateTimeout: ({ context }) => context.limits.delegateMs,
      memoryTimeout: ({ context }) => context.limits.memoryMs,
      approvalTimeout: ({ context }) => context.limits.approvalMs,
      peerTimeout: ({ context }) => context.limits.peerMs,
      personTimeout: ({ context }) => context.limits.personMs,
      escalationTimeout: ({ context }) => context.limits.escalationMs,
      backoff: ({ context: { limits, failures } }) => backoffMs(limits, failures),
    },
    guards: {
      withinTurns: guards.withinTurns,
      withinBudget: guards.withinBudget,
      withinDepth: guards.withinDepth,
      withinToolCalls: guards.withinToolCalls,
      withinDeadline: stateIn('#inTime'),
      mayTakeTurn: and(['withinTurns', 'withinBudget', 'withinDeadline']),
      /** The fallback brain costs nothing: turns and time still count. */
      mayTakeCheapTurn: and(['isDegraded', 'withinTurns', 'withinDeadline']),
      notLooping: guards.notLooping,
      mayRetry: guards.mayRetry,
      mayAskAgain: guards.mayAskAgain,
      mayRecall: and(['mayTakeTurn', 'hasMemory']),
      mayCall: and(['hasTools', 'withinToolCalls', 'notLooping', 'isPermitted']),
      mayCallIfApproved: and(['mayCall', 'needsApproval']),
      mayDelegate: and(['canDelegate', 'withinDepth', 'notLooping']),
      mayRemember: and(['notLooping', 'hasMemory']),
      mayDegrade: and(['withinTurns', 'withinDeadline', not('isDegraded'), 'degradesWhenExhausted']),
      isPausing: stateIn('#pausing'),
      isDegrading: stateIn('#degrading'),
      isDegraded: stateIn('#degraded'),
      isActing: stateIn('#acting'),
      isDelegating: stateIn('#delegating'),
      isReflecting: stateIn('#reflecting'),
      isBusy: or(['isActing', 'isDelegating', 'isReflecting']),
      mustEndFirst: and(['isCommand', 'isBusy']),
      isEngaged: stateIn('#engaged'),
      isResumedEarly: and(['isCommand', 'isEngaged']),
      isNotBusy: not('isBusy'),
      isLegal: ({ context, event }) => deliberation.judge(context, outputOf(event)).isLegal,
      hasGoal: guards.hasGoal,
      hasMemory: guards.hasMemory(settings),
      hasTools: guards.hasTools(settings),
      canDelegate: guards.canDelegate(settings),
      isPermitted: guards.isPermitted(settings),
      needsApproval: guards.needsApproval(settings),
      isHarmless: guards.isHarmless(settings),
      isCommand: guards.isCommand,
      isStart: guards.isStart,
      isThisApproval: guards.isThisApproval,
      isThisTask: guards.isThisTask,
      isPending: guards.isPending,
      isOverBudget: guards.isOverBudget,
      /** A degraded agent has known before that there is nothing left: it does without. */
      isMemoryTooDear: and(['isOverBudget', not('isDegraded')]),
      isUnclear: guards.isUnclear,
      isGated: guards.isGated,
      verifiesUnclear: guards.says(policy, 'outcomeUnknown', 'verify'),
      skipsUnclear: guards.says(policy, 'outcomeUnknown', 'skip'),
      degradesWhenExhausted: guards.onExhausted(settings, 'degrade'),
      asksWhenExhausted: guards.onExhausted(settings, 'pauseAndAsk'),
      escalatesWhenStuck: guards.says(policy, 'onStuck', 'escalate'),
    },
    actions: {
      countTurn: enqueueActions(({ context, event, enqueue }) => {
        const change = deciding.countTurn({ context, event })
        enqueue.assign(change)
        warn(context, change.used, (warning) => enqueue.emit(warning))
      }),
      countModelCall: assign(deciding.countModelCall),
      countUsage: enqueueActions(({ context, event, enqueue }) => {
        const change = deciding.countUsage({ context, event })
        enqueue.assign(change)
        warn(context, change.used, (warning) => enqueue.emit(warning))
      }),
      countFailure: assign(ending.countFailure),
      takeDecision: enqueueActions(({ context, event, enqueue }) => {
        const judged = deliberation.judge(context, outputOf(event))
        if (!judged.isLegal) return
        const { decision } = judged
        enqueue.assign(deciding.noteDecision({ context, event }, decision))
        const { reason, usage, prompt, model } = decision
        enqueue.emit({ type: 'decided', turn: context.used.turns, event: decision.event, reason, usage, prompt, model })
        enqueue.raise(decision.event as AgentEvent)
      }),
      noteRefusal: enqueueActions(({ context, event, enqueue }) => {
        const judged = deliberation.judge(context, outputOf(event))
        const reason = judged.isLegal ? 'It is refused.' : judged.reason
        enqueue.assign(deciding.noteRefusal({ context, event }, reason))
        enqueue.emit({ type: 'refused', turn: context.used.turns, decision: outputOf(event), reason })
      }),
      prepareCall: enqueueActions(({ context, event, enqueue }) => {
        const change = deciding.prepareCall({ context, event })
        enqueue.assign(change)
        warn(context, change.used, (warning) => enqueue.emit(warning))
      }),
      prepareTask: assign(deciding.prepareTask),
      prepareApproval: assign(({ context, event }) => {
        const risk = settings.tools.find(({ name }) => name === context.call?.tool)?.risk
        return deciding.prepareApproval({ context, event }, risk)
      }),
      noteApproval: assign(deciding.noteApproval),
      noteDenial: assign(deciding.noteDenial),
      noteToolResult: assign(finding.noteToolResult),
      noteToolError: assign(finding.noteToolError),
      noteToolSilence: assign(finding.noteToolSilence),
      noteUnclear: assign(finding.noteUnclear),
      noteVerification: assign(finding.noteVerification),
      noteReply: assign(finding.noteReply),
      noteNoReply: assign(finding.noteNoReply),
      noteAnswer: assign(finding.noteAnswer),
      noteNoAnswer: assign(finding.noteNoAnswer),
      noteReflection: assign(finding.noteReflection),
      noteQuestion: assign(finding.noteQuestion),
      askWhatHappened: assign(finding.askWhatHappened),
      noteMemory: assign(finding.noteMemory),
      noteStart: assign(commands.noteStart),
      noteGuidance: assign(commands.noteGuidance),
      noteRedirect: assign(commands.noteRedirect),
      noteResume: assign(commands.noteResume),
      dropWaiting: assign(learning.dropWaiting),
      forgetTrouble: assign(ending.forgetTrouble),
      noteDone: assign(ending.noteDone),
      noteGiveUp: assign(ending.noteGiveUp),
      noteStuck: assign(ending.noteStuck),
      noteShortage: assign(ending.noteShortage),
      noteOverBudget: assign(ending.noteOverBudget),
      noteDeadline: assign(ending.noteDeadline),
      noteCancel: assign(ending.noteCancel),
      tellApprovalRequested: emit(({ context }) => ({
        type: 'approvalRequested' as const,
        request: context.approval as ApprovalRequest,
      })),
      tellPersonAsked: emit(({ context }) => ({ type: 'personAsked' as const, question: context.question ?? '' })),
      tellDelegated: emit(({ context }) => ({ type: 'delegated' as const, task: context.task as Task })),
      tellDegraded: emit({ type: 'degraded' }),
      tellEscalated: emit(({ context }) => ({ type: 'escalated' as const, why: context.ending })),
    },
  })
}

export type AgentSetup = ReturnType<typeof agentSetup>

type Warning = Extract<AgentEmitted, { type: 'budgetWarning' }>

function warn({ limits, used }: AgentContext, now: AgentContext['used'] | undefined, tell: (warning: Warning) => void) {
  if (now === undefined) return
  for (const what of warningsBetween(limits, used, now))
    tell({ type: 'budgetWarning', what, used: spent(now, what), limit: limits[what]! })
}

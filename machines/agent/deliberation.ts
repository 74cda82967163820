/**
 * What the brain of an agent is asked, and whether its answer can be taken.
 *
 * 1. Both are told by the machine as it was made. One that gets other guards by `provide` takes what these let through of it.
 */
import type { AnyMachineSnapshot, AnyStateMachine } from 'xstate'
import type { BrainRequest } from '../brain.js'
import { type Judgement, judgeDecision } from '../judge-decision.js'
import { type EventSchemas, legalEvents } from '../legal-events.js'
import type { AgentContext } from './context.js'
import { canDelegate, isPermitted, notLooping, withinDepth, withinToolCalls } from './guards.js'
import { limitsLeft } from './limits.js'
import type { AgentSettings } from './options.js'

/** Where decisions are taken, as a state value of the machine. */
export type DecidingValue = Parameters<AnyStateMachine['resolveState']>[0]['value']

export class Deliberation {
  #machine: AnyStateMachine | undefined

  constructor(
    private readonly settings: AgentSettings,
    private readonly schemas: EventSchemas,
    private readonly deciding: DecidingValue,
  ) {}

  /** The machine that is asked what is legal. */
  of<TMachine extends AnyStateMachine>(machine: TMachine): TMachine {
    this.#machine = machine
    return machine
  }

  request(context: AgentContext): BrainRequest {
    const { goal, constraints, memory, observations, used, refused } = context
    return {
      goal,
      constraints: [...constraints],
      state: 'working.deciding',
      legal: this.#legal(context),
      tools: [...this.settings.tools],
      observations: [...observations],
      memory: [...memory],
      turn: used.turns,
      ...(refused.length === 0 ? {} : { refused: [...refused] }),
      limits: limitsLeft(context),
    }
  }

  judge(context: AgentContext, answer: unknown): Judgement {
    const judged = judgeDecision(answer, { legal: this.#legal(context), schemas: this.schemas })
    if (!judged.isLegal || this.#snapshot(context).can(judged.decision.event)) return judged
    return { isLegal: false, reason: this.#whyNot(context, judged.decision.event) }
  }

  #legal(context: AgentContext): BrainRequest['legal'] {
    return legalEvents(this.#snapshot(context), this.schemas)
  }

  #snapshot(context: AgentContext): AnyMachineSnapshot {
    return this.#machine!.resolveState({ value: this.deciding, context })
  }

  #whyNot(context: AgentContext, event: { readonly type: string }): string {
    const args = { context, event }
    const { type } = event
    if (!notLooping(args)) return `${type} with these arguments was done before, and gave the same each time.`
    if (type === 'USE_TOOL' && !withinToolCalls(args)) return 'There are no tool calls left.'
    if (type === 'USE_TOOL' && !isPermitted(this.settings)(args)) return 'The policy denies this call.'
    if (type === 'DELEGATE' && !(canDelegate(this.settings)() && withinDepth(args)))
      return 'Nothing can be delegated from here.'
    return `The agent does not take ${type} now.`
  }
}

/**
 * What a person has to agree to before a call is made, and whether they have.
 *
 * 1. A yes counts for what was shown: these arguments, of this version of the tool, in this life of this agent; at the levels
 *    of a step and a task for all that the same rules ask about there.
 * 2. What is shown are the arguments as the tool gets them: what its schema adds or leaves out is agreed to, too.
 */
import { createHash } from 'node:crypto'
import type { ApprovalDemand, ToolCall } from '../../../machines/agent/options.js'
import { canonical } from '../../../machines/agent/repetition.js'
import { RosciusError } from '../../core/errors.js'
import { NO_REFS, toStorable } from '../../persistence/storable.js'
import type { EffectRun } from '../../runtime/effect-run.js'
import { Approvals } from '../approvals/approvals.js'
import { approvalKey } from '../policy/approval-reach.js'
import type { CallJudgement } from '../tools/judge-call.js'
import type { Tool } from '../tools/tool.js'

/** What a judgement is when a person has to be asked. */
export type Demanding = Extract<CallJudgement, { readonly outcome: 'allowed' | 'approvalRequired' }>

export class CallApproval {
  constructor(
    private readonly tool: Tool,
    private readonly call: ToolCall,
    private readonly judgement: Demanding,
    /** `undefined` outside a system. */
    private readonly run: EffectRun | undefined,
    /** Of who calls: one cell may have several agents in it. */
    private readonly session: string | undefined,
  ) {}

  /**
   * By the system's approvals, where the question is known there. If the agent was told so itself, by an `APPROVE` that was
   * sent to it, that counts as a decision, unless there is one.
   */
  async isGiven(): Promise<boolean> {
    const id = this.#id
    const { approvalId, approvedBy } = this.call
    const toldBy = approvalId === id ? approvedBy : undefined
    const approvals = this.run?.extension('approvals')
    const asked = approvals instanceof Approvals ? approvals.question(id) : undefined
    if (!(approvals instanceof Approvals) || asked === undefined) return toldBy !== undefined
    if (toldBy !== undefined) {
      // A pause may have withdrawn it: then it is asked anew, and decided at once.
      await approvals.ask(asked)
      await approvals.decide([id], { decision: 'approved', by: toldBy, reason: 'Told to the agent directly.' })
    }
    return approvals.isApproved(id)
  }

  /** What the call fails with: all that the agent needs to ask. */
  required(message: string): RosciusError {
    const { policy, verdict, input } = this.judgement
    const demand: ApprovalDemand = {
      policy: { name: policy.name, version: policy.version },
      rule: verdict.rule,
      reason: [verdict, ...(verdict.also ?? [])].map(({ reason }) => reason).join(' '),
      level: verdict.level,
      toolVersion: this.tool.version,
      taskId: this.#taskId,
      ...(isStorable(input) && { input }),
    }
    const details = { approvalId: this.#id, demand }
    return new RosciusError('APPROVAL_REQUIRED', message, { address: this.run?.path ?? '', details })
  }

  get #id(): string {
    const { policy, verdict } = this.judgement
    return approvalKey(policy, verdict, { taskId: this.#taskId, turn: this.call.turn, callId: this.#callId })
  }

  /** Not the agent's id alone: a tool may be upgraded meanwhile, and a machine of somebody's own may use an id again. */
  get #callId(): string {
    const { id, input } = this.call
    const { name, version } = this.tool
    return `${id}:${hash(canonical([name, version, input]))}`
  }

  /** One life of the agent, with one goal. */
  get #taskId(): string {
    return `${this.#life}:${hash(this.call.goal)}`
  }

  /** That of its actor; an agent that a machine has invoked has one of its own within that. */
  get #life(): string {
    const { session = '' } = this
    const life = this.run?.effectId.replace(/\.[^.]*$/, '') ?? ''
    return session.startsWith(`${life}.`) ? session : life
  }
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16)
}

function isStorable(value: unknown): boolean {
  try {
    toStorable(value, 'input', NO_REFS)
    return true
  } catch {
    return false
  }
}

/** One call of an agent's, with all that the gate knows of it. */
import { createHash } from 'node:crypto'
import type { ApprovalDemand, ToolCall } from '../../../machines/agent/options.js'
import { RosciusError } from '../../core/errors.js'
import type { EffectRun } from '../../runtime/effect-run.js'
import { Approvals } from '../approvals/approvals.js'
import { appendAudit } from '../audit/append-audit.js'
import { logToolCall } from '../decisions/log-decision.js'
import { Ledger } from '../ledger/ledger.js'
import { type Metered, metered } from '../ledger/metered.js'
import { Permissions } from '../permissions/permissions.js'
import { approvalKey } from '../policy/approval-reach.js'
import type { Policy } from '../policy/policy.js'
import { type CallPorts, callTool } from '../tools/call-tool.js'
import type { Caller, CallJudgement } from '../tools/judge-call.js'
import type { Tool } from '../tools/tool.js'
import type { ToolAnswer } from '../tools/tool-answer.js'

export interface CallTerms {
  /** The agent's own policy. */
  readonly policy: Policy
  /** What the call may cost at most, in US dollars. */
  readonly costUsd: number | undefined
}

/** What a judgement is when a person has to be asked. */
type Demanding = Extract<CallJudgement, { readonly outcome: 'allowed' | 'approvalRequired' }>

export class GatedCall {
  #judgement: CallJudgement | undefined

  constructor(
    private readonly tool: Tool,
    private readonly call: ToolCall,
    private readonly terms: CallTerms,
    /** `undefined` outside a system. */
    private readonly run: EffectRun | undefined,
  ) {}

  /** Throws `APPROVAL_REQUIRED`, `OUTCOME_UNKNOWN`, and what `callTool` throws. */
  async make(signal: AbortSignal): Promise<ToolAnswer> {
    const startMs = this.run?.clock.monotonic() ?? 0
    const answer = await callTool(this.tool, this.call.input, this.#caller(), this.#ports(signal))
    this.#log(answer, (this.run?.clock.monotonic() ?? 0) - startMs)
    if (answer.ok) return answer
    const { code, message } = answer.error
    if (code === 'OUTCOME_UNKNOWN') throw new RosciusError(code, message, { address: this.#path })
    if (code === 'APPROVAL_REQUIRED') throw this.#approvalRequired(message)
    return answer
  }

  #audit({ outcome, verdict, ...judgement }: CallJudgement): void {
    const { tool, call } = this
    const error = 'error' in judgement ? judgement.error : undefined
    const { id: callId, turn, input } = call
    const facts = { version: tool.version, callId, turn, input, outcome, rule: verdict?.rule, reason: verdict?.reason }
    appendAudit(error?.code === 'SCOPE_MISSING' ? 'scopeRefused' : 'policyDecision', {
      subject: tool.name,
      payload: { ...facts, error },
    })
  }

  #log(answer: ToolAnswer, ms: number): void {
    const judgement = this.#judgement
    const { id: callId, turn, approvalId } = this.call
    const { name: tool, version } = this.tool
    logToolCall({
      turn,
      callId,
      tool,
      version,
      outcome: judgement?.outcome ?? 'refused',
      rule: judgement?.verdict?.rule,
      approvalId,
      ok: answer.ok,
      errorCode: answer.ok ? undefined : answer.error.code,
      ms,
    })
  }

  get #path(): string {
    return this.run?.path ?? ''
  }

  #caller(): Caller {
    const { run, terms } = this
    const permissions = run?.extension('permissions')
    const ledger = run?.extension('ledger')
    const { scopes, policies } = permissions instanceof Permissions ? permissions.of(this.#path) : NO_PERMISSIONS
    const workflowTokens = ledger instanceof Ledger ? ledger.workflowTokens(this.#path) : undefined
    return { path: this.#path, scopes, policy: [terms.policy, ...policies], costUsd: terms.costUsd, workflowTokens }
  }

  #ports(signal: AbortSignal): CallPorts {
    const { run, terms } = this
    const usage = { toolCalls: 1, ...(terms.costUsd !== undefined && { costUsd: terms.costUsd }) }
    return {
      signal,
      isRestart: run !== undefined && run.attempt > 1,
      ...(run !== undefined && { effectId: run.effectId, heartbeat: () => run.heartbeat() }),
      onJudged: (judgement) => {
        this.#judgement = judgement
        this.#audit(judgement)
      },
      isApproved: (judgement) => this.#isApproved(judgement as Demanding),
      meter: <T>(attempt: () => Promise<T>) =>
        metered(usage, async (): Promise<Metered<T>> => ({ value: await attempt(), usage })),
    }
  }

  /**
   * By the system's approvals, where the question is known there. If the agent was told so itself, by an `APPROVE` that was
   * sent to it, that counts as a decision, unless there is one.
   */
  async #isApproved(judgement: Demanding): Promise<boolean> {
    const id = this.#approvalId(judgement)
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

  #approvalId({ policy, verdict }: Demanding): string {
    const { id, turn } = this.call
    return approvalKey(policy, verdict, { taskId: this.#taskId, turn, callId: id })
  }

  /** One life of the actor, with one goal. */
  get #taskId(): string {
    const life = this.run?.effectId.replace(/\.[^.]*$/, '') ?? ''
    const goal = createHash('sha256').update(this.call.goal).digest('hex').slice(0, 16)
    return `${life}:${goal}`
  }

  #approvalRequired(message: string): RosciusError {
    const judgement = this.#judgement as Demanding
    const { policy, verdict } = judgement
    const demand: ApprovalDemand = {
      policy: { name: policy.name, version: policy.version },
      rule: verdict.rule,
      reason: verdict.reason,
      level: verdict.level,
      toolVersion: this.tool.version,
      taskId: this.#taskId,
    }
    const details = { approvalId: this.#approvalId(judgement), demand }
    return new RosciusError('APPROVAL_REQUIRED', message, { address: this.#path, details })
  }
}

const NO_PERMISSIONS = { scopes: [], policies: [] }

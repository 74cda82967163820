/** One call of an agent's, with all that the gate knows of it. */
import type { ToolCall } from '../../../machines/agent/options.js'
import { RosciusError } from '../../core/errors.js'
import type { EffectRun } from '../../runtime/effect-run.js'
import { appendAudit, auditCommitted } from '../audit/append-audit.js'
import { logToolCall } from '../decisions/log-decision.js'
import { Ledger } from '../ledger/ledger.js'
import { type Metered, metered } from '../ledger/metered.js'
import { Permissions } from '../permissions/permissions.js'
import type { Policy } from '../policy/policy.js'
import { type CallPorts, callTool } from '../tools/call-tool.js'
import type { Caller, CallJudgement } from '../tools/judge-call.js'
import type { Tool } from '../tools/tool.js'
import type { ToolAnswer } from '../tools/tool-answer.js'
import { CallApproval, type Demanding } from './call-approval.js'

export interface CallTerms {
  /** The agent's own policy. */
  readonly policy: Policy
  /** What the call may cost at most, in US dollars. */
  readonly costUsd: number | undefined
}

export class GatedCall {
  #judgement: CallJudgement | undefined

  constructor(
    private readonly tool: Tool,
    private readonly call: ToolCall,
    private readonly terms: CallTerms,
    /** `undefined` outside a system. */
    private readonly run: EffectRun | undefined,
    /** The session of who calls: one cell may have several agents in it. */
    private readonly session: string | undefined,
  ) {}

  /** Throws `APPROVAL_REQUIRED`, `OUTCOME_UNKNOWN`, and what `callTool` throws. */
  async make(signal: AbortSignal): Promise<ToolAnswer> {
    const startMs = this.run?.clock.monotonic() ?? 0
    const answer = await callTool(this.tool, this.call.input, this.#caller(), this.#ports(signal))
    this.#log(answer, (this.run?.clock.monotonic() ?? 0) - startMs)
    if (answer.ok) return answer
    const { code, message } = answer.error
    if (code === 'OUTCOME_UNKNOWN') throw new RosciusError(code, message, { address: this.#path })
    if (code === 'APPROVAL_REQUIRED') throw this.#approval(this.#judgement as Demanding).required(message)
    return answer
  }

  #audit({ outcome, verdict, ...judgement }: CallJudgement): void {
    const { tool, call } = this
    const error = 'error' in judgement ? judgement.error : undefined
    const { id: callId, turn, input } = call
    const facts = { version: tool.version, callId, turn, input, outcome, rule: verdict?.rule, reason: verdict?.reason }
    const also = verdict?.also && { also: verdict.also }
    appendAudit(error?.code === 'SCOPE_MISSING' ? 'scopeRefused' : 'policyDecision', {
      subject: tool.name,
      payload: { ...facts, ...also, error },
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
      onJudged: async (judgement) => {
        this.#judgement = judgement
        this.#audit(judgement)
        // Nothing is done to the world that the trail doesn't know of; a call that only reads need not wait.
        if (this.tool.risk !== 'read') await auditCommitted()
      },
      isApproved: (judgement) => this.#approval(judgement as Demanding).isGiven(),
      meter: <T>(attempt: () => Promise<T>) =>
        metered(usage, async (): Promise<Metered<T>> => ({ value: await attempt(), usage })),
    }
  }

  #approval(judgement: Demanding): CallApproval {
    return new CallApproval(this.tool, this.call, judgement, this.run, this.session)
  }
}

const NO_PERMISSIONS = { scopes: [], policies: [] }

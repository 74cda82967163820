/**
 * One call of a tool, from what a brain wants to what it is answered.
 *
 * 1. Nothing runs that was not judged, and nothing that needs an approval without one.
 * 2. Whatever the tool or its caller does wrong is an answer. What is thrown is not the tool's doing: the effect was stopped,
 *    the budget is spent, or a port failed.
 * 3. Who keeps records is told of the judgement before anything runs.
 */
import { type Caller, type CallJudgement, judgeCall } from './judge-call.js'
import { type RunPorts, runTool } from './run-tool.js'
import type { OutputOf, Tool } from './tool.js'
import { failedAnswer, outcomeUnknown, type ToolAnswer } from './tool-answer.js'

export interface CallPorts extends RunPorts {
  /** Whether a person has agreed to this call. Asked only if the policy requires it. Default: nobody has. */
  readonly isApproved?: (judgement: CallJudgement) => boolean | Promise<boolean>
  /** Told what was decided, before anything runs: for the audit trail. */
  readonly onJudged?: (judgement: CallJudgement) => void | Promise<void>
  /**
   * Whether this very call may have been started before, and a crash has hidden what came of it: `currentEffect().attempt > 1`.
   * A tool that is not idempotent is then not run, and answers `OUTCOME_UNKNOWN`; also if the call is refused by now, for an
   * answer that it is refused would say that it never ran. Default false.
   */
  readonly isRestart?: boolean
}

/**
 * Calls `tool` with `input` for `caller`, and answers with its output or with what went wrong. Rejects only if `signal` was
 * aborted, if the budget is spent (`BUDGET_EXHAUSTED`), or if one of the ports throws.
 *
 * @example
 * ```ts
 * import { callTool, defaultPolicy, defineTool } from 'roscius'
 * import { z } from 'zod'
 *
 * const add = defineTool({
 *   name: 'add',
 *   version: '1.0.0',
 *   description: 'Adds two numbers.',
 *   input: z.object({ a: z.number(), b: z.number() }),
 *   output: z.number(),
 *   risk: 'read',
 *   execute: ({ input }) => input.a + input.b,
 * })
 * const caller = { path: 'clerk', scopes: [], policy: defaultPolicy }
 * console.log(await callTool(add, { a: 1, b: 2 }, caller), await callTool(add, { a: 1 }, caller))
 * ```
 */
export async function callTool<TTool extends Tool>(
  tool: TTool,
  input: unknown,
  caller: Caller,
  ports: CallPorts = {},
): Promise<ToolAnswer<OutputOf<TTool>>> {
  const judgement = judgeCall(tool, input, caller)
  await ports.onJudged?.(judgement)
  const mayHaveRun = ports.isRestart === true && !tool.idempotent
  if (judgement.outcome === 'refused')
    return mayHaveRun ? outcomeUnknown(tool.name, CRASHED) : { ok: false, error: judgement.error }
  if (judgement.outcome === 'approvalRequired' && (await ports.isApproved?.(judgement)) !== true)
    return failedAnswer('APPROVAL_REQUIRED', `${tool.name} needs an approval: ${judgement.verdict.reason}`)
  if (mayHaveRun) return outcomeUnknown(tool.name, CRASHED)
  return runTool(tool, judgement.input, ports)
}

const CRASHED = 'a crash came between'

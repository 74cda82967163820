/**
 * Asks a person and tells the answer: what an agent invokes while it waits for an approval.
 *
 * 1. The question outlives the actor that asks wherever that comes back: over a crash, a restart, and a stop of the system.
 * 2. It is withdrawn when the agent leaves its wait without an answer, by a timeout, another goal, a pause; it is asked again
 *    when the agent is back.
 * 3. An `APPROVE` that was sent to the agent directly is kept as the decision of whoever it names.
 */
import { type AnyActorRef, type EventObject, fromCallback } from 'xstate'
import { z } from 'zod'
import type { ApprovalRequest } from '../../../machines/agent/options.js'
import { canonical } from '../../../machines/agent/repetition.js'
import { RosciusError } from '../../core/errors.js'
import { currentRun, type EffectRun } from '../../runtime/effect-run.js'
import type { Settled } from './approval-book.js'
import { Approvals } from './approvals.js'
import type { ApprovalQuestion } from './question.js'

const LINE_CHARS = 200

/** How an agent left its wait, as it notes it with its call. Any other machine may have none of it. */
const agentSchema = z.object({
  context: z.object({ call: z.object({ approvalId: z.string(), approvedBy: z.string() }) }),
})

/**
 * The `approval` of `createAgentMachine`: a durable question to a person under `system.approvals`. What a gate demands is asked
 * under the gate's `approvalId`, so that one answer counts for all that it covers; anything else is asked anew each time. It
 * sends `APPROVE { approvalId, by }` or `DENY { approvalId, by, reason }`. Nobody's decision in time is a `DENY` by `timeout`.
 *
 * Works in a machine of your own, too: invoke it where that waits, and take both events. It fails with `NOT_IN_SYSTEM` outside
 * a system.
 *
 * @example
 * ```ts
 * import { approvalActor } from 'roscius'
 * import { setup } from 'xstate'
 *
 * export const release = setup({ actors: { approval: approvalActor } }).createMachine({
 *   initial: 'asking',
 *   states: {
 *     asking: {
 *       invoke: {
 *         src: 'approval',
 *         input: {
 *           approvalId: 'release',
 *           goal: 'Publish version 2.',
 *           call: { id: 'c1', tool: 'publish', input: { version: 2 }, reason: 'Tests pass.', goal: '', turn: 1, depth: 0 },
 *           risk: 'danger',
 *           trace: [],
 *         },
 *         onError: 'denied',
 *       },
 *       on: { APPROVE: 'approved', DENY: 'denied' },
 *     },
 *     approved: {},
 *     denied: {},
 *   },
 * })
 * ```
 */
export const approvalActor = fromCallback<EventObject, ApprovalRequest>(({ input, self, sendBack }) => {
  const run = currentRun()
  const approvals = run?.extension('approvals')
  if (run === undefined || !(approvals instanceof Approvals)) throw outside()
  const parent = (self as AnyActorRef)._parent
  const question = questionOf(input, run)
  const answer = async (): Promise<void> => {
    await approvals.ask(question)
    const settled = await approvals.wait(question.id, run.signal)
    sendBack(answerOf(input.approvalId, settled))
  }
  answer().catch((error: unknown) => {
    if (!run.signal.aborted) run.fail(error)
  })
  return () => {
    if (!isLeft(self)) return
    leave(approvals, question.id, approverIn(parent, input.approvalId)).catch(() => undefined)
  }
})

/** Without a gate the id is the effect's: never that of another one, so that no answer to an earlier question counts for it. */
function questionOf(input: ApprovalRequest, { path, effectId }: EffectRun): ApprovalQuestion {
  const { approvalId, goal, risk = 'danger', trace, demand } = input
  const call = { ...input.call, ...(demand !== undefined && 'input' in demand && { input: demand.input }) }
  const asked = { path, tool: call.tool, input: call.input, risk, what: lineOf(call), why: call.reason, goal }
  const question = { ...asked, trace: trace.map(({ turn, text }) => ({ turn, text })) }
  if (demand === undefined) return { ...question, id: effectId }
  const { policy, rule, reason, level, toolVersion, taskId } = demand
  const by = { policy: { ...policy }, rule, because: reason, level, toolVersion, taskId }
  return { ...question, ...by, id: approvalId }
}

function lineOf({ tool, input }: ApprovalRequest['call']): string {
  const line = `${tool} ${canonical(input)}`
  return line.length <= LINE_CHARS ? line : `${line.slice(0, LINE_CHARS - 1).toWellFormed()}…`
}

function answerOf(approvalId: string, { status, by, reason }: Settled): EventObject {
  if (status === 'approved') return { type: 'APPROVE', approvalId, by } as EventObject
  const denial = { type: 'DENY', approvalId, by: by ?? BY[status] }
  return reason === undefined ? denial : ({ ...denial, reason } as EventObject)
}

const BY: Readonly<Record<Settled['status'], string>> = {
  approved: '',
  denied: '',
  expired: 'timeout',
  withdrawn: 'withdrawal',
}

/** Left by a transition of its machine. A stop of the system, a failure or a restart ends the effect as it is. */
function isLeft(self: { getSnapshot(): { readonly status: string } }): boolean {
  return self.getSnapshot().status === 'stopped'
}

async function leave(approvals: Approvals, id: string, by: string | undefined): Promise<void> {
  if (by === undefined) await approvals.withdraw(id)
  else await approvals.decide([id], { decision: 'approved', by, reason: 'Told to the agent directly.' })
}

/** Who has approved it, if the agent was told so directly. */
function approverIn(parent: AnyActorRef | undefined, approvalId: string): string | undefined {
  const call = agentSchema.safeParse(parent?.getSnapshot()).data?.context.call
  return call?.approvalId === approvalId ? call.approvedBy : undefined
}

function outside(): RosciusError {
  return new RosciusError(
    'NOT_IN_SYSTEM',
    'approvalActor was started outside a Roscius system: there is nobody to ask.',
  )
}

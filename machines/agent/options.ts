/** What an agent is made with, and how it is read. */
import type { CallbackActorLogic, EventObject, PromiseActorLogic } from 'xstate'
import { z } from 'zod'
import { type Brain, type ToolSummary, toolSummarySchema } from '../brain.js'
import { optionsInvalid, readOptions } from '../options-invalid.js'
import { type AgentLimits, type AgentLimitsInput, agentLimitsSchema } from './limits.js'

export const agentPolicySchema = z.strictObject({
  /** A crash left open whether a call happened: ask a person, leave it, or find out by `verify`. */
  outcomeUnknown: z.enum(['ask', 'skip', 'verify']).default('ask'),
  /** The budget is spent: end, ask a person, or go on with the fallback brain. */
  onExhausted: z.enum(['stop', 'pauseAndAsk', 'degrade']).default('stop'),
  /** The brain fails or answers nonsense: ask a person, or fail. */
  onStuck: z.enum(['escalate', 'fail']).default('escalate'),
})

export type AgentPolicy = z.output<typeof agentPolicySchema>

/** A call of a tool, as the brain wants it. */
export interface ToolCall {
  /** Unique within the agent. */
  readonly id: string
  readonly tool: string
  readonly input: unknown
  /** Why, in the brain's words. */
  readonly reason: string
  /** What it is to serve. */
  readonly goal: string
  readonly turn: number
  /** How deep below the first agent this one is. */
  readonly depth: number
  /** The approval under which it is made. */
  readonly approvalId?: string
  readonly approvedBy?: string
}

/** A task for somebody else. */
export interface Task {
  readonly id: string
  readonly to: string
  readonly task: string
  /** The depth of who gets it. */
  readonly depth: number
}

/** A question to a person that is to be decided once. */
export interface ApprovalRequest {
  /** Unique within the agent, or as the tool's gate has given it. */
  readonly approvalId: string
  readonly goal: string
  readonly call: ToolCall
  readonly risk: ToolSummary['risk'] | undefined
  /** What the agent has seen so far, the newest last. */
  readonly trace: readonly { readonly turn: number; readonly text: string }[]
  /** Who demands the approval, as the gate has said it. */
  readonly demand?: ApprovalDemand
}

/** The rule of a policy that wants a person to be asked, and how far a yes reaches. */
export interface ApprovalDemand {
  readonly policy: { readonly name: string; readonly version: string }
  readonly rule: string
  readonly reason: string
  readonly level: 'action' | 'step' | 'task'
  readonly toolVersion: string
  /** The agent's task. */
  readonly taskId: string
  /** The arguments as the tool gets them; left out where that can't be stored. Then a person sees what the brain wrote. */
  readonly input?: unknown
}

/** What a delegate answers: the result, or that it comes later as `REPLY { taskId, output }`. */
export type DelegateAnswer = { readonly status: 'done'; readonly output: unknown } | { readonly status: 'pending' }

export interface RecallInput {
  readonly goal: string
  readonly constraints: readonly string[]
  readonly turn: number
}

export interface RememberInput {
  readonly goal: string
  readonly note: string
  readonly turn: number
}

/** Whether a call was carried out, as far as can be told from the outside. */
export interface Verification {
  readonly happened: boolean
  readonly output?: unknown
}

/** The parameters are what its actors give, as precisely as they say it. */
export interface AgentOptions<
  TTool = unknown,
  TKept = unknown,
  TAnswer extends DelegateAnswer = DelegateAnswer,
  TFound extends Verification = Verification,
> {
  /** Without one it is idle until `START { goal }`, unless its input has one. */
  readonly goal?: string
  readonly constraints?: readonly string[]
  /** Decides. */
  readonly brain: Brain
  /** Decides when the budget is spent and the policy says `degrade`. It should cost nothing. */
  readonly fallback?: Brain
  /** What the brain is told of the tools. */
  readonly tools?: readonly ToolSummary[]
  /** Carries out a call. What it gives is told to the brain; so is what it throws. */
  readonly tool?: PromiseActorLogic<TTool, ToolCall>
  /** Gives a task to a peer. Without it the agent delegates nothing. */
  readonly delegate?: PromiseActorLogic<TAnswer, Task>
  /** Whom the agent may delegate to, as its brain is told. Default: anybody. */
  readonly peers?: readonly string[]
  /**
   * Runs while an approval is waited for; it may send `APPROVE` or `DENY`. It is started again after a crash or a pause, with
   * the same `approvalId`. Default: nothing; `APPROVE` comes from outside.
   */
  readonly approval?: CallbackActorLogic<EventObject, ApprovalRequest>
  /** Finds out whether a call was carried out, for `outcomeUnknown: 'verify'`. */
  readonly verify?: PromiseActorLogic<TFound, ToolCall>
  readonly memory?: {
    /** What is worth knowing for this turn. */
    readonly recall: PromiseActorLogic<string[], RecallInput>
    /** Keeps a note of the brain's. */
    readonly remember: PromiseActorLogic<TKept, RememberInput>
  }
  readonly limits?: AgentLimitsInput
  readonly policy?: z.input<typeof agentPolicySchema>
  /** Whether a call may be made; pure. Default: a `danger` needs an approval. */
  readonly assess?: (call: Pick<ToolCall, 'tool' | 'input' | 'depth'>) => 'allow' | 'deny' | 'requireApproval'
  /** What the brain has to give for `FINISH`. Default: anything. */
  readonly output?: z.ZodType
}

/** Options as they are meant. */
export interface AgentSettings extends AgentOptions {
  readonly tools: readonly ToolSummary[]
  readonly limits: AgentLimits
  readonly policy: AgentPolicy
  readonly assess: NonNullable<AgentOptions['assess']>
}

const logic = z.custom<object>(
  (value) => typeof value === 'object' && value !== null && 'transition' in value,
  'must be actor logic, such as fromPromise makes',
)

const partsSchema = z.object({
  brain: logic,
  fallback: logic.optional(),
  tool: logic.optional(),
  delegate: logic.optional(),
  approval: logic.optional(),
  verify: logic.optional(),
  memory: z.object({ recall: logic, remember: logic }).optional(),
  assess: z.custom((value) => typeof value === 'function', 'must be a function').optional(),
  output: z
    .custom((value) => typeof value === 'object' && value !== null && '_zod' in value, 'must be a zod schema')
    .optional(),
})

/** Two of one name may differ in their risk: which is meant can't be known. */
const toolsSchema = z.array(toolSummarySchema).superRefine((tools, { addIssue }) => {
  const names = tools.map(({ name }) => name)
  const twice = names.findIndex((name, index) => names.indexOf(name) < index)
  if (twice !== -1) addIssue({ code: 'custom', path: [twice, 'name'], message: 'is the name of another tool' })
})

const dataSchema = z.object({
  goal: z.string().min(1).optional(),
  constraints: z.array(z.string()).default([]),
  tools: toolsSchema.default([]),
  peers: z.array(z.string().min(1)).min(1).optional(),
  limits: agentLimitsSchema.prefault({}),
  policy: agentPolicySchema.prefault({}),
})

const WHO = 'createAgentMachine'

/** Throws `OPTIONS_INVALID`, with the path of the field. */
export function readAgentOptions(options: AgentOptions): AgentSettings {
  readOptions(WHO, partsSchema, options)
  const data = readOptions(WHO, dataSchema, options)
  if (data.tools.length > 0 && options.tool === undefined) throw missing('tool', 'there are tools')
  const { policy } = data
  if (policy.outcomeUnknown === 'verify' && options.verify === undefined)
    throw missing('verify', "policy.outcomeUnknown is 'verify'")
  if (policy.onExhausted === 'degrade' && options.fallback === undefined)
    throw missing('fallback', "policy.onExhausted is 'degrade'")
  return { ...options, ...data, assess: options.assess ?? byRisk(data.tools) }
}

function missing(field: string, why: string): Error {
  return optionsInvalid(WHO, field, `is needed, as ${why}`)
}

function byRisk(tools: readonly ToolSummary[]): NonNullable<AgentOptions['assess']> {
  const dangerous = new Set(tools.filter(({ risk }) => risk === 'danger').map(({ name }) => name))
  return ({ tool }) => (dangerous.has(tool) ? 'requireApproval' : 'allow')
}

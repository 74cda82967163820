/** The words of policies: what one looks like, what it is asked, what it answers. All of it is JSON. */

export const RISKS = ['read', 'write', 'danger'] as const

/** What a tool can do: `read` changes nothing, `write` what can be put right again, `danger` what can't. */
export type Risk = (typeof RISKS)[number]

/** The mildest first. */
export const POLICY_EFFECTS = ['allow', 'requireApproval', 'deny'] as const

export type PolicyEffect = (typeof POLICY_EFFECTS)[number]

export const APPROVAL_LEVELS = ['action', 'step', 'task'] as const

/**
 * How far one approval reaches. `action`: this call with these arguments. `step`: all calls that the same rule asks about
 * in the agent's present turn. `task`: the same in all of the agent's task.
 */
export type ApprovalLevel = (typeof APPROVAL_LEVELS)[number]

/** A question about a call's arguments; exactly one of `matches`, `oneOf` and `above`. */
export interface ArgumentPattern {
  /** Where to look: `$.command`, `$.files[*].name`, `$..url`. */
  readonly at: string
  /**
   * A regular expression that occurs in a text, a number or a boolean. Anchor it with `^` and `$` to match all of it.
   * JavaScript's syntax without back-references, look-around and named groups; at most 500 characters.
   */
  readonly matches?: string
  /** With `matches`: whether `A` is `a`. Default false. */
  readonly ignoreCase?: boolean
  /** The value is one of these. */
  readonly oneOf?: readonly (string | number | boolean | null)[]
  /** The value is a number greater than this. */
  readonly above?: number
}

/** All that is given must hold. An empty one holds for every call. */
export interface PolicyCondition {
  /** Names of tools; `*` stands for any characters. */
  readonly tool?: string | readonly string[]
  readonly risk?: Risk | readonly Risk[]
  /** The tool needs a scope that one of these covers; unclear, if it needs one that goes beyond them. */
  readonly scope?: string | readonly string[]
  /** The path of the agent's actor, such as `audit/workers/*`; `**` stands for any number of segments. */
  readonly path?: string | readonly string[]
  /** The call may cost more than this, in US dollars. */
  readonly costUsdAbove?: number
  readonly argument?: ArgumentPattern | readonly ArgumentPattern[]
}

export interface PolicyRule {
  /** Unique in the policy; what audit records and approvals name. */
  readonly id: string
  readonly when: PolicyCondition
  readonly effect: PolicyEffect
  /** With `requireApproval`: how far one approval reaches. Default `action`. */
  readonly level?: ApprovalLevel
  /** Said to the agent, to who approves, and in the audit trail. */
  readonly reason: string
}

/** A policy as its author writes it. */
export interface PolicyInput {
  readonly name: string
  readonly version: string
  /** The first one that matches decides. Default none. */
  readonly rules?: readonly PolicyRule[]
  /** What happens to a call that no rule matches. Default `deny`. */
  readonly default?: PolicyEffect
  /** Any other tool is denied, whatever the rules say. `*` stands for any characters. Default: no such limit. */
  readonly allowedTools?: readonly string[]
  /** Once the workflow has used so many tokens, every call is denied. Default: no such limit. */
  readonly maxTokensPerWorkflow?: number
  /** From this risk on, what would be allowed needs an approval, whatever the rules say. Default: no such demand. */
  readonly humanInTheLoop?: Risk
}

/** A policy that was read: complete, and its lists are lists. */
export interface Policy extends PolicyInput {
  readonly rules: readonly ReadRule[]
  readonly default: PolicyEffect
}

export interface ReadRule extends PolicyRule {
  readonly when: ReadCondition
  readonly level: ApprovalLevel
}

export interface ReadCondition {
  readonly tool?: readonly string[]
  readonly risk?: readonly Risk[]
  readonly scope?: readonly string[]
  readonly path?: readonly string[]
  readonly costUsdAbove?: number
  readonly argument?: readonly ArgumentPattern[]
}

/** What decides in a policy beside its rules; no rule may be called so. */
export const OWN_RULES = ['default', 'allowedTools', 'maxTokensPerWorkflow', 'humanInTheLoop'] as const

/** A call, as a policy sees it. */
export interface PolicyRequest {
  readonly tool: string
  readonly risk: Risk
  /** The scopes that the tool needs. */
  readonly scopes: readonly string[]
  /** The path of the agent's actor. */
  readonly path: string
  /** The arguments, as the tool will get them. */
  readonly input: unknown
  /** What the call may cost at most, in US dollars; left out if nobody knows. */
  readonly costUsd?: number
  /** How many tokens the workflow has used so far. Needed if the policy limits them. */
  readonly workflowTokens?: number
}

export interface Verdict {
  readonly effect: PolicyEffect
  /** The id of the rule that decided, or `default`, `allowedTools`, `maxTokensPerWorkflow`, `humanInTheLoop`. */
  readonly rule: string
  readonly reason: string
  /** With `requireApproval`: how far one approval reaches. */
  readonly level: ApprovalLevel
  /** Whether it is known that the rule matches; if not, it was taken to be on the safe side. */
  readonly isCertain: boolean
  /** Other policies that want a person to be asked about this call, too: one approval is one for all of them. */
  readonly also?: readonly AlsoAsking[]
}

/** Another policy that asks about the same call, and by which rule. */
export interface AlsoAsking {
  readonly policy: { readonly name: string; readonly version: string }
  readonly rule: string
  readonly reason: string
}

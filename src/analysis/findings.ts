/** What a check finds, as data; and what each rule is about, for people. */
import type { PathStep } from './edge-text.js'

export const RULES = [
  'danger-without-approval',
  'endless-cycle',
  'effect-without-error-path',
  'dead-end',
  'wait-without-timeout',
  'unreachable-state',
  'declaration',
] as const

/** Names of the rules; `declaration` is about what the machine says to the check itself. */
export type Rule = (typeof RULES)[number]

/** The rules that a suppression may name. */
export const SUPPRESSIBLE = RULES.filter((rule) => rule !== 'declaration') as Exclude<Rule, 'declaration'>[]

/** One thing that is wrong with a machine. */
export interface Finding {
  readonly rule: Rule
  /** `error`: it can do harm or get stuck. `warning`: it is likely a mistake. */
  readonly severity: 'error' | 'warning'
  /** Path of the state: keys joined by dots, `(root)` for the machine itself. */
  readonly state: string
  /** What is wrong, as a sentence. */
  readonly message: string
  /** How the machine gets there; of a cycle, once round. */
  readonly path?: readonly PathStep[]
}

export interface RuleText {
  readonly severity: Finding['severity']
  /** Why it matters. */
  readonly why: string
  /** How to mend it. */
  readonly mend: string
}

export const RULE_TEXTS: Readonly<Record<Rule, RuleText>> = {
  'danger-without-approval': {
    severity: 'error',
    why: 'A dangerous action happens without anybody having agreed to it.',
    mend: 'Let every way there take an approved edge: an event APPROVE, a guard approved, or meta.roscius.approval.',
  },
  'endless-cycle': {
    severity: 'error',
    why: 'Without any event from outside the machine can go round for ever, and spend time and money each time.',
    mend: 'Guard an edge of the cycle with withinTurns, withinBudget or a guard that boundingGuards names.',
  },
  'effect-without-error-path': {
    severity: 'error',
    why: 'An effect that fails and whose error nothing takes fails the whole actor.',
    mend: 'Give the invoke an onError whose last candidate has no guard.',
  },
  'dead-end': {
    severity: 'error',
    why: 'The machine stays there for ever: it neither goes on nor ends, and nobody who waits for its end is told.',
    mend: 'Make it a final state, or give it a way out.',
  },
  'wait-without-timeout': {
    severity: 'warning',
    why: 'If the event never comes, the machine waits for ever, and with it everyone who waits for the machine.',
    mend: "Add an after, or say that waiting is its job: the tag idle, or meta.roscius.waits 'forever' with a reason.",
  },
  'unreachable-state': {
    severity: 'warning',
    why: 'No machine is ever in that state: a transition to it is missing, or it is left over.',
    mend: 'Add the missing transition, or delete the state.',
  },
  declaration: {
    severity: 'error',
    why: 'The check reads what the machine says in meta.roscius; what it can not use would be ignored in silence.',
    mend: 'Correct the declaration, or delete it.',
  },
}

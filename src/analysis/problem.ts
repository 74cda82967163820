/** What a rule hands back, and what it is given. */
import type { StateNode } from './chart.js'
import type { CheckNames, CheckOptions, KnownNames } from './check-options.js'
import type { Declarations } from './declarations.js'
import type { PathStep } from './edge-text.js'
import type { Rule } from './findings.js'
import type { FlowGraph } from './flow-graph.js'

/** A finding before it is known whether anybody suppresses it. */
export interface Problem {
  readonly rule: Rule
  readonly state: StateNode
  readonly message: string
  readonly path?: readonly PathStep[]
  /** Every state that it is about, where there are more than one. */
  readonly about?: readonly StateNode[]
}

export interface RuleInput {
  readonly graph: FlowGraph
  readonly names: KnownNames
  /** What the caller gave, apart from what the machine says itself. */
  readonly given: CheckNames | CheckOptions
  readonly declarations: Declarations
}

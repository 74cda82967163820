/** What supervision tells of itself, as part of the system's event stream. Each is told when its commit is durable. */
import type { ActorPath } from './address.js'
import type { DecisionKind, FailureClass, RestartFrom, Rule, Strategy } from './supervision-terms.js'

/** `supervisor` is the path of the supervisor or parent; undefined for the root guardian. */
export type SupervisionEvent =
  | {
      readonly type: 'childFailed'
      readonly path: ActorPath
      readonly supervisor: ActorPath | undefined
      readonly error: unknown
      readonly failureClass: FailureClass
      /** What was decided. The directive of the class is a part of that: `rule` says whether it was the reason. */
      readonly decision: DecisionKind
      /** The row of the decision table that said so. */
      readonly rule: Rule
    }
  | {
      readonly type: 'childRestarted'
      readonly path: ActorPath
      readonly supervisor: ActorPath | undefined
      readonly from: RestartFrom
      /** How often this actor has been restarted in all: for its own failures and ends, with others, and by operators. */
      readonly restarts: number
      /** There if an operator has told it to (`ref.restart`), and not supervision. */
      readonly by?: 'operator'
    }
  | {
      readonly type: 'childBackingOff'
      readonly path: ActorPath
      readonly supervisor: ActorPath | undefined
      readonly delayMs: number
    }
  | {
      readonly type: 'childGivenUp'
      readonly path: ActorPath
      readonly supervisor: ActorPath | undefined
      readonly error: unknown
    }
  | {
      readonly type: 'groupRestarting'
      /** Path of the supervisor. */
      readonly path: ActorPath
      readonly strategy: Strategy
      /** Ids of the children that are started again, in that order. */
      readonly children: readonly string[]
    }
  | {
      readonly type: 'intensityExceeded'
      /** Path of the supervisor; undefined for the root guardian. */
      readonly path: ActorPath | undefined
      /** Path of the child whose failure was one too many. */
      readonly child: ActorPath
      readonly maxRestarts: number
      readonly withinMs: number
    }
  | { readonly type: 'rootFailed'; readonly error: unknown }

/** The words of supervision, as types: what specs, events and explanations have in common. */

/**
 * `transient`: the same again may work. `timeout`: it took too long. `budget`: the money is spent. `cancelled`: somebody
 * wanted it to end. `permanent`: the same again can't work. `bug`: everything else.
 */
export type FailureClass = 'transient' | 'timeout' | 'budget' | 'cancelled' | 'permanent' | 'bug'

/**
 * What to do about failures of one class. `resume`: the actor goes on from its last good state without the failing event; what
 * fails on something else (its start, a delay, the result of an effect) is restarted.
 */
export type Directive = 'restart' | 'resume' | 'stop' | 'escalate'

/** What was decided about one failure: the directive of its class, or what the rules above it say. */
export type DecisionKind = Directive

/** The name of the row of the decision table that decided: see the reference page "Supervision". */
export type Rule =
  | 'neverStarted'
  | 'supervisorEnding'
  | 'cancelled'
  | 'temporary'
  | 'transientEnded'
  | 'directiveStop'
  | 'directiveEscalate'
  | 'directiveResume'
  | 'intensityExceeded'
  | 'backoffExhausted'
  | 'poison'
  | 'redelivery'
  | 'permanentEnded'
  | 'failed'

/**
 * Whom a child's restart takes along. `oneForOne`: nobody. `oneForAll`: all its siblings. `restForOne`: those that were
 * started after it.
 */
export type Strategy = 'oneForOne' | 'oneForAll' | 'restForOne'

/** `permanent`: always restarted. `transient`: when it failed. `temporary`: never. */
export type RestartType = 'permanent' | 'transient' | 'temporary'

/** `lastGood`: the state before the failing event. `initial`: a fresh start with the original input. Both keep the mail. */
export type RestartFrom = 'lastGood' | 'initial'

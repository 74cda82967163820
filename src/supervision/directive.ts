/**
 * What happens to a child that has failed or ended: the decision of supervision, and nothing else. The runtime carries it
 * out, in the same commit.
 *
 * 1. `decide` is pure: the same situation gives the same decision, over every crash. Time and chance come in as numbers.
 * 2. `TABLE` is read from the top; the first row whose condition holds decides, and its name is what `ref.explain()` says.
 * 3. Every situation has a row: the last one takes whatever is left.
 * 4. One event costs one restart of the intensity, however often it is delivered again. A restart that waits costs none: what
 *    intensity is there to end is a hot loop. Such restarts end by `maxRestarts` of their backoff, if it has one.
 * 5. A history never grows past the window: at most `maxRestarts + 1` times.
 * 6. What is not mail can't be left out, so `resume` of it is a restart: else it would fail again, for ever and for free.
 *
 * The same table in words: `docs/reference/supervision.md`; a test holds the two together.
 */
import type { Rule } from '../core/supervision-terms.js'
import { type Backoff, backoffDelayMs, DEFAULT_BACKOFF } from './backoff.js'
import type { Directive, Directives, RestartFrom, SupervisionSpec } from './child-spec.js'
import type { FailureClass } from './failure-class.js'
import { type Intensity, isExceeded, withinWindow } from './restart-window.js'
import type { Strategy } from './strategy.js'

/** What a supervisor does about each class of failure, where neither the child spec nor the supervisor says. */
export const DEFAULT_DIRECTIVES: Readonly<Record<FailureClass, Directive>> = {
  transient: 'restart',
  timeout: 'restart',
  bug: 'restart',
  permanent: 'escalate',
  budget: 'stop',
  cancelled: 'stop',
}

/**
 * What is remembered of earlier restarts: of the child for `oneForOne`, of the supervisor otherwise. Plain data, to be
 * stored with the actor.
 */
export interface History {
  /** When restarts that count were decided, wall-clock ms, oldest first. */
  readonly restarts: readonly number[]
  /** How many restarts followed one another without a quiet time. */
  readonly streak: number
  /** When the last restart was due, wall-clock ms; quiet time begins here, not while the child waits. */
  readonly lastMs: number
}

export const EMPTY_HISTORY: History = { restarts: [], streak: 0, lastMs: 0 }

/** All that a decision depends on. */
export interface Situation {
  readonly spec: SupervisionSpec
  readonly strategy: Strategy
  /** The supervisor's; the spec's own comes first. */
  readonly intensity: Intensity
  /** The supervisor's; the spec's own come first. */
  readonly directives: Directives
  /**
   * `startFailed`: a restart's start failed. `neverStarted`: the first one did. `stopped`: it was stopped and not by its
   * supervisor.
   */
  readonly reason: 'failed' | 'startFailed' | 'neverStarted' | 'done' | 'stopped' | 'cancelled'
  /** Of a failure. Default `bug`. */
  readonly failureClass?: FailureClass
  /** What it failed on. `mail` can be delivered again; `internal` (start, timer, effect result, late fault) can't. */
  readonly envelope: 'mail' | 'internal'
  /** How often that mail has been delivered, this time included. */
  readonly deliveries: number
  readonly history: History
  /** Wall-clock ms. */
  readonly now: number
  /** In [0, 1), for the jitter of the wait. */
  readonly chance: number
  readonly isSupervisorEnding: boolean
}

export type { Rule }

export type Decision = RestartDecision | ResumeDecision | StopDecision | EscalateDecision

export interface RestartDecision {
  readonly kind: 'restart'
  /** The child alone, all children, or it and those started after it. */
  readonly scope: 'one' | 'all' | 'rest'
  readonly from: RestartFrom
  /** 0: at once. */
  readonly delayMs: number
  /** Whether it counts towards intensity. */
  readonly isCounted: boolean
  /** Whether the failing mail is delivered again, before all other. */
  readonly redeliver: boolean
  /** Whether the failing mail is given up, as a dead letter. */
  readonly isPoison: boolean
  readonly history: History
  readonly rule: Rule
}

/** The child goes on from its last good state, as if the failing event had never come. */
export interface ResumeDecision {
  readonly kind: 'resume'
  readonly rule: Rule
}

/** The child stays as it ended. */
export interface StopDecision {
  readonly kind: 'stop'
  readonly rule: Rule
}

/** The supervisor stops its children and fails itself. */
export interface EscalateDecision {
  readonly kind: 'escalate'
  /** `backoff`: as many restarts that waited, one after the other, as its backoff allows. */
  readonly why: 'intensity' | 'backoff' | 'directive'
  readonly history: History
  readonly rule: Rule
}

interface Row {
  readonly rule: Rule
  readonly when: (situation: Situation) => boolean
  readonly gives: (situation: Situation, rule: Rule) => Decision
}

const TABLE: readonly Row[] = [
  // As in OTP, only what has been up comes back.
  { rule: 'neverStarted', when: (s) => s.reason === 'neverStarted', gives: stop },
  // The supervisor is on its way out, or somebody wanted the child to end: nobody comes back.
  { rule: 'supervisorEnding', when: (s) => s.isSupervisorEnding, gives: stop },
  { rule: 'cancelled', when: (s) => s.reason === 'cancelled', gives: stop },
  // Restart types, as in OTP.
  { rule: 'temporary', when: (s) => s.spec.restart === 'temporary', gives: stop },
  { rule: 'transientEnded', when: (s) => s.spec.restart === 'transient' && hasEnded(s), gives: stop },
  // The directive of the failure's class; `restart` goes on below.
  { rule: 'directiveStop', when: (s) => directiveOf(s) === 'stop', gives: stop },
  { rule: 'directiveEscalate', when: (s) => directiveOf(s) === 'escalate', gives: escalateByDirective },
  { rule: 'directiveResume', when: (s) => directiveOf(s) === 'resume', gives: resume },
  // It is to be restarted.
  { rule: 'intensityExceeded', when: (s) => isCounted(s) && isOneTooMany(s), gives: escalateByIntensity },
  { rule: 'backoffExhausted', when: (s) => !isRedelivery(s) && isBackoffExhausted(s), gives: escalateByBackoff },
  { rule: 'poison', when: isPoison, gives: restartWithoutMail },
  { rule: 'redelivery', when: isRedelivery, gives: restartWithMail },
  { rule: 'permanentEnded', when: hasEnded, gives: restartAfresh },
  { rule: 'failed', when: () => true, gives: restartWithMail },
]

/** What is to happen. Total: there is a decision for every situation. */
export function decide(situation: Situation): Decision {
  const { rule, gives } = TABLE.find(({ when }) => when(situation))!
  return gives(situation, rule)
}

function hasEnded({ reason }: Situation): boolean {
  return reason === 'done' || reason === 'stopped'
}

/** Whether ordinary mail is to blame, which can be delivered again. */
function isMail({ reason, envelope }: Situation): boolean {
  return reason === 'failed' && envelope === 'mail'
}

function isRedelivery(situation: Situation): boolean {
  return isMail(situation) && situation.deliveries > 1
}

function isPoison(situation: Situation): boolean {
  return isMail(situation) && situation.deliveries >= situation.spec.maxDeliveries
}

function isCounted(situation: Situation): boolean {
  return !isRedelivery(situation) && waitMs(situation) === 0
}

function isBackoffExhausted(situation: Situation): boolean {
  const { maxRestarts = Number.POSITIVE_INFINITY } = backoffOf(situation) ?? {}
  return !isPoison(situation) && streakOf(situation) >= maxRestarts
}

function isOneTooMany({ history, now, spec, intensity }: Situation): boolean {
  return isExceeded(history.restarts, now, spec.intensity ?? intensity)
}

/** The directive for a failure; what ended by itself has none. Only mail can be left out, as `resume` wants it. */
function directiveOf(situation: Situation): Directive | undefined {
  if (hasEnded(situation)) return undefined
  const { spec, directives, failureClass = 'bug' } = situation
  const directive = spec.directives[failureClass] ?? directives[failureClass] ?? DEFAULT_DIRECTIVES[failureClass]
  return directive === 'resume' && !isMail(situation) ? 'restart' : directive
}

function stop(_: Situation, rule: Rule): Decision {
  return { kind: 'stop', rule }
}

function resume(_: Situation, rule: Rule): Decision {
  return { kind: 'resume', rule }
}

function escalateByDirective({ history }: Situation, rule: Rule): Decision {
  return { kind: 'escalate', why: 'directive', history, rule }
}

function escalateByIntensity(situation: Situation, rule: Rule): Decision {
  return { kind: 'escalate', why: 'intensity', history: { ...situation.history, restarts: counted(situation) }, rule }
}

function escalateByBackoff({ history }: Situation, rule: Rule): Decision {
  return { kind: 'escalate', why: 'backoff', history, rule }
}

function restartWithMail(situation: Situation, rule: Rule): Decision {
  return restart(situation, rule, { delayMs: waitMs(situation), redeliver: isMail(situation) })
}

function restartWithoutMail(situation: Situation, rule: Rule): Decision {
  return restart(situation, rule, { delayMs: waitMs(situation), isPoison: true })
}

/** What has ended has no state to go on from. */
function restartAfresh(situation: Situation, rule: Rule): Decision {
  return restart(situation, rule, { from: 'initial', delayMs: waitMs(situation) })
}

const SCOPES = { oneForOne: 'one', oneForAll: 'all', restForOne: 'rest' } as const

function restart(situation: Situation, rule: Rule, chosen: Partial<RestartDecision>): Decision {
  const { delayMs = 0 } = chosen
  const { spec, strategy, now } = situation
  const history = { restarts: counted(situation), streak: streakOf(situation) + 1, lastMs: now + delayMs }
  return {
    kind: 'restart',
    scope: SCOPES[strategy],
    from: spec.restartFrom,
    delayMs,
    isCounted: isCounted(situation),
    redeliver: false,
    isPoison: false,
    ...chosen,
    history,
    rule,
  }
}

/** The restarts that still count, this one included if it does. */
function counted(situation: Situation): readonly number[] {
  const { history, now, spec, intensity } = situation
  const { maxRestarts } = spec.intensity ?? intensity
  const recent = withinWindow(history.restarts, now, spec.intensity ?? intensity)
  return (isCounted(situation) ? [...recent, now] : recent).slice(-(maxRestarts + 1))
}

function waitMs(situation: Situation): number {
  // Poison is not tried again, so there is nothing to wait for.
  if (isPoison(situation)) return 0
  const backoff = backoffOf(situation)
  return backoff === undefined ? 0 : backoffDelayMs(backoff, streakOf(situation), situation.chance)
}

/** How the restart waits, or `undefined`: not at all. By default only what may have passed by itself is waited for. */
function backoffOf({ spec, reason, failureClass }: Situation): Backoff | undefined {
  if (spec.backoff !== undefined) return spec.backoff === false ? undefined : spec.backoff
  const mayPass = failureClass === 'transient' || failureClass === 'timeout'
  return mayPass && (reason === 'failed' || reason === 'startFailed') ? DEFAULT_BACKOFF : undefined
}

/** How many restarts came right before this one. */
function streakOf({ history, now, spec }: Situation): number {
  const { resetMs } = spec.backoff || DEFAULT_BACKOFF
  return now - history.lastMs >= resetMs ? 0 : history.streak
}

/** What the runtime tells of itself, each in one sentence, and how much it matters. */
import type { SystemEvent } from '../../core/events.js'
import { durationText } from '../../runtime/phrases.js'
import type { NoticeLevel, TimelineItem } from './shapes.js'
import type { Shown } from './shown.js'

/** Also where several types share a shape. */
type OfType<K, E = SystemEvent> = E extends { readonly type: infer T }
  ? K extends T
    ? E & { readonly type: K }
    : never
  : never
type Told<K extends SystemEvent['type']> = (event: OfType<K>, shown: Shown) => string
type Sentences = { readonly [K in SystemEvent['type']]: readonly [level: NoticeLevel, told: Told<K>] }

const SENTENCES: Sentences = {
  // Actors.
  actorStarted: ['info', ({ path, logic }) => `${path} has started (${logic}).`],
  actorDone: ['info', ({ path }) => `${path} is done.`],
  actorFailed: ['error', ({ path, error }, shown) => `${path} has failed: ${shown.error(error)}`],
  actorStopped: ['info', ({ path }) => `${path} was stopped.`],
  actorQuarantined: [
    'error',
    ({ path, error }, shown) => `${path} is quarantined, its state can't be read: ${shown.text(error.message)}`,
  ],
  actorCancelled: [
    'info',
    ({ path, reason }, shown) =>
      `${path} was cancelled with all below it${reason === undefined ? '' : `: ${shown.text(reason)}`}.`,
  ],
  actorMigrated: [
    'info',
    ({ path, from = 'no version', to = 'no version' }) => `${path} was brought from ${from} of its machine to ${to}.`,
  ],
  scopesRefused: [
    'warning',
    ({ path, refused }) => `${path} was started without what its parent has not: ${refused.join(', ')}.`,
  ],
  // Supervision.
  childFailed: [
    'warning',
    ({ path, error, decision }, shown) => `${path} has failed, and ${DECIDED[decision]}: ${shown.error(error)}`,
  ],
  childRestarted: [
    'warning',
    ({ path, from, restarts }) => `${path} was restarted from ${FROM[from]}, for the ${ordinal(restarts)} time.`,
  ],
  childBackingOff: ['warning', ({ path, delayMs }) => `${path} waits ${durationText(delayMs)} for its restart.`],
  childGivenUp: ['error', ({ path, error }, shown) => `${path} is not restarted any more: ${shown.error(error)}`],
  groupRestarting: [
    'warning',
    ({ path, strategy, children }) => `${path} restarts ${children.join(', ')} together (${strategy}).`,
  ],
  intensityExceeded: [
    'error',
    ({ path, child, maxRestarts, withinMs }) =>
      `${child} has failed more often than ${path ?? 'the system'} lets it: ${maxRestarts} restarts in ${durationText(withinMs)}.`,
  ],
  rootFailed: ['error', ({ error }, shown) => `An actor at the top has failed for good: ${shown.error(error)}`],
  // Operators.
  actorPaused: ['warning', ({ path, by, reason }, shown) => `${path} was paused${said({ by, reason }, shown)}.`],
  actorResumed: ['info', ({ path, by, reason }, shown) => `${path} was resumed${said({ by, reason }, shown)}.`],
  actorRestarted: [
    'warning',
    ({ path, from, by, reason }, shown) =>
      `${path} is told to begin again from ${FROM[from]}${said({ by, reason }, shown)}.`,
  ],
  // Mail and effects.
  deadLetter: [
    'warning',
    ({ path, reason, event }, shown) => `${typeOf(event, shown)} for ${path} is a dead letter: ${WHY[reason]}.`,
  ],
  staleMail: ['info', ({ path, kind }) => `A result came too late for ${path} (${kind}).`],
  outcomeUnknown: [
    'warning',
    ({ path, action }) =>
      `Nobody knows whether the action ${action} of ${path} has happened: the node went down in it.`,
  ],
  effectFault: [
    'warning',
    ({ path, error }, shown) => `An effect of ${path} threw after it had settled: ${shown.error(error)}`,
  ],
  effectTimedOut: [
    'warning',
    ({ path, silentMs, attempt }) =>
      `An effect of ${path} gave no sign of life for ${durationText(silentMs)}, in attempt ${attempt}.`,
  ],
  threadBlocked: [
    'warning',
    ({ path, ms, during, event }, shown) =>
      `${path} held the thread for ${durationText(ms)} in its ${during}${event === undefined ? '' : ` on ${shown.type(event)}`}.`,
  ],
  halted: ['error', ({ error }, shown) => `The node stands still: ${shown.text(error.message)}`],
  // Approvals.
  approvalRequested: ['info', ({ path, what, risk }, shown) => `${path} asks a person (${risk}): ${shown.text(what)}`],
  approvalDecided: ['info', ({ path, decision, by }, shown) => `${shown.text(by)} has ${decision} what ${path} asked.`],
  approvalEscalated: [
    'warning',
    ({ path, to }, shown) => `Nobody has answered ${path}: now ${shown.text(to)} is asked.`,
  ],
  approvalExpired: ['warning', ({ path }) => `Nobody has answered ${path} in time, which is a no.`],
  approvalWithdrawn: ['info', ({ path }) => `${path} does not ask any more.`],
  // Budgets.
  budgetWarning: [
    'warning',
    ({ account, dimension, used, limit }) =>
      `${account} has used ${amount(dimension, used)} of ${amount(dimension, limit)}${unit(dimension)}.`,
  ],
  budgetExhausted: [
    'error',
    ({ path, account, dimension, wanted, left }) =>
      `${path} was refused ${amount(dimension, wanted)}${unit(dimension)}: ${account} has ${amount(dimension, left)} left.`,
  ],
  // Memory.
  memoryEvicted: [
    'info',
    ({ namespace, ids }) => `The memory ${namespace} was full: ${ids.length} items were forgotten.`,
  ],
  memoryEmbedderChanged: [
    'warning',
    ({ items }) => `${items} items of the memory have vectors of another embedder, until they are embedded anew.`,
  ],
  memoryEmbeddingFailed: [
    'warning',
    ({ error }, shown) => `An item of the memory is found by its words only: ${shown.error(error)}`,
  ],
  // Links.
  linkChanged: [
    'info',
    ({ peer, state, code }) => `The link to ${peer} is ${words(state)}${code === undefined ? '' : ` (${code})`}.`,
  ],
  nodeDown: ['error', ({ peer }) => `${peer} is taken to be down: nothing is heard of it.`],
  nodeUp: ['info', ({ peer }) => `${peer} is there again.`],
  peerRestarted: ['warning', ({ peer }) => `${peer} was restarted: its volatile actors are gone.`],
  peerReset: ['warning', ({ peer }) => `${peer} has another store than before: nothing is left of what it was.`],
  linkRefused: [
    'error',
    ({ peer, by, code, message }, shown) =>
      `${by === 'self' ? 'A connection was refused to' : 'A connection was refused by'} ${peer ?? 'a stranger'}: ${shown.text(message)} (${code})`,
  ],
  peerDenied: ['warning', ({ peer, path, what }) => `${peer} may not ${words(what)} ${path}.`],
}

const DECIDED: Readonly<Record<Extract<SystemEvent, { type: 'childFailed' }>['decision'], string>> = {
  resume: 'goes on',
  restart: 'is restarted',
  stop: 'is stopped',
  escalate: 'its parent must decide',
}

const FROM = { lastGood: 'its last good state', initial: 'the beginning' } as const

/** Of each reason what it means; said after "is a dead letter". */
const WHY: Readonly<Record<Extract<SystemEvent, { type: 'deadLetter' }>['reason'], string>> = {
  actorNotFound: 'there is no such actor',
  actorEnded: 'the actor has ended',
  actorFailed: 'the actor has failed',
  poison: 'the actor fails on it',
  actorQuarantined: 'the actor is quarantined',
  mailboxFull: 'its mailbox is full',
  stashFull: 'it defers as many as it may',
  peerUnknown: 'there is no link to that node',
  outboxFull: 'too much waits for that node already',
  expired: 'its deadline has passed',
  hopLimit: 'it was passed on too often',
  storeGone: 'it was for a store that its node does not have any more',
  notSendable: 'it can not be sent',
  peerRefused: 'that node does not take it',
  mayBeHandled: 'that node was restarted and may have handled it',
}

/** A system event for the timeline; its text masked and cut. */
export function noticeOf(event: SystemEvent, atMs: number, shown: Shown): TimelineItem & { kind: 'notice' } {
  const { type } = event
  const path = pathIn(event)
  const [level, told] = (SENTENCES[type] ?? ['info', () => `${words(type)}.`]) as readonly [
    NoticeLevel,
    (event: SystemEvent, shown: Shown) => string,
  ]
  const text = shown.text(told(event, shown), MAX_TEXT)
  return { kind: 'notice', atMs, type, level: levelOf(event, level), text, ...(path !== undefined && { path }) }
}

const MAX_TEXT = 400

/** The actor of this node that it is about. */
export function pathIn(event: SystemEvent): string | undefined {
  // What a peer was denied is a path as the peer wrote it.
  if (event.type === 'peerDenied') return undefined
  return 'path' in event ? event.path : undefined
}

/** A link that is up again is no trouble, one that went for a reason is. */
function levelOf(event: SystemEvent, level: NoticeLevel): NoticeLevel {
  if (event.type === 'linkChanged' && event.code !== undefined && event.state !== 'up') return 'warning'
  if (event.type === 'approvalRequested' && event.risk === 'danger') return 'warning'
  return level
}

/** Who said so, and why. */
function said(by: { readonly by: string | undefined; readonly reason: string | undefined }, shown: Shown): string {
  const who = by.by === undefined ? '' : ` by ${shown.text(by.by)}`
  return by.reason === undefined ? who : `${who}: ${shown.text(by.reason)}`
}

function typeOf(event: unknown, shown: Shown): string {
  return shown.type((event as { readonly type?: unknown } | undefined)?.type)
}

/** `backingOff` is `backing off`. */
function words(name: string): string {
  return name.replace(/[A-Z]/g, (capital) => ` ${capital.toLowerCase()}`)
}

const isMoney = (dimension: string): boolean => dimension === 'costMicroUsd'

function amount(dimension: string, value: number): string {
  return isMoney(dimension) ? `$${(value / 1_000_000).toFixed(2)}` : String(Math.round(value))
}

function unit(dimension: string): string {
  return isMoney(dimension) ? '' : ` ${words(dimension === 'wallMs' ? 'ms' : dimension)}`
}

function ordinal(count: number): string {
  const last = count % 10
  const isTeen = Math.floor(count / 10) % 10 === 1
  const ending = isTeen ? 'th' : last === 1 ? 'st' : last === 2 ? 'nd' : last === 3 ? 'rd' : 'th'
  return `${count}${ending}`
}

/**
 * Every route of the control API: what it takes and what it answers. The server, its OpenAPI document and the client are all made
 * from this table.
 *
 * 1. `role`: who may ask. `viewer` routes change nothing; what an `operator` route does is in the audit trail.
 * 2. A `GET` takes a query, a `POST` a body of JSON. Answers are JSON, but for `text` and `svg`.
 */
import { z } from 'zod'
import {
  actorDetail,
  actorPage,
  actorQuery,
  enabledEvent,
  explanationSchema,
  orderRequest,
  sendAnswer,
  sendRequest,
} from './actors.js'
import {
  approvalIdQuery,
  approvalList,
  approvalQuery,
  decisionOutcomes,
  decisionRequest,
  toldApproval,
} from './approvals.js'
import { machineRow, placedChart } from './chart.js'
import { path } from './common.js'
import { journalPage, journalQuery, moment } from './journal.js'
import { linkList, resetAnswer, resetRequest } from './links.js'
import {
  conversation,
  conversationRow,
  coverage,
  deadLetterOrder,
  deadLetterPage,
  outcomes,
  raiseRequest,
  toldBudget,
} from './lists.js'
import { timelineItem } from './live.js'
import { nodeSchema, sessionSchema } from './node.js'
import { valueQuery, valueSlice } from './value.js'

const seqNr = z.coerce.number().int().min(0)
const hash = z.string().min(1).max(200)
const done = z.object({ done: z.literal(true) })
const pathQuery = z.strictObject({ path })

/** Of a decision of a brain; its fields are those of `DecisionRecord`, masked. */
const decision = z.record(z.string(), z.unknown())

export const routes = {
  // --- the node ---
  session: { method: 'GET', path: '/session', role: 'viewer', answer: sessionSchema, what: 'Who asks, and whom.' },
  node: { method: 'GET', path: '/node', role: 'viewer', answer: nodeSchema, what: 'The node.' },

  // --- actors ---
  actors: {
    method: 'GET',
    path: '/actors',
    role: 'viewer',
    query: actorQuery,
    answer: actorPage,
    what: 'Actors, a page of them.',
  },
  actor: {
    method: 'GET',
    path: '/actor',
    role: 'viewer',
    query: pathQuery,
    answer: actorDetail,
    what: 'One actor, without its context.',
  },
  value: {
    method: 'GET',
    path: '/actor/value',
    role: 'viewer',
    query: valueQuery,
    answer: valueSlice,
    what: 'A part of its persisted snapshot.',
  },
  journal: {
    method: 'GET',
    path: '/actor/journal',
    role: 'viewer',
    query: journalQuery,
    answer: journalPage,
    what: 'Records of its journal.',
  },
  moment: {
    method: 'GET',
    path: '/actor/moment',
    role: 'viewer',
    query: z.strictObject({ path, seqNr }),
    answer: moment,
    what: 'The actor as it was after one record.',
  },
  explanation: {
    method: 'GET',
    path: '/actor/explanation',
    role: 'viewer',
    query: z.strictObject({
      path,
      /** An event as JSON, or its type: what would become of it now. */
      event: z.string().min(1).max(100_000).optional(),
    }),
    answer: explanationSchema,
    what: 'Why it is where it is.',
  },
  events: {
    method: 'GET',
    path: '/actor/events',
    role: 'viewer',
    query: pathQuery,
    answer: z.object({ events: z.array(enabledEvent) }),
    what: 'Events that it has a transition for.',
  },
  test: {
    method: 'GET',
    path: '/actor/test',
    role: 'viewer',
    query: z.strictObject({ path, from: seqNr.optional(), to: seqNr.optional() }),
    answer: 'text',
    what: 'A vitest file that replays it.',
  },
  decisions: {
    method: 'GET',
    path: '/actor/decisions',
    role: 'viewer',
    query: z.strictObject({ path, from: seqNr.optional(), to: seqNr.optional() }),
    answer: z.object({ decisions: z.array(decision) }),
    what: 'What its brain has decided.',
  },
  send: {
    method: 'POST',
    path: '/actor/send',
    role: 'operator',
    body: sendRequest,
    answer: sendAnswer,
    what: 'Sends it an event.',
  },
  pause: {
    method: 'POST',
    path: '/actor/pause',
    role: 'operator',
    body: orderRequest,
    answer: done,
    what: 'It handles no mail until it is resumed.',
  },
  resume: {
    method: 'POST',
    path: '/actor/resume',
    role: 'operator',
    body: orderRequest,
    answer: done,
    what: 'It goes on.',
  },
  restart: {
    method: 'POST',
    path: '/actor/restart',
    role: 'operator',
    body: orderRequest,
    answer: done,
    what: 'It begins again, or goes on from its last good state.',
  },
  cancel: {
    method: 'POST',
    path: '/actor/cancel',
    role: 'operator',
    body: orderRequest,
    answer: done,
    what: 'Cancels it and all below it.',
  },
  stop: {
    method: 'POST',
    path: '/actor/stop',
    role: 'operator',
    body: orderRequest,
    answer: done,
    what: 'Stops it and all below it.',
  },

  // --- machines ---
  machines: {
    method: 'GET',
    path: '/machines',
    role: 'viewer',
    answer: z.object({ machines: z.array(machineRow) }),
    what: 'The machines of the logic table.',
  },
  chart: {
    method: 'GET',
    path: '/machines/chart',
    role: 'viewer',
    query: z.strictObject({ hash }),
    answer: placedChart,
    what: 'A statechart, laid out.',
  },
  svg: {
    method: 'GET',
    path: '/machines/svg',
    role: 'viewer',
    query: z.strictObject({ hash, theme: z.enum(['light', 'dark']).optional() }),
    answer: 'svg',
    what: 'A statechart as SVG.',
  },
  coverage: {
    method: 'GET',
    path: '/machines/coverage',
    role: 'viewer',
    query: z.strictObject({
      logic: z.string().min(1).max(1_000),
      /** `journal`: in what the journals of its actors keep. Default `live`: since somebody looked first. */
      of: z.enum(['live', 'journal']).default('live'),
    }),
    answer: coverage,
    what: 'What of a machine its actors have done.',
  },

  // --- approvals ---
  approvals: {
    method: 'GET',
    path: '/approvals',
    role: 'viewer',
    query: approvalQuery,
    answer: approvalList,
    what: 'Questions to people.',
  },
  approval: {
    method: 'GET',
    path: '/approvals/one',
    role: 'viewer',
    query: approvalIdQuery,
    answer: toldApproval,
    what: 'One question, whole.',
  },
  decideApprovals: {
    method: 'POST',
    path: '/approvals/decide',
    role: 'operator',
    body: decisionRequest,
    answer: decisionOutcomes,
    what: 'Says yes or no.',
  },

  // --- dead letters ---
  deadLetters: {
    method: 'GET',
    path: '/dead-letters',
    role: 'viewer',
    query: z.strictObject({
      /** For this actor, or one below it. */
      path: path.optional(),
      reason: z.string().max(100).optional(),
      /** Part of the path or of the type of the event, whatever the case. */
      search: z.string().max(1_000).optional(),
      offset: z.coerce.number().int().min(0).default(0),
      limit: z.coerce.number().int().min(1).max(1_000).default(100),
    }),
    answer: deadLetterPage,
    what: 'Events that nobody took, the newest first.',
  },
  retryDeadLetters: {
    method: 'POST',
    path: '/dead-letters/retry',
    role: 'operator',
    body: deadLetterOrder,
    answer: outcomes,
    what: 'Delivers them again.',
  },
  discardDeadLetters: {
    method: 'POST',
    path: '/dead-letters/discard',
    role: 'operator',
    body: deadLetterOrder,
    answer: outcomes,
    what: 'Throws them away.',
  },

  // --- budgets ---
  budgets: {
    method: 'GET',
    path: '/budgets',
    role: 'viewer',
    answer: z.object({ budgets: z.array(toldBudget) }),
    what: 'Accounts, as trees.',
  },
  raiseBudget: {
    method: 'POST',
    path: '/budgets/raise',
    role: 'operator',
    body: raiseRequest,
    answer: toldBudget,
    what: 'Raises limits of one account.',
  },

  // --- links ---
  links: { method: 'GET', path: '/links', role: 'viewer', answer: linkList, what: 'Links to other nodes.' },
  resetLink: {
    method: 'POST',
    path: '/links/reset',
    role: 'operator',
    body: resetRequest,
    answer: resetAnswer,
    what: 'Takes a peer as it is.',
  },

  // --- what went on ---
  conversations: {
    method: 'GET',
    path: '/conversations',
    role: 'viewer',
    query: z.strictObject({
      /** Those of so many messages at least; default 2. */
      min: z.coerce.number().int().min(1).max(1_000).default(2),
    }),
    answer: z.object({ conversations: z.array(conversationRow) }),
    what: 'Conversations of late.',
  },
  conversation: {
    method: 'GET',
    path: '/conversations/one',
    role: 'viewer',
    query: z.strictObject({ id: z.string().min(1).max(20_000) }),
    answer: conversation,
    what: 'All messages of one.',
  },
  timeline: {
    method: 'GET',
    path: '/timeline',
    role: 'viewer',
    query: z.strictObject({ limit: z.coerce.number().int().min(1).max(10_000).default(1_000) }),
    answer: z.object({ items: z.array(timelineItem) }),
    what: 'What was done of late, oldest first; what was done before anybody looked as far as journals tell.',
  },
} as const

export type Routes = typeof routes
export type RouteName = keyof Routes
/** One row of the table. */
export interface RouteSpec {
  readonly method: 'GET' | 'POST'
  /** Below `/api`. */
  readonly path: string
  readonly role: 'viewer' | 'operator'
  readonly query?: z.ZodType
  readonly body?: z.ZodType
  readonly answer: z.ZodType | 'text' | 'svg'
  readonly what: string
}

type SchemaOf<K extends RouteName> = Routes[K] extends { readonly query: infer Q }
  ? Q
  : Routes[K] extends { readonly body: infer B }
    ? B
    : undefined

/** What a route is asked with, as the caller says it. */
export type AskedBy<K extends RouteName> = SchemaOf<K> extends z.ZodType ? z.input<SchemaOf<K>> : undefined
/** The same as it was read. */
export type AskedOf<K extends RouteName> = SchemaOf<K> extends z.ZodType ? z.output<SchemaOf<K>> : undefined
/** What it answers. */
export type AnswerOf<K extends RouteName> = Routes[K]['answer'] extends z.ZodType
  ? z.output<Routes[K]['answer']>
  : string

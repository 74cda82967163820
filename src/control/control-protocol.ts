/**
 * What is said at the door of a running system: one line of JSON asks, one line answers.
 *
 * 1. Every line is bounded, in both directions.
 * 2. What is said is checked where it arrives.
 */
import { z } from 'zod'
import { approvalAnswers, approvalRequests } from './approval-protocol.js'
import { peerAnswers, peerRequests } from './peer-protocol.js'
import { toldErrorSchema } from './told-error.js'

export const MAX_REQUEST_BYTES = 2_000_000
export const MAX_RESPONSE_BYTES = 64_000_000

export const requestSchema = z.discriminatedUnion('op', [...approvalRequests, ...peerRequests])

export type ControlRequest = z.output<typeof requestSchema>

export const answerSchemas = { ...approvalAnswers, ...peerAnswers } as const

export type Answers = { [K in keyof typeof answerSchemas]: z.output<(typeof answerSchemas)[K]> }

export const responseSchema = z.discriminatedUnion('ok', [
  z.object({ ok: z.literal(true), answer: z.unknown() }),
  z.object({ ok: z.literal(false), error: toldErrorSchema }),
])

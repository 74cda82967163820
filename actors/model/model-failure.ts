/**
 * Why a model did not answer, as one error that the rest can act on: `withRetry` and the agent by its class, `withRateLimit`
 * by status and `retry-after`, the ledger by its usage.
 *
 * 1. It carries no secret: not the request, not its headers; a key that a server has echoed is taken out.
 * 2. It says that nothing was used only if that is certain: the provider has refused the request, or was never reached.
 * 3. A status below 400 is none: the answer began well, and broke.
 */
import { RosciusError } from '../../src/index.js'

type Fields = Readonly<Record<string, unknown>>

export type Scrub = (text: string) => string

const MAX_DEPTH = 5
const MAX_MESSAGE = 500
/** The request was refused before any token was made. */
const REFUSED: readonly unknown[] = [400, 401, 402, 403, 404, 405, 413, 415, 422, 429]
const UNREACHED: readonly unknown[] = ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'UND_ERR_CONNECT_TIMEOUT']
const PASSING_STATUSES: readonly unknown[] = [409, 425, 429]
const TIMEOUT_STATUSES: readonly unknown[] = [408, 504]
const TIMEOUT_CODE = /TIMEOUT|TIMEDOUT/
const NETWORK_CODE = /^(E[A-Z_]{3,}|UND_ERR_[A-Z_]+)$/
/** What the SDK says of an answer that isn't one. */
const BROKEN_ANSWERS: readonly unknown[] = [
  'AI_JSONParseError',
  'AI_InvalidResponseDataError',
  'AI_TypeValidationError',
  'AI_EmptyResponseBodyError',
  'AI_NoOutputGeneratedError',
]

export function modelFailure(model: string, error: unknown, scrub: Scrub): RosciusError {
  const chain = chainOf(error)
  const status = statusIn(chain)
  const code = chain.map((fields) => fields.code).find((one) => typeof one === 'string' && NETWORK_CODE.test(one))
  const why = scrub(messageOf(chain, error)).slice(0, MAX_MESSAGE)
  const failed = new RosciusError(
    'MODEL_FAILED',
    `${model} did not answer: ${status ?? code ?? ''} ${why}`.replace('  ', ' '),
    {
      details: { model, ...(status === undefined ? {} : { status }), ...(code === undefined ? {} : { code }) },
    },
  )
  return Object.assign(failed, factsOf(chain, { statusCode: status, code, scrub }))
}

interface Known {
  readonly statusCode: number | undefined
  readonly code: unknown
  readonly scrub: Scrub
}

/** What is acted on: fields that other errors of providers have, too. */
function factsOf(chain: readonly Fields[], { statusCode, code, scrub }: Known): object {
  const failureClass = classOf(chain, statusCode, code)
  const responseHeaders = retryHeadersIn(chain, scrub)
  return {
    ...(statusCode === undefined ? {} : { statusCode }),
    ...(failureClass === undefined ? {} : { failureClass }),
    ...(responseHeaders === undefined ? {} : { responseHeaders }),
    ...(REFUSED.includes(statusCode) || UNREACHED.includes(code) ? { usage: {} } : {}),
  }
}

function classOf(chain: readonly Fields[], status: number | undefined, code: unknown): string | undefined {
  if (status !== undefined) {
    if (TIMEOUT_STATUSES.includes(status)) return 'timeout'
    return status >= 500 || PASSING_STATUSES.includes(status) ? 'transient' : 'permanent'
  }
  if (typeof code === 'string') return TIMEOUT_CODE.test(code) ? 'timeout' : 'transient'
  const isBroken = chain.some(({ name, isRetryable }) => isRetryable === true || BROKEN_ANSWERS.includes(name))
  // An error that isn't one was sent by the provider, in the middle of its answer.
  return isBroken || !(chain[0] instanceof Error) ? 'transient' : undefined
}

function statusIn(chain: readonly Fields[]): number | undefined {
  const statuses = chain.map(({ statusCode, status }) => statusCode ?? status)
  return statuses.find((one): one is number => typeof one === 'number' && one >= 400 && one < 600)
}

/** Of all headers, what says when to come again. */
function retryHeadersIn(chain: readonly Fields[], scrub: Scrub): Readonly<Record<string, string>> | undefined {
  for (const { responseHeaders } of chain) {
    const found = Object.entries(responseHeaders ?? {}).filter(([name]) => /^retry-after(-ms)?$/i.test(name))
    if (found.length > 0)
      return Object.fromEntries(found.map(([name, value]) => [name.toLowerCase(), scrub(String(value))]))
  }
  return undefined
}

function messageOf(chain: readonly Fields[], error: unknown): string {
  const message = chain.map((fields) => fields.message).find((one) => typeof one === 'string' && one !== '')
  return typeof message === 'string' ? message : String(error)
}

/** The error and what caused it. */
function chainOf(error: unknown): Fields[] {
  const chain: Fields[] = []
  for (let at = error; isFields(at) && chain.length < MAX_DEPTH; at = at.cause) chain.push(at)
  return chain
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null
}

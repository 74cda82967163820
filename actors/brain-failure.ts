/** What the error of a provider says: told by its fields, as every SDK has its own classes. */

type Fields = Readonly<Record<string, unknown>>

const MAX_DEPTH = 4
const OWN_CODES: readonly unknown[] = [
  'BUDGET_EXHAUSTED',
  'BULKHEAD_FULL',
  'CIRCUIT_OPEN',
  'NO_DECISION',
  'OPTIONS_INVALID',
  'RATE_LIMITED',
]
const NETWORK: readonly unknown[] = [
  'ECONNRESET',
  'ECONNREFUSED',
  'EPIPE',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ETIMEDOUT',
  'TIMEOUT',
]

/** The HTTP status, if there is one. */
function statusOf(error: unknown): number | undefined {
  for (const { status, statusCode, response } of chainOf(error)) {
    const found = statusCode ?? status ?? (isFields(response) ? response.status : undefined)
    if (typeof found === 'number') return found
  }
  return undefined
}

export function isAborted(error: unknown): boolean {
  return isFields(error) && (error.name === 'AbortError' || error.code === 'ABORT_ERR')
}

/** The budget is spent: nobody was asked. */
export function isOverBudget(error: unknown): boolean {
  return chainOf(error).some(({ code, failureClass }) => failureClass === 'budget' || code === 'BUDGET_EXHAUSTED')
}

/** Too many requests: the provider is well. */
export function isRateLimited(error: unknown): boolean {
  return statusOf(error) === 429
}

/** Whether it says that the provider is unwell: not that the question was wrong, too early, or never asked. */
export function isProviderFailure(error: unknown): boolean {
  if (isAborted(error) || chainOf(error).some(({ code }) => OWN_CODES.includes(code))) return false
  const status = statusOf(error)
  return status === undefined || status === 408 || status >= 500
}

/** Whether the same question may be answered later. */
export function isTransient(error: unknown): boolean {
  if (isAborted(error)) return false
  const chain = chainOf(error)
  if (chain.some(({ failureClass }) => failureClass === 'transient' || failureClass === 'timeout')) return true
  const status = statusOf(error)
  if (status !== undefined) return status === 408 || status === 429 || status >= 500
  return chain.some(({ code }) => code === 'RATE_LIMITED' || NETWORK.includes(code))
}

/** How long the provider wants to be left alone, in ms: `retry-after-ms`, or `retry-after` in seconds or as a date. */
export function retryAfterMs(error: unknown, nowMs: number): number | undefined {
  for (const fields of chainOf(error)) {
    if (typeof fields.retryAfterMs === 'number') return fields.retryAfterMs
    const headers = [
      fields.responseHeaders,
      fields.headers,
      isFields(fields.response) ? fields.response.headers : undefined,
    ]
    for (const one of headers) {
      const found = fromHeaders(one, nowMs)
      if (found !== undefined) return found
    }
  }
  return undefined
}

function fromHeaders(headers: unknown, nowMs: number): number | undefined {
  const ms = Number(header(headers, 'retry-after-ms') ?? Number.NaN)
  if (ms >= 0 && ms < Number.POSITIVE_INFINITY) return ms
  const after = header(headers, 'retry-after')
  if (after === undefined) return undefined
  const seconds = Number(after)
  const waitMs = Number.isNaN(seconds) ? Date.parse(after) - nowMs : seconds * 1_000
  return Number.isFinite(waitMs) ? Math.max(0, waitMs) : undefined
}

function header(headers: unknown, name: string): string | undefined {
  if (headers instanceof Headers) return headers.get(name) ?? undefined
  if (!isFields(headers)) return undefined
  const found = Object.entries(headers).find(([key]) => key.toLowerCase() === name)?.[1]
  return found === undefined || found === null ? undefined : String(found)
}

/** The error and what caused it; an SDK's own retries keep the last one as `lastError`. */
function chainOf(error: unknown): Fields[] {
  const chain: Fields[] = []
  for (let current = error; isFields(current) && chain.length < MAX_DEPTH; current = current.lastError ?? current.cause)
    chain.push(current)
  return chain
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null
}

/** What the OpenAPI document tells beside the table of routes: sessions, health, metrics, and the document itself. */
import { z } from 'zod'
import { healthSchema, signInRequest } from '../protocol/node.js'
import { MEDIA } from './openapi-media.js'

type Json = Readonly<Record<string, unknown>>

/** Needs neither token nor session. */
const OPEN = { security: [] }

/** Who acts, as the audit trail will say. */
export const BY: Json = {
  name: 'roscius-by',
  in: 'header',
  required: false,
  description: 'Who acts: 1 to 200 characters in one line, percent-encoded. Default: console.',
  schema: { type: 'string' },
}

/** `problem`: the answer to what is refused. */
export function otherPaths(problem: Json): Readonly<Record<string, Json>> {
  const answers = (answer: Json): Json => ({ ...answer, default: problem })
  return {
    '/api/session': {
      post: {
        operationId: 'signIn',
        summary: 'Begins a session of a browser.',
        ...OPEN,
        requestBody: { required: true, content: json(signInRequest) },
        responses: answers({ 204: { description: 'The session, as a cookie.' } }),
      },
      delete: {
        operationId: 'signOut',
        summary: 'Ends the session.',
        ...OPEN,
        responses: answers({ 204: { description: 'It has ended.' } }),
      },
    },
    '/api/openapi.json': {
      get: {
        operationId: 'openApi',
        summary: 'This document.',
        'x-role': 'viewer',
        responses: answers({ 200: { description: 'OpenAPI 3.1.', content: json(z.looseObject({})) } }),
      },
    },
    '/healthz': { get: { operationId: 'healthz', summary: 'Whether it stands still.', ...OPEN, responses: health() } },
    '/readyz': {
      get: { operationId: 'readyz', summary: 'Whether it is wise to give it work now.', ...OPEN, responses: health() },
    },
    '/metrics': {
      get: {
        operationId: 'metrics',
        summary: 'Figures for Prometheus.',
        'x-role': 'viewer',
        responses: answers({
          200: { description: "Prometheus's text format.", content: { [MEDIA.text]: { schema: { type: 'string' } } } },
        }),
      },
    },
  }
}

/** Who shows a token is told the checks. */
function health(): Json {
  return {
    200: { description: 'All is well.', content: json(healthSchema) },
    503: { description: 'It is not.', content: json(healthSchema) },
  }
}

function json(schema: z.ZodType): Json {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' })
  return { 'application/json': { schema: rest } }
}

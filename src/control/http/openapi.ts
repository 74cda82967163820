/** The OpenAPI document of the control API, made from the table of routes, and of what is beside it. */
import { z } from 'zod'
import { problemSchema } from '../protocol/common.js'
import { toldBudget } from '../protocol/lists.js'
import { type RouteSpec, routes } from '../protocol/routes.js'
import { MEDIA } from './openapi-media.js'
import { BY, otherPaths } from './openapi-paths.js'

type Json = Readonly<Record<string, unknown>>

/** OpenAPI has no word for them. */
const SOCKETS = 'WebSockets: /api/live (frames of what is looked at) and /stately (the protocol of Stately).'
const PLACE = '#/components/schemas/'

/** `base`: path that the API is below. */
export function openApiDocument(version: string, base: string): Json {
  const named = namedSchemas()
  const { schemas } = z.toJSONSchema(named, { uri: (id) => `${PLACE}${id}`, unrepresentable: 'any' })
  const paths: Record<string, Json> = { ...otherPaths(problem()) }
  for (const [name, route] of Object.entries(routes) as [string, RouteSpec][]) {
    const path = `/api${route.path}`
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operation(name, route, named) }
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Roscius control API', version, description: SOCKETS },
    servers: [{ url: base === '' ? '/' : base }],
    security: [{ token: [] }, { session: [] }],
    paths,
    components: {
      schemas,
      securitySchemes: {
        token: { type: 'http', scheme: 'bearer' },
        session: { type: 'apiKey', in: 'cookie', name: 'roscius_<port>' },
      },
    },
  }
}

type Named = ReturnType<typeof namedSchemas>

/** Answers by name, so that they can refer to each other, and to themselves. */
function namedSchemas() {
  const named = z.registry<{ id: string }>()
  named.add(toldBudget, { id: 'Budget' })
  named.add(problemSchema, { id: 'Problem' })
  for (const [name, { answer }] of Object.entries(routes) as [string, RouteSpec][])
    if (typeof answer !== 'string' && named.get(answer) === undefined) named.add(answer, { id: answerName(name) })
  return named
}

function answerName(route: string): string {
  return `${route[0]?.toUpperCase()}${route.slice(1)}Answer`
}

function operation(name: string, route: RouteSpec, named: Named): Json {
  const { what, role, query, body } = route
  return {
    operationId: name,
    summary: what,
    'x-role': role,
    ...(query !== undefined && { parameters: parameters(query) }),
    ...(role === 'operator' && { parameters: [BY] }),
    ...(body !== undefined && {
      requestBody: { required: true, content: { 'application/json': { schema: inputSchema(body) } } },
    }),
    responses: { 200: answerTo(route, named), default: problem() },
  }
}

function answerTo({ answer, what }: RouteSpec, named: Named): Json {
  const isText = typeof answer === 'string'
  const schema = isText ? { type: 'string' } : { $ref: `${PLACE}${named.get(answer)?.id}` }
  return { description: what, content: { [isText ? MEDIA[answer] : 'application/json']: { schema } } }
}

function problem(): Json {
  const schema = { $ref: `${PLACE}Problem` }
  return { description: 'Refused, or failed.', content: { 'application/json': { schema } } }
}

function parameters(query: z.ZodType): readonly Json[] {
  const { properties = {}, required = [] } = inputSchema(query) as {
    readonly properties?: Readonly<Record<string, Json>>
    readonly required?: readonly string[]
  }
  return Object.entries(properties).map(([name, schema]) => ({
    name,
    in: 'query',
    required: required.includes(name),
    schema,
  }))
}

function inputSchema(schema: z.ZodType): Json {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' })
  return rest
}

/**
 * The control API as a `fetch` handler. The one file that knows Hono.
 *
 * 1. Nothing is looked at before host and origin are; nothing is done before the role is.
 * 2. What is asked is read by the schema of its route, and refused with the path of the field.
 * 3. What an operator does is in the audit trail before it is done.
 * 4. Every answer has the headers of `security-headers.ts`; none allows another origin to read it.
 */
import { type Context, Hono } from 'hono'
import { RosciusError } from '../../core/errors.js'
import { readWith, refusal } from '../../supervision/refusal.js'
import { closed, type Door, type Knock } from '../access/doorkeeper.js'
import type { ReadControl } from '../control-options.js'
import type { Who } from '../controlled-system.js'
import type { HealthCheck } from '../health/health.js'
import { operatorName } from '../protocol/common.js'
import { signInRequest } from '../protocol/node.js'
import { type RouteName, type RouteSpec, routes } from '../protocol/routes.js'
import type { ConsoleFiles } from './console-files.js'
import { jsonText, parsedJson } from './json-text.js'
import { openApiDocument } from './openapi.js'
import { MEDIA } from './openapi-media.js'
import { SVG_CSP, secure } from './security-headers.js'
import { BadRequest, toldFailure } from './told-problem.js'

const MAX_BODY_BYTES = 2_000_000
const ANSWER_MS = 30_000
const JSON_TYPE = 'application/json'

export interface AppPorts {
  readonly version: string
  readonly door: Door
  /** False once the control was closed. */
  isOpen(): boolean
  /** Answers a route; notes what an operator does. */
  answer(route: RouteName, asked: unknown, who: Who): Promise<unknown>
  health(of: 'healthz' | 'readyz'): HealthCheck
  metrics(): Promise<{ readonly type: string; readonly text: string }>
  /** Undefined: there is no page here. */
  readonly files: ConsoleFiles | undefined
}

/** What a server tells of the caller. */
export interface CallerEnv {
  readonly incoming?: { readonly socket?: { readonly remoteAddress?: string | undefined } }
}

export type AppFetch = (request: Request, env?: CallerEnv) => Promise<Response>

type Asked = Context<{ Bindings: CallerEnv | undefined }>

export function controlApp(ports: AppPorts, options: ReadControl): AppFetch {
  const { door } = ports
  const app = new Hono<{ Bindings: CallerEnv | undefined }>({
    getPath: (request) => below(options.basePath, request.url),
  })
  app.onError((error) => problem(error, options))
  app.use('*', async (c, next) => {
    if (!ports.isOpen()) throw closed()
    const knock = knockOf(c)
    door.assertHost(knock)
    if (c.req.method !== 'GET' && c.req.method !== 'HEAD') door.assertOrigin(knock)
    await next()
  })
  addHealth(app, ports)
  addSession(app, ports, options)
  addRoutes(app, ports, options)
  app.all('/api/*', () => problem(notFound(), options))
  app.all('*', (c) => page(c, ports, options))
  return async (request, env) => {
    const answer = await app.fetch(request, env)
    secure(answer.headers)
    return answer
  }
}

type App = Hono<{ Bindings: CallerEnv | undefined }>

/** The path below where it is mounted, whether or not whoever mounted it has taken that off. */
function below(base: string, url: string): string {
  const path = new URL(url).pathname
  if (base !== '' && (path === base || path.startsWith(`${base}/`))) return path.slice(base.length) || '/'
  return path
}

// --- what can be asked ---

function addHealth(app: App, ports: AppPorts): void {
  for (const name of ['healthz', 'readyz'] as const) {
    app.get(`/${name}`, (c) => {
      const { ok, checks } = ports.health(name)
      const told = isKnown(ports.door, knockOf(c)) ? { ok, checks } : { ok }
      return json(told, ok ? 200 : 503)
    })
  }
  app.get('/metrics', async (c) => {
    ports.door.roleFor('viewer', knockOf(c))
    const { type, text } = await ports.metrics()
    return new Response(text, { headers: { 'content-type': type } })
  })
}

/** A probe with a wrong token is told as little as one without. */
function isKnown(door: Door, knock: Knock): boolean {
  try {
    return door.roleOf(knock) !== undefined
  } catch {
    return false
  }
}

function addSession(app: App, { door, version }: AppPorts, { basePath }: ReadControl): void {
  const path = `${basePath}/`
  app.post('/api/session', async (c) => {
    const { token } = readWith(signInRequest, await bodyOf(c), 'body')
    return noContent(door.signIn(token, knockOf(c), path))
  })
  app.delete('/api/session', (c) => noContent(door.signOut(knockOf(c), path)))
  app.get('/api/openapi.json', (c) => {
    door.roleFor('viewer', knockOf(c))
    return json(openApiDocument(version, basePath))
  })
}

function addRoutes(app: App, ports: AppPorts, { clock }: ReadControl): void {
  for (const [name, route] of Object.entries(routes) as [RouteName, RouteSpec][]) {
    app.on(route.method, `/api${route.path}`, async (c) => {
      const role = ports.door.roleFor(route.role, knockOf(c))
      const asked = await askedOf(c, route)
      const who: Who = { by: nameIn(c.req.header('roscius-by')), role, door: ports.door.kind }
      return said(route, await within(ANSWER_MS, clock, ports.answer(name, asked, who)))
    })
  }
}

async function askedOf(c: Asked, { query, body }: RouteSpec): Promise<unknown> {
  if (query !== undefined) return readWith(query, c.req.query(), 'query')
  return body === undefined ? undefined : readWith(body, await bodyOf(c), 'body')
}

async function bodyOf(c: Asked): Promise<unknown> {
  const [type = ''] = (c.req.header('content-type') ?? '').split(';')
  if (type.trim().toLowerCase() !== JSON_TYPE) throw wrongType()
  const text = await boundedText(c)
  if (text === '') throw refusal('body', 'is empty; if it was not sent so, mount the console before what reads bodies')
  return parsedJson(text, 'body')
}

/** Nothing is read of a body that says that it is too long, and no more than the bound of one that does not say so. */
async function boundedText(c: Asked): Promise<string> {
  if (Number(c.req.header('content-length') ?? 0) > MAX_BODY_BYTES) throw tooLarge()
  const parts: Uint8Array[] = []
  let bytes = 0
  for await (const part of c.req.raw.body ?? []) {
    bytes += part.length
    if (bytes > MAX_BODY_BYTES) throw tooLarge()
    parts.push(part)
  }
  return Buffer.concat(parts).toString('utf8')
}

async function page(c: Asked, { files }: AppPorts, options: ReadControl): Promise<Response> {
  const { method } = c.req
  if (method !== 'GET' && method !== 'HEAD') return problem(wrongMethod(), options)
  const mounted = new URL(c.req.url)
  if (options.basePath !== '' && mounted.pathname === options.basePath)
    return new Response(null, { status: 308, headers: { location: `${options.basePath}/${mounted.search}` } })
  return files === undefined ? problem(notFound(), options) : files.answer(c.req.path)
}

// --- answers ---

function said({ answer }: RouteSpec, value: unknown): Response {
  if (answer === 'text')
    return new Response(value as string, { headers: { 'content-type': `${MEDIA.text}; charset=utf-8` } })
  if (answer !== 'svg') return json(value)
  const headers = { 'content-type': MEDIA.svg, 'content-security-policy': SVG_CSP }
  return new Response(value as string, { headers })
}

function json(value: unknown, status = 200): Response {
  return new Response(jsonText(value), { status, headers: { 'content-type': JSON_TYPE } })
}

function noContent(cookie: string): Response {
  return new Response(null, { status: 204, headers: cookie === '' ? {} : { 'set-cookie': cookie } })
}

function problem(error: unknown, { mask, onError }: ReadControl): Response {
  const { status, error: told } = toldFailure(error, mask, onError)
  const answer = json({ error: told }, status)
  if (status === 401) answer.headers.set('www-authenticate', 'Bearer')
  if (status === 429) answer.headers.set('retry-after', '60')
  return answer
}

async function within<T>(ms: number, clock: ReadControl['clock'], promise: Promise<T>): Promise<T> {
  let cancel = (): void => undefined
  const late = new Promise<never>((_, reject) => {
    cancel = clock.schedule(() => reject(tooLate(ms)), ms)
  })
  return Promise.race([promise, late]).finally(() => cancel())
}

// --- who asks ---

function knockOf(c: Asked): Knock {
  const header = (name: string): string | undefined => c.req.header(name)
  return {
    // Of a request that came over a socket only its header counts.
    host: header('host') || (c.env?.incoming === undefined ? new URL(c.req.url).host : undefined),
    origin: header('origin'),
    authorization: header('authorization'),
    cookie: header('cookie'),
    address: c.env?.incoming?.socket?.remoteAddress ?? '',
  }
}

/** Whoever acts says who it is: the token tells no more than the role. */
function nameIn(header: string | undefined): string {
  return header === undefined ? 'console' : readWith(operatorName, decoded(header), 'roscius-by')
}

function decoded(header: string): string {
  try {
    return decodeURIComponent(header)
  } catch {
    throw refusal('roscius-by', 'must be percent-encoded')
  }
}

// --- what is wrong with a request ---

function bad(status: BadRequest['status'], message: string): BadRequest {
  return new BadRequest(status, new RosciusError('OPTIONS_INVALID', message))
}

const notFound = (): BadRequest => bad(404, 'There is nothing here. What there is: /api/openapi.json.')
const wrongMethod = (): BadRequest => bad(405, 'Only GET and HEAD are answered here.')
const wrongType = (): BadRequest => bad(415, `The body must be ${JSON_TYPE}.`)
const tooLarge = (): BadRequest => bad(413, `The body has more than ${MAX_BODY_BYTES} bytes.`)
const tooLate = (ms: number): RosciusError =>
  new RosciusError('TIMEOUT', `There is no answer after ${ms / 1_000} s. What was asked may still be done.`)

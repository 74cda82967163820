import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createAdaptorServer } from '@hono/node-server'
import express from 'express'
import fastify from 'fastify'
import { Hono } from 'hono'
import { createSystem, memoryStore, type System } from 'roscius'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Control, createControl } from '../../src/control/control.js'
import { consoleFiles } from '../../src/control/http/console-files.js'
import { lamp, TOKEN } from './console-world.js'
import { ask, RawSocket } from './raw.js'

const operator = { authorization: `Bearer ${TOKEN}` }

let system: System
let control: Control
let server: Server | undefined
beforeEach(async () => {
  system = (await createSystem({ name: 'n', store: memoryStore(), logic: { lamp } })) as unknown as System
  await system.spawn('lamp' as never, { id: 'hall' } as never)
  control = createControl(system, { token: TOKEN, basePath: '/ops/roscius' })
})
afterEach(async () => {
  await control.close()
  server?.closeAllConnections()
  await new Promise((resolve) => (server === undefined ? resolve(undefined) : server.close(resolve)))
  server = undefined
  await system.stop()
})

async function listening(opened: Server): Promise<number> {
  server = opened
  await new Promise<void>((resolve) => opened.listen(0, '127.0.0.1', resolve))
  return (opened.address() as AddressInfo).port
}

/** Reading, acting, the page and the live socket, all below `/ops/roscius`; what the server had before is still there. */
async function works(port: number): Promise<void> {
  expect((await ask(port, '/own')).text).toBe('own')
  const base = '/ops/roscius'
  expect((await ask(port, `${base}/api/node`)).status).toBe(401)
  expect((await ask(port, `${base}/api/node`, { headers: operator })).json()).toMatchObject({ name: 'n' })
  const body = JSON.stringify({ path: 'hall', event: { type: 'TOGGLE' } })
  const headers = { ...operator, 'content-type': 'application/json' }
  const sent = await ask(port, `${base}/api/actor/send`, { method: 'POST', headers, body })
  expect(sent.json()).toMatchObject({ outcome: 'handled' })
  expect((await ask(port, `${base}/actors/hall`)).headers['content-security-policy']).toContain("script-src 'self'")
  const signIn = { origin: `http://127.0.0.1:${port}`, 'content-type': 'application/json' }
  const session = await ask(port, `${base}/api/session`, {
    method: 'POST',
    headers: signIn,
    body: JSON.stringify({ token: TOKEN }),
  })
  expect(session.headers['set-cookie']?.[0]).toContain('Path=/ops/roscius/')
  const attached = control.attachTo(server as Server)
  const url = `ws://127.0.0.1:${port}${base}/api/live`
  const socket = new RawSocket(url, operator)
  expect(await socket.opened).toBe(true)
  socket.say({ op: 'subscribe', id: 'a', to: { topic: 'pulse' } })
  await expect.poll(() => socket.frames.length).toBeGreaterThan(0)
  socket.socket.close()
  const stranger = new RawSocket(url, { origin: 'http://evil.example' })
  expect([await stranger.opened, stranger.status]).toEqual([false, 403])
  attached.close()
}

describe('the console in a server that is there already', () => {
  it('of Hono, as a fetch handler', async () => {
    const app = new Hono()
    app.get('/own', (c) => c.text('own'))
    app.mount('/ops/roscius', control.fetch, { replaceRequest: false })
    await works(await listening(createAdaptorServer({ fetch: app.fetch }) as Server))
  })

  it('of Hono, with the path taken off', async () => {
    const app = new Hono()
    app.mount('/ops/roscius', control.fetch)
    const answer = await app.request('http://localhost/ops/roscius/api/node', { headers: operator })
    expect(await answer.json()).toMatchObject({ name: 'n' })
  })

  it('of Hono, by which it knows from which address a wrong token came', async () => {
    const app = new Hono<{ Bindings: object }>()
    app.mount('/ops/roscius', control.fetch, { replaceRequest: false })
    const asked = async (remoteAddress: string, token: string): Promise<number> => {
      const headers = { authorization: `Bearer ${token}` }
      const env = { incoming: { socket: { remoteAddress } } }
      const host = { ...headers, host: 'localhost' }
      return (await app.request('http://localhost/ops/roscius/api/node', { headers: host }, env)).status
    }
    for (let n = 0; n < 15; n++) await asked('10.0.0.1', `wrong ${n}`)
    expect([await asked('10.0.0.1', TOKEN), await asked('10.0.0.2', TOKEN)]).toEqual([429, 200])
  })

  it('of Express, which takes the path off', async () => {
    const app = express()
    app.get('/own', (_, response) => void response.send('own'))
    app.use('/ops/roscius', control.listener)
    await works(await listening(createServer(app)))
  })

  it('of Express, and says what to do where somebody else has read the body before', async () => {
    const app = express()
    app.use(express.json())
    app.use('/ops/roscius', control.listener)
    const port = await listening(createServer(app))
    const headers = { ...operator, 'content-type': 'application/json' }
    const body = '{"path":"hall","event":{"type":"TOGGLE"}}'
    const answer = await ask(port, '/ops/roscius/api/actor/send', { method: 'POST', headers, body })
    expect(answer).toMatchObject({ status: 400, code: 'OPTIONS_INVALID' })
    expect(answer.text).toContain('mount the console before what reads bodies')
  })

  it('of Fastify, before it reads the body', async () => {
    const app = fastify()
    app.get('/own', (_, reply) => reply.send('own'))
    app.addHook('onRequest', (request, reply, done) => {
      if (!request.url.startsWith('/ops/roscius')) return done()
      reply.hijack()
      control.listener(request.raw, reply.raw)
    })
    await app.ready()
    await works(await listening(app.server))
  })

  it('of node:http', async () => {
    const plain = createServer((request, response) => {
      if (request.url?.startsWith('/ops/roscius')) control.listener(request, response)
      else response.end('own')
    })
    await works(await listening(plain))
  })

  it('is reached by other names only where they are allowed', async () => {
    const asked = (host: string) => new Request(`http://${host}/api/node`, { headers: operator })
    expect((await control.fetch(asked('roscius.example'))).status).toBe(403)
    await using open = createControl(system, { token: TOKEN, allowedHosts: ['roscius.example'] })
    expect((await open.fetch(asked('roscius.example'))).status).toBe(200)
  })

  it('leaves the upgrades of others alone', async () => {
    const plain = createServer()
    const port = await listening(plain)
    control.attachTo(plain)
    plain.on('upgrade', ({ url }, socket) => {
      if (url === '/own') socket.end('HTTP/1.1 418 Own\r\n\r\n')
    })
    const own = new RawSocket(`ws://127.0.0.1:${port}/own`)
    expect([await own.opened, own.status]).toEqual([false, 418])
  })

  it('sends the base without an end on to where the page is', async () => {
    const answer = await control.fetch(new Request('http://localhost/ops/roscius?x=1'))
    expect([answer.status, answer.headers.get('location')]).toEqual([308, '/ops/roscius/?x=1'])
  })

  it('answers nothing any more once it is closed', async () => {
    const port = await listening(createServer(control.listener))
    control.attachTo(server as Server)
    const base = '/ops/roscius'
    const socket = new RawSocket(`ws://127.0.0.1:${port}${base}/api/live`, operator)
    expect(await socket.opened).toBe(true)
    await control.close()
    expect((await socket.closed).code).toBe(1_001)
    for (const path of ['/api/node', '/metrics', '/healthz', '/'])
      expect(await ask(port, `${base}${path}`, { headers: operator }), path).toMatchObject({
        status: 503,
        code: 'ACCESS_DENIED',
      })
    const order = new Request(`http://localhost${base}/api/actor/stop`, {
      method: 'POST',
      headers: { ...operator, 'content-type': 'application/json' },
      body: '{"path":"hall"}',
    })
    expect((await control.fetch(order)).status).toBe(503)
    expect(system.actor('lamp' as never, 'hall').getSnapshot()).toMatchObject({ status: 'active' })
    const late = new RawSocket(`ws://127.0.0.1:${port}${base}/api/live`, operator)
    expect([await late.opened, late.status]).toEqual([false, 503])
  })
})

describe('the files of the console', () => {
  let folder: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'roscius-files-'))
    mkdirSync(join(folder, 'assets'))
    writeFileSync(join(folder, 'index.html'), '<html><head><base href="./" /></head></html>')
    writeFileSync(join(folder, 'assets', 'main-a1b2.js'), 'hello()')
    writeFileSync(join(folder, 'icon.svg'), '<svg/>')
  })
  afterEach(() => rmSync(folder, { recursive: true, force: true }))

  it('are the page for every path, with the way up in it, and what it needs by its names', async () => {
    const files = consoleFiles([join(folder, 'absent'), `${folder}/`])
    const baseAt = async (path: string) => /<base href="([^"]*)"/.exec(await (await files.answer(path)).text())?.[1]
    expect(
      await Promise.all(['/', '/timeline', '/actors/a', '/actors/a/at/7', '/actors/a%2Fb', '/index.html'].map(baseAt)),
    ).toEqual(['./', './', '../', '../../../', '../', './'])
    const script = await files.answer('/assets/main-a1b2.js')
    expect(await script.text()).toBe('hello()')
    expect(script.headers.get('content-type')).toBe('text/javascript; charset=utf-8')
    expect(script.headers.get('cache-control')).toContain('immutable')
    expect((await files.answer('/icon.svg')).headers.get('cache-control')).toBe('no-cache')
    expect((await files.answer('/assets/main-old.js')).status).toBe(404)
  })

  it('stay those of one build, whatever is built meanwhile', async () => {
    const files = consoleFiles([folder])
    await files.answer('/')
    rmSync(folder, { recursive: true })
    expect([(await files.answer('/')).status, (await files.answer('/assets/main-a1b2.js')).status]).toEqual([200, 200])
  })

  it('that were not built say what to do', async () => {
    const answer = await consoleFiles([join(folder, 'absent')]).answer('/')
    expect([answer.status, await answer.text()]).toEqual([503, expect.stringContaining('npm run build')])
  })
})

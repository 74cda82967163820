import { readFileSync } from 'node:fs'
import { simulatedClock } from 'roscius/testing'
import { describe, expect, it } from 'vitest'
import { Doorkeeper } from '../../src/control/access/doorkeeper.js'
import { hostCheck, isSameOrigin } from '../../src/control/access/hosts.js'
import { Sessions } from '../../src/control/access/sessions.js'
import { isSameToken, newToken } from '../../src/control/access/token.js'
import { ConsoleWorld, consoleWorld, TOKEN, VIEWER } from './console-world.js'
import { ask, post, RawSocket, sayBytes } from './raw.js'

const world = consoleWorld()

describe('who gets in', () => {
  it('a token is 32 random bytes, compared whole and in a time that tells nothing', () => {
    expect(Buffer.from(newToken(), 'base64url')).toHaveLength(32)
    expect(newToken()).not.toBe(newToken())
    expect(isSameToken('a', 'a')).toBe(true)
    for (const wrong of ['', 'b', 'aa', 'A']) expect(isSameToken(wrong, 'a')).toBe(false)
    const source = readFileSync(new URL('../../src/control/access/token.ts', import.meta.url), 'utf8')
    expect(source).toContain('timingSafeEqual')
  })

  it('nobody without a token: all of the API, the metrics and the live socket', async () => {
    for (const path of ['/api/node', '/api/actors', '/api/actor?path=hall', '/api/openapi.json', '/metrics'])
      expect(await world.get(path, {}), path).toMatchObject({ status: 401, code: 'ACCESS_DENIED' })
    for (const headers of [{ authorization: 'Bearer ' }, { authorization: TOKEN }, { authorization: `Basic ${TOKEN}` }])
      expect((await world.get('/api/node', headers)).status).toBe(401)
    expect((await world.get(`/api/node?token=${TOKEN}`, {})).status).toBe(401)
    const socket = new RawSocket(`ws://127.0.0.1:${world.port}/api/live`)
    expect([await socket.opened, socket.status]).toEqual([false, 403])
  })

  it('tells a caller without a token only whether the node is well', async () => {
    expect((await world.get('/healthz', {})).json()).toEqual({ ok: true })
    expect((await world.get('/readyz', { authorization: 'Bearer wrong' })).json()).toEqual({ ok: true })
    expect((await world.get('/readyz')).json()).toMatchObject({ ok: true, checks: expect.anything() })
  })

  it('lets a viewer look, and not act', async () => {
    expect((await world.get('/api/actors', world.viewer)).status).toBe(200)
    expect((await world.get('/api/actor?path=hall', world.viewer)).json()).toMatchObject({
      can: { send: false, pause: false, restart: false, cancel: false },
    })
    const body = { path: 'hall', event: { type: 'TOGGLE' } }
    expect(await world.post('/api/actor/send', body, world.viewer)).toMatchObject({
      status: 403,
      code: 'ACCESS_DENIED',
    })
    for (const order of ['pause', 'resume', 'restart', 'cancel', 'stop'])
      expect((await world.post(`/api/actor/${order}`, { path: 'hall' }, world.viewer)).status, order).toBe(403)
    expect(world.system.actor('lamp' as never, 'hall').getSnapshot()).toMatchObject({ value: 'off' })
  })

  it('holds wrong tokens of an address to a rate, and does not look at what comes above it', async () => {
    const clock = simulatedClock()
    const door = new Doorkeeper({ keys: { token: TOKEN }, allowedHosts: [], clock })
    const knock = (token: string, address = 'a') => {
      const knocked = {
        host: '127.0.0.1',
        origin: undefined,
        cookie: undefined,
        address,
        authorization: `Bearer ${token}`,
      }
      try {
        return door.roleOf(knocked)
      } catch (error) {
        return (error as { status: number }).status
      }
    }
    expect(knock(TOKEN)).toBe('operator')
    const statuses = Array.from({ length: 30 }, (_, n) => knock(`wrong ${n}`))
    expect(statuses.filter((status) => status === 401)).toHaveLength(11)
    expect(knock(TOKEN)).toBe(429)
    expect(knock(TOKEN, 'b')).toBe('operator')
    await clock.advance(60_000)
    expect(knock(TOKEN)).toBe('operator')
  })

  it('answers a flood of wrong tokens with 429 and when to come again; an open session goes on', async () => {
    const page = await world.signedIn()
    let last = await world.get('/api/node', { authorization: 'Bearer wrong' })
    for (let n = 0; n < 15; n++) last = await world.get('/api/node', { authorization: 'Bearer wrong' })
    expect(last).toMatchObject({ status: 429, code: 'RATE_LIMITED', headers: { 'retry-after': '60' } })
    expect((await world.get('/api/node')).status).toBe(429)
    expect((await world.get('/api/node', page)).status).toBe(200)
  })
})

describe('sessions of browsers', () => {
  it('begin with the token, in a cookie that no script and no other site has, and is no token', async () => {
    const origin = `http://127.0.0.1:${world.port}`
    const { status, headers } = await world.post('/api/session', { token: TOKEN }, { origin })
    const [cookie = ''] = headers['set-cookie'] ?? []
    expect(status).toBe(204)
    for (const part of ['HttpOnly', 'SameSite=Strict', 'Path=/']) expect(cookie).toContain(part)
    expect(cookie).not.toContain(TOKEN)
    const [own = ''] = cookie.split(';')
    expect((await world.get('/api/session', { cookie: own })).json()).toMatchObject({ role: 'operator' })
    expect((await world.get('/api/session', { cookie: own.replace(/=.*/, `=${TOKEN}`) })).status).toBe(401)
  })

  it('of viewers ask guards nothing but what a type says', async () => {
    const guess = encodeURIComponent(JSON.stringify({ type: 'TOGGLE', password: 'hunter2' }))
    const asked = (event: string, who?: Record<string, string>) =>
      world.get(`/api/actor/explanation?path=hall&event=${event}`, who)
    expect(await asked(guess, world.viewer)).toMatchObject({ status: 403, code: 'ACCESS_DENIED' })
    expect((await asked('TOGGLE', world.viewer)).status).toBe(200)
    expect((await asked(guess)).status).toBe(200)
  })

  it('end when they are told to, and after twelve hours without use', async () => {
    const page = await world.signedIn(VIEWER)
    expect((await world.get('/api/session', page)).json()).toMatchObject({ role: 'viewer' })
    const { status, headers } = await ask(world.port, '/api/session', { method: 'DELETE', headers: page })
    expect([status, headers['set-cookie']?.[0]]).toEqual([204, expect.stringContaining('Max-Age=0')])
    expect((await world.get('/api/session', page)).status).toBe(401)

    const clock = simulatedClock()
    await world.reopen({ clock })
    const other = await world.signedIn()
    await clock.advance(11 * 3_600_000)
    expect((await world.get('/api/session', other)).status).toBe(200)
    await clock.advance(13 * 3_600_000)
    expect((await world.get('/api/session', other)).status).toBe(401)
  })

  it('of viewers never end one of an operator, however many they begin', async () => {
    const clock = simulatedClock()
    const sessions = new Sessions(clock)
    const operator = sessions.begin('operator')
    const [first = '', second = ''] = Array.from({ length: 201 }, () => sessions.begin('viewer'))
    expect([operator, first, second].map((secret) => sessions.roleOf(secret))).toEqual([
      'operator',
      undefined,
      'viewer',
    ])
  })

  it('are refused with a wrong token', async () => {
    const origin = `http://127.0.0.1:${world.port}`
    const { status, headers } = await world.post('/api/session', { token: 'wrong' }, { origin })
    expect([status, headers['set-cookie']]).toEqual([401, undefined])
  })

  it('have a secure cookie where the page came over TLS', async () => {
    await world.reopen({ allowedHosts: ['roscius.example'] })
    const page = { host: 'roscius.example', origin: 'https://roscius.example' }
    const { headers } = await world.post('/api/session', { token: TOKEN }, page)
    expect(headers['set-cookie']?.[0]).toContain('Secure')
  })
})

describe('other sites', () => {
  it('can not reach it by a name of their own (DNS rebinding)', async () => {
    const page = await world.signedIn()
    for (const host of [
      'evil.example',
      `evil.example:${world.port}`,
      '127.0.0.1.evil.example',
      'localhost.evil.example',
    ]) {
      expect(await world.get('/api/actors', { ...page, host }), host).toMatchObject({
        status: 403,
        code: 'ACCESS_DENIED',
      })
      expect((await world.get('/', { host })).status, host).toBe(403)
      const socket = new RawSocket(`ws://127.0.0.1:${world.port}/api/live`, {
        ...world.operator,
        host,
        origin: `http://${host}`,
      })
      expect([await socket.opened, socket.status], host).toEqual([false, 403])
    }
    const nameless = `GET /api/node HTTP/1.1\r\nHost: \r\nAuthorization: Bearer ${TOKEN}\r\nConnection: close\r\n\r\n`
    expect(await sayBytes(world.port, nameless)).toMatch(/^HTTP\/1\.1 40[03] /)
    for (const host of ['localhost', `LOCALHOST:${world.port}`, '[::1]:80', '127.0.0.1'])
      expect((await world.get('/api/node', { ...world.operator, host })).status, host).toBe(200)
  })

  it('is answered under other names only where they are allowed', () => {
    const isOurs = hostCheck(['Roscius.example', 'other.example:8080'])
    expect(['roscius.example', 'roscius.example:99', 'other.example:8080', '127.0.0.1:1'].map(isOurs)).toEqual([
      true,
      true,
      true,
      true,
    ])
    expect(['other.example', 'a.roscius.example', 'a@127.0.0.1', '127.0.0.1/x', 'x y'].map(isOurs)).toEqual([
      false,
      false,
      false,
      false,
      false,
    ])
  })

  it('can not act with the cookie of somebody who is signed in', async () => {
    const { cookie } = await world.signedIn()
    const { port } = world
    const body = { path: 'hall', event: { type: 'TOGGLE' } }
    const strange = [
      'http://evil.example',
      `http://localhost:${port}`,
      `http://127.0.0.1:${port + 1}`,
      'null',
      `file://127.0.0.1:${port}`,
      `http://127.0.0.1:${port}.evil.example`,
      'rubbish',
    ]
    for (const origin of strange)
      expect(await world.post('/api/actor/send', body, { cookie, origin }), origin).toMatchObject({
        status: 403,
        code: 'ACCESS_DENIED',
      })
    expect((await world.post('/api/actor/send', body, { cookie })).status).toBe(403)
    expect(
      (await world.post('/api/actor/send', body, { ...world.operator, origin: 'http://evil.example' })).status,
    ).toBe(403)
    const del = await ask(port, '/api/session', {
      method: 'DELETE',
      headers: { cookie, origin: 'http://evil.example' },
    })
    expect(del.status).toBe(403)
    expect(world.system.actor('lamp' as never, 'hall').getSnapshot()).toMatchObject({ value: 'off' })
    expect((await world.post('/api/actor/send', body, { cookie, origin: `http://127.0.0.1:${port}` })).status).toBe(200)
  })

  it('can not open a WebSocket with it, also not from another port of this machine', async () => {
    const { cookie, origin } = await world.signedIn()
    const url = `ws://127.0.0.1:${world.port}/api/live`
    for (const from of ['http://evil.example', 'http://127.0.0.1:1', 'null', `https://127.0.0.1.evil.example`]) {
      const socket = new RawSocket(url, { cookie, origin: from })
      expect([await socket.opened, socket.status], from).toEqual([false, 403])
    }
    const own = new RawSocket(url, { cookie, origin })
    expect(await own.opened).toBe(true)
    own.socket.close()
  })

  it('compares origins with their scheme and port', () => {
    expect(isSameOrigin('http://a.example', 'a.example')).toBe(true)
    expect(isSameOrigin('https://a.example', 'A.example')).toBe(true)
    expect(isSameOrigin('http://a.example:81', 'a.example')).toBe(false)
    expect(isSameOrigin('ws://a.example', 'a.example')).toBe(false)
    expect(isSameOrigin('http://user@a.example@b.example', 'a.example')).toBe(false)
  })

  it('can not read what it answers: there are no CORS headers, and a preflight gets nothing', async () => {
    const headers = {
      origin: 'http://evil.example',
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'content-type',
    }
    const preflight = await ask(world.port, '/api/actor/send', { method: 'OPTIONS', headers })
    const answers = [
      preflight,
      await world.get('/api/node'),
      await world.get('/api/node', { ...world.operator, origin: 'http://evil.example' }),
    ]
    expect(preflight.status).toBe(403)
    for (const answer of answers)
      expect(Object.keys(answer.headers).filter((name) => name.startsWith('access-control'))).toEqual([])
  })

  it('can not send a form: only JSON is read', async () => {
    const page = await world.signedIn()
    const body = JSON.stringify({ path: 'hall', event: { type: 'TOGGLE' } })
    for (const type of [
      'text/plain',
      'application/x-www-form-urlencoded',
      'multipart/form-data; boundary=x',
      'application/jsonp',
      '',
    ]) {
      const answer = await ask(world.port, '/api/actor/send', {
        method: 'POST',
        headers: { ...page, 'content-type': type },
        body,
      })
      expect(answer.status, type).toBe(415)
    }
  })
})

describe('what every answer has', () => {
  it('a strict policy for pages, and headers that keep it to itself', async () => {
    const answers = [
      await world.get('/'),
      await world.get('/api/node'),
      await world.get('/api/nothing'),
      await world.get('/api/node', {}),
      await world.get('/healthz'),
    ]
    for (const { headers } of answers) {
      const csp = String(headers['content-security-policy'])
      for (const rule of [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "connect-src 'self'",
        "frame-ancestors 'none'",
        "form-action 'self'",
      ])
        expect(csp).toContain(rule)
      expect(csp).not.toContain('unsafe')
      expect(csp).not.toContain('http')
      expect(headers).toMatchObject({
        'x-content-type-options': 'nosniff',
        'x-frame-options': 'DENY',
        'referrer-policy': 'no-referrer',
        'cross-origin-resource-policy': 'same-origin',
        'cache-control': 'no-store',
      })
      expect(headers['x-powered-by'] ?? headers.server).toBeUndefined()
    }
    expect(String(answers[1]?.headers['content-security-policy'])).toContain("base-uri 'none'")
  })

  it('an unknown exception as 500 with a code, and nothing of what it was', async () => {
    world.system.peers = () => {
      throw new TypeError('at /home/ada/secret.ts: hunter2')
    }
    const answer = await world.get('/api/links')
    expect(answer).toMatchObject({ status: 500, code: 'INTERNAL_ERROR' })
    expect(answer.text).not.toMatch(/hunter2|secret\.ts|TypeError|stack/)
    expect(world.errors).toMatchObject([{ message: expect.stringContaining('hunter2') }])
  })
})

describe('what is too much', () => {
  it('a body, as it says or as it is; a head; a path', async () => {
    const { port } = world
    const huge = `{"path":"hall","event":{"type":"TOGGLE","x":"${'x'.repeat(2_100_000)}"}}`
    expect(await post(port, '/api/actor/send', huge, world.operator)).toMatchObject({
      status: 413,
      code: 'OPTIONS_INVALID',
    })
    const chunked = { ...world.operator, 'content-type': 'application/json', 'transfer-encoding': 'chunked' }
    const sent = await ask(port, '/api/actor/send', { method: 'POST', headers: chunked, body: huge }).catch(
      () => undefined,
    )
    expect(sent?.status ?? 413).toBe(413)
    const head = `GET /api/node HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nX-Long: ${'x'.repeat(20_000)}\r\n\r\n`
    expect(await sayBytes(port, head)).toMatch(/^HTTP\/1\.1 431 /)
    expect((await world.get(`/api/actor?path=${'x'.repeat(11_000)}`)).status).toBe(400)
  })

  it('a deep or polluting body', async () => {
    const deep = `{"path":"hall","event":{"type":"TOGGLE","x":${'['.repeat(50_000)}${']'.repeat(50_000)}}}`
    expect(await world.post('/api/actor/send', deep)).toMatchObject({ status: 400, code: 'OPTIONS_INVALID' })
    const polluting = '{"path":"hall","event":{"type":"TOGGLE","__proto__":{"polluted":true}}}'
    expect(await world.post('/api/actor/send', polluting)).toMatchObject({
      status: 400,
      text: expect.stringContaining('body.__proto__'),
    })
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined()
  })

  it('a request without an end: its connection is closed', () => {
    const server = readFileSync(new URL('../../src/control/http/node-server.ts', import.meta.url), 'utf8')
    for (const limit of ['headersTimeout', 'requestTimeout', 'maxHeaderSize', 'maxConnections'])
      expect(server).toContain(limit)
  })
})

describe('files', () => {
  const attempts = [
    '/../package.json',
    '/..%2fpackage.json',
    '/..%5c..%5cpackage.json',
    '/%2e%2e/%2e%2e/package.json',
    '/assets/../../package.json',
    '/assets/..%2f..%2f..%2fpackage.json',
    '//etc/passwd',
    '/assets//etc/passwd',
    '/assets/%00',
    '/.env',
    '/C:/Windows/win.ini',
  ]
  it.each(attempts)('that are none of the console are not had: %s', async (path) => {
    const { status, text, headers } = await world.get(path)
    expect(text).not.toMatch(/"name": "roscius"|root:/)
    expect([200, 400, 404, 503]).toContain(status)
    expect(headers['content-type'] ?? 'text/html').toMatch(/html|plain|json/)
  })

  it('are read, and nothing else', async () => {
    for (const method of ['POST', 'PUT', 'DELETE', 'PATCH']) {
      const headers = { ...world.operator, 'content-type': 'application/json' }
      expect((await ask(world.port, '/', { method, headers })).status, method).toBe(405)
    }
  })
})

describe('its options', () => {
  const opened = async (options: object): Promise<string> => {
    const other = new ConsoleWorld()
    try {
      await other.open(options)
      await other.close()
      return 'opened'
    } catch (error) {
      await other.system.stop()
      return (error as Error).message
    }
  }

  it('are refused with the path of the field', async () => {
    expect(await opened({ port: 70_000 })).toContain('createConsole.port')
    expect(await opened({ token: 'short' })).toContain('createConsole.token')
    expect(await opened({ viewerToken: TOKEN })).toContain('createConsole.viewerToken')
    expect(await opened({ host: '0.0.0.0' })).toContain('createConsole.allowedHosts')
    expect(await opened({ allowedHosts: ['http://x'] })).toContain('createConsole.allowedHosts.0')
    expect(await opened({ basePath: 'roscius/' })).toContain('createConsole.basePath')
    expect(await opened({ mask: 1 })).toContain('createConsole.mask')
    expect(await opened({ colour: 'red' })).toContain('createConsole.colour')
  })

  it('name what to do where the port is taken', async () => {
    const message = await opened({ port: world.port })
    expect(message).toContain(`port ${world.port} of 127.0.0.1: it is taken`)
    expect(message).toContain('another port')
  })
})

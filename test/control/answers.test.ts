import { createSystem, defineRedaction, memoryStore } from 'roscius'
import { describe, expect, it } from 'vitest'
import { createMachine } from 'xstate'
import { actorOf } from '../../src/control/answers/actor-of.js'
import { enabledEvents } from '../../src/control/answers/enabled-events.js'
import { linkAnswers } from '../../src/control/answers/links.js'
import { createConsole } from '../../src/control/console.js'
import type { ControlledSystem, Who } from '../../src/control/controlled-system.js'
import { type RouteName, type RouteSpec, routes } from '../../src/control/protocol/routes.js'
import { consoleWorld, TOKEN } from './console-world.js'
import { ask, RawSocket } from './raw.js'

const world = consoleWorld()

const stateOf = (path: string): unknown =>
  (world.system.actor('lamp' as never, path).getSnapshot() as unknown as { value: unknown }).value

describe('answers', () => {
  it('are what the table of routes says, for every route that can be read', async () => {
    await world.post('/api/actor/send', { path: 'hall', event: { type: 'TOGGLE' } })
    await world.system
      .actor('lamp' as never, 'nobody')
      .deliver({ type: 'TOGGLE' } as never)
      .catch(() => undefined)
    const { machines } = (await world.get('/api/machines')).json<{ machines: { chart: string; logic: string }[] }>()
    const [approval] = world.system.approvals.list()
    const hash = machines.find(({ logic }) => logic === 'lamp')?.chart ?? ''
    const queries: Partial<Record<RouteName, string>> = {
      actor: '?path=hall',
      value: '?path=hall',
      journal: '?path=hall',
      moment: '?path=hall&seqNr=2',
      explanation: '?path=hall&event=TOGGLE',
      events: '?path=hall',
      test: '?path=hall',
      decisions: '?path=janitor',
      chart: `?hash=${hash}`,
      svg: `?hash=${hash}`,
      coverage: '?logic=lamp',
      approval: `?id=${encodeURIComponent(approval?.id ?? '')}`,
      conversation: '?id=hall@2',
    }
    for (const [name, route] of Object.entries(routes) as [RouteName, RouteSpec][]) {
      if (route.method !== 'GET') continue
      const answer = await world.get(`/api${route.path}${queries[name] ?? ''}`)
      expect([name, answer.status, answer.status === 200 ? '' : answer.text]).toEqual([name, 200, ''])
      if (typeof route.answer === 'string') expect(answer.text.length, name).toBeGreaterThan(50)
      else expect(route.answer.safeParse(answer.json()).error?.issues, name).toBeUndefined()
    }
    expect(world.errors).toEqual([])
  }, 120_000)

  it('refuse what is asked wrongly, with the path of the field', async () => {
    const wrong = [
      ['/api/actors?limit=0', 'query.limit'],
      ['/api/actors?status=asleep', 'query.status'],
      ['/api/actor', 'query.path'],
      ['/api/actor?path=hall&colour=red', 'query.colour'],
      ['/api/actor/moment?path=hall&seqNr=x', 'query.seqNr'],
      ['/api/timeline?limit=-1', 'query.limit'],
      ['/api/actor/journal?path=hall&from=1&before=2', 'query.from'],
    ]
    for (const [path = '', field] of wrong)
      expect(await world.get(path), path).toMatchObject({
        status: 400,
        code: 'OPTIONS_INVALID',
        text: expect.stringContaining(field as string),
      })
    expect(await world.get('/api/actor?path=%24ask/1')).toMatchObject({ status: 400, code: 'ADDRESS_INVALID' })
    expect(await world.get('/api/actor?path=roscius%3A%2F%2Fb%2Fx')).toMatchObject({
      status: 400,
      code: 'ADDRESS_INVALID',
    })
    expect(await world.get('/api/actor?path=nobody')).toMatchObject({ status: 404, code: 'ACTOR_NOT_FOUND' })
    expect(await world.get('/api/machines/chart?hash=x')).toMatchObject({ status: 404, code: 'LOGIC_NOT_FOUND' })
  })

  it('find an actor whatever its id is made of', async () => {
    const ids = ['<b>bold</b>', 'a b', 'ü/ö', '__proto__', '%41', "it's", '1e3']
    for (const id of ids) {
      const { path } = await world.system.spawn('lamp' as never, { id } as never)
      const asked = `/api/actor?path=${encodeURIComponent(path)}`
      expect((await world.get(asked)).json(), id).toMatchObject({ row: { id, path } })
      const sent = await world.post('/api/actor/send', { path, event: { type: 'TOGGLE' } })
      expect(sent.json(), id).toMatchObject({ outcome: 'handled' })
    }
  })

  it('tell of a machine that no actor has run that nothing of it was done', async () => {
    const idle = createMachine({ id: 'idle', initial: 'a', states: { a: {} } })
    const system = await createSystem({ name: 'n', store: memoryStore(), logic: { idle } })
    await using running = await createConsole(system, { port: 0, token: TOKEN })
    for (const of of ['live', 'journal']) {
      const answer = await ask(running.port, `/api/machines/coverage?logic=idle&of=${of}`, { headers: world.operator })
      expect([answer.status, answer.json()], of).toMatchObject([200, { states: [{ count: 0 }, { count: 0 }] }])
    }
    await system.stop()
  })

  it('have an OpenAPI document with every route, every answer, and references that lead somewhere', async () => {
    const document = (await world.get('/api/openapi.json')).json<{
      paths: Record<string, Record<string, { operationId: string; parameters?: unknown[]; requestBody?: unknown }>>
      components: { schemas: Record<string, unknown> }
    }>()
    const operations = Object.values(document.paths).flatMap((path) => Object.values(path))
    const others = ['signIn', 'signOut', 'openApi', 'healthz', 'readyz', 'metrics']
    expect(operations.map(({ operationId }) => operationId).sort()).toEqual([...Object.keys(routes), ...others].sort())
    expect(Object.keys(document.paths['/api/session'] ?? {}).sort()).toEqual(['delete', 'get', 'post'])
    expect(document.paths['/healthz']?.get).toMatchObject({ security: [], responses: { 200: {}, 503: {} } })
    expect(document.paths['/api/actor/stop']?.post?.parameters).toMatchObject([{ name: 'roscius-by', in: 'header' }])
    expect(document.paths['/api/actor']?.get?.parameters).toMatchObject([{ name: 'path', in: 'query', required: true }])
    expect(document.paths['/api/actor/send']?.post?.requestBody).toMatchObject({ required: true })
    const text = JSON.stringify(document)
    for (const [, name = ''] of text.matchAll(/"#\/components\/schemas\/([^"]+)"/g))
      expect(Object.keys(document.components.schemas)).toContain(name)
    expect(text.includes('"$ref":"#/$defs')).toBe(false)
  })
})

describe('secrets', () => {
  it('are in nothing that is shown: of a context, an event, an error, a dead letter, an approval, a cause', async () => {
    const KEY = 'sk-canaryCANARYcanaryCANARY1234'
    const secret = { password: 'canary-by-key', note: `use ${KEY}`, deep: { apiKey: ['canary-by-key'] } }
    await world.post('/api/actor/send', { path: 'hall', event: { type: 'any.thing', ...secret } })
    const failing = createMachine({
      context: secret,
      on: {
        FAIL: {
          actions: () => {
            throw new Error(`failed with ${KEY}`)
          },
        },
      },
    })
    const system = await createSystem({ name: 'canary', store: memoryStore(), logic: { failing }, logger: () => {} })
    await using running = await createConsole(system, { port: 0, token: TOKEN })
    await system.spawn('failing', { id: 'f' })
    const live = new RawSocket(`ws://127.0.0.1:${running.port}/api/live`, world.operator)
    const stately = new RawSocket(`ws://127.0.0.1:${running.port}/stately`, world.operator)
    await Promise.all([live.opened, stately.opened])
    for (const to of [{ topic: 'timeline' }, { topic: 'actor', path: 'f' }, { topic: 'tree' }])
      live.say({ op: 'subscribe', id: to.topic, to })
    await expect.poll(() => live.of('tree').length).toBeGreaterThan(0)
    const ref = system.actor('failing', 'f')
    await ref.deliver({ type: 'OTHER', ...secret } as never)
    for (let n = 0; n < 2; n++) await ref.deliver({ type: 'FAIL', ...secret } as never).catch(() => undefined)
    await system
      .actor('failing', 'nobody')
      .deliver({ type: 'LOST', ...secret } as never)
      .catch(() => undefined)
    await system.settled()
    const paths = ['actor', 'value', 'journal', 'explanation', 'events', 'test'].map((name) =>
      `/api/actor/${name}?path=f`.replace('/actor/actor', '/actor'),
    )
    const seqNrs = [1, 2, 3].map((n) => `/api/actor/moment?path=f&seqNr=${n}`)
    const deeper = ['/context/deep', '/context/note', '/context/password'].map(
      (p) => `/api/actor/value?path=f&pointer=${encodeURIComponent(p)}`,
    )
    const all = [
      ...paths,
      ...seqNrs,
      ...deeper,
      '/api/actors',
      '/api/dead-letters',
      '/api/timeline',
      '/api/conversations',
      '/api/actor/explanation?path=f&event=FAIL',
    ]
    let shown = ''
    for (const path of all) shown += (await ask(running.port, path, { headers: world.operator })).text
    await expect.poll(() => JSON.stringify(live.of('timeline'))).toContain('deadLetter')
    shown += JSON.stringify([live.frames, stately.frames])
    expect(shown).toContain('[redacted]')
    expect(shown).not.toMatch(/canary-by-key|CANARY/)
    await system.stop()
  }, 120_000)

  it('are not in the address of a peer', async () => {
    const address = 'wss://node:hunter2@moon.example:4500/'
    const system = { peers: () => [{ peer: 'moon', address }] } as unknown as ControlledSystem
    const told = await linkAnswers({ system, mask: defineRedaction() }).links(undefined, {} as Who)
    expect(told.links[0]?.address).toBe('wss://node:[redacted]@moon.example:4500/')
  })

  it('are those that the option says: a redaction of your own, or none', async () => {
    const path = '/api/actor/value?path=hall'
    expect((await world.get(path)).text).not.toContain('hunter2')
    await world.reopen({ mask: false })
    expect((await world.get(path)).text).toContain('hunter2')
  })
})

describe('orders', () => {
  it('are done, and are in the audit trail with who, in which role, at which door', async () => {
    const by = { ...world.operator, 'roscius-by': encodeURIComponent('Ada Lövelace') }
    expect((await world.post('/api/actor/send', { path: 'hall', event: { type: 'TOGGLE' } }, by)).json()).toEqual({
      seqNr: 2,
      outcome: 'handled',
    })
    expect(stateOf('hall')).toBe('on')
    for (const order of ['pause', 'resume', 'restart', 'cancel'])
      expect((await world.post(`/api/actor/${order}`, { path: 'hall', reason: 'a try' }, by)).json(), order).toEqual({
        done: true,
      })
    const found = await world.interventions()
    expect(found.find(({ subject }) => subject === 'control.send')?.payload).toMatchObject({
      by: 'Ada Lövelace',
      role: 'operator',
      door: 'network',
      path: 'hall',
      event: { type: 'TOGGLE' },
    })
    for (const subject of ['pause', 'resume', 'restart', 'control.cancel'])
      expect(found.find((one) => one.subject === subject)?.payload, subject).toMatchObject({ by: 'Ada Lövelace' })
    expect(found.every(({ payload }) => JSON.stringify(payload).includes('LOST') === false)).toBe(true)
  })

  it('that are refused are in it, too', async () => {
    expect(await world.post('/api/actor/cancel', { path: 'nobody' })).toMatchObject({ status: 404 })
    expect(await world.interventions()).toMatchObject([
      { subject: 'control.cancel', payload: { by: 'console', path: 'nobody' } },
      { subject: 'control.cancel.refused', payload: { code: 'ACTOR_NOT_FOUND' } },
    ])
  })

  it('that are refused are in it with who and which, also those that note themselves when they are done', async () => {
    const by = { ...world.operator, 'roscius-by': 'ada' }
    const orders = ['pause', 'resume', 'restart']
    for (const order of orders)
      expect((await world.post(`/api/actor/${order}`, { path: 'nobody', reason: 'a try' }, by)).status).toBe(404)
    expect((await world.post('/api/links/reset', { peer: 'moon' }, by)).status).toBe(404)
    const [{ id = '' } = {}] = world.system.approvals.list()
    expect((await world.post('/api/approvals/decide', { decision: 'deny', ids: ['none', id] }, by)).status).toBe(200)
    const who = { by: 'ada', role: 'operator', door: 'network' }
    const refused = (await world.interventions()).filter(({ subject }) => subject.endsWith('.refused'))
    expect(refused).toEqual([
      ...orders.map((order) => ({
        subject: `control.${order}.refused`,
        payload: { ...who, path: 'nobody', reason: 'a try', code: 'ACTOR_NOT_FOUND' },
      })),
      { subject: 'control.resetLink.refused', payload: { ...who, peer: 'moon', code: 'PEER_UNKNOWN' } },
      {
        subject: 'control.decideApprovals.refused',
        payload: { ...who, decision: 'deny', ids: ['none'], code: 'APPROVAL_NOT_FOUND' },
      },
    ])
  })

  it('of a name that can not be read, or would be read as another, are refused', async () => {
    for (const name of ['%', '%20', encodeURIComponent('x'.repeat(201)), 'a%0Ab', '%1B%5B2J', 'a%E2%80%AEb'])
      expect(
        (await world.post('/api/actor/pause', { path: 'hall' }, { ...world.operator, 'roscius-by': name })).text,
      ).toContain('roscius-by')
  })

  it('send once what has the same idempotency key', async () => {
    const body = { path: 'hall', event: { type: 'TOGGLE' }, idempotencyKey: 'k' }
    const first = (await world.post('/api/actor/send', body)).json()
    expect((await world.post('/api/actor/send', body)).json()).toEqual(first)
    expect(stateOf('hall')).toBe('on')
  })

  it('work without an audit trail', async () => {
    const system = await createSystem({ name: 'n', store: memoryStore(), logic: {}, audit: false })
    await using running = await createConsole(system, { port: 0, token: TOKEN })
    const { status } = await ask(running.port, '/api/dead-letters/discard', {
      method: 'POST',
      headers: { ...world.operator, 'content-type': 'application/json' },
      body: '{"ids":["x"]}',
    })
    expect(status).toBe(200)
    await system.stop()
  })
})

describe('events that are sent', () => {
  const send = (event: object) => world.post('/api/actor/send', { path: 'hall', event })

  it('are checked against the schemas of the machine, and refused with the path of the field', async () => {
    const refused = async (event: object) =>
      (await send(event)).json<{ error: { code: string; details: { field: string } } }>().error
    expect(await refused({ type: 'NAME' })).toMatchObject({ code: 'EVENT_INVALID', details: { field: 'event.name' } })
    expect(await refused({ type: 'NAME', name: '' })).toMatchObject({ details: { field: 'event.name' } })
    expect(await refused({ type: 'NAME', name: 'x', at: { floor: 'two' } })).toMatchObject({
      details: { field: 'event.at.floor' },
    })
    expect(await refused({ type: 'NAME', name: 'x', colour: 1 })).toMatchObject({ details: { field: 'event.colour' } })
    expect((await send({ type: 'NAME', name: 'porch' })).status).toBe(200)
    expect(world.system.actor('lamp' as never, 'hall').getSnapshot()).toMatchObject({ context: { name: 'porch' } })
  })

  it('may have a schema of their fields alone', async () => {
    expect((await send({ type: 'DIM', percent: 50 })).status).toBe(200)
    expect((await send({ type: 'DIM', percent: 500 })).text).toContain('event.percent')
  })

  it('are sent as they are where the machine has no schema for them', async () => {
    expect((await send({ type: 'any.thing', x: 1 })).json()).toMatchObject({ outcome: 'handled' })
    expect((await send({ type: 'nothing' })).json()).toMatchObject({ outcome: 'ignored' })
  })

  it('to an agent are its commands, with their schemas', async () => {
    const { events } = (await world.get('/api/actor/events?path=janitor')).json<{
      events: { type: string; schema?: object }[]
    }>()
    expect(events.find(({ type }) => type === 'GUIDE')?.schema).toMatchObject({ required: ['type', 'context'] })
    const guide = (context?: unknown) =>
      world.post('/api/actor/send', { path: 'janitor', event: { type: 'GUIDE', context } })
    expect(await guide()).toMatchObject({ status: 400, text: expect.stringContaining('event.context') })
    expect(await guide('look at disk c')).toMatchObject({ status: 200 })
  })

  it('are never those of the runtime, nor patterns', async () => {
    const forged = [
      'xstate.done.actor.0.lamp',
      'xstate.init',
      'xstate.stop',
      'roscius.cancel',
      'roscius.timer',
      'roscius.restartChild',
      '*',
      'any.*',
    ]
    for (const type of forged) expect(await send({ type }), type).toMatchObject({ status: 400, code: 'EVENT_INVALID' })
    expect(stateOf('hall')).toBe('off')
    expect((await world.get('/api/actor?path=hall')).json()).toMatchObject({ row: { status: 'active', seqNr: 1 } })
  })

  it('must have a type', async () => {
    for (const event of [{}, { type: 1 }, { type: '' }, [], null, 'TOGGLE'])
      expect((await send(event as object)).status).toBe(400)
  })
})

describe('enabled events', () => {
  const enabled = async () =>
    (await world.get('/api/actor/events?path=hall')).json<{ events: { type: string; takes: string }[] }>().events

  it('are those of all active states, with schema, description and transitions', async () => {
    const events = await enabled()
    expect(events.map(({ type, takes }) => [type, takes])).toEqual([
      ['TOGGLE', 'yes'],
      ['NAME', 'yes'],
      ['DIM', 'yes'],
      ['any.*', 'unknown'],
    ])
    expect(events[1]).toMatchObject({
      transitions: ['lamp|NAME|0'],
      description: 'gives it a name',
      schema: { type: 'object', required: ['type', 'name'], properties: { name: { type: 'string', minLength: 1 } } },
    })
  })

  it('say what a guard says', async () => {
    for (let n = 0; n < 5; n++) await world.post('/api/actor/send', { path: 'hall', event: { type: 'TOGGLE' } })
    expect((await enabled()).find(({ type }) => type === 'TOGGLE')).toMatchObject({ takes: 'no' })
  })

  it('of a guard that throws are unknown; of logic that is no machine, and of one that has ended, there are none', async () => {
    const picky = createMachine({
      on: {
        PICK: {
          guard: () => {
            throw new Error('what?')
          },
        },
        END: '.end',
      },
      initial: 'on',
      states: { on: {}, end: { type: 'final' } },
    })
    const system = await createSystem({ name: 'n', store: memoryStore(), logic: { picky } })
    await system.spawn('picky', { id: 'p' })
    expect(enabledEvents(actorOf(system, 'p'))).toMatchObject([
      { type: 'PICK', takes: 'unknown' },
      { type: 'END', takes: 'yes' },
    ])
    await system.actor('picky', 'p').deliver({ type: 'END' })
    expect(enabledEvents(actorOf(system, 'p'))).toEqual([])
    await system.stop()
  })
})

describe('lists', () => {
  it('of dead letters say why, and retry and discard each by itself', async () => {
    for (const path of ['x', 'y', 'hall2/z'])
      await world.system
        .actor('lamp' as never, path)
        .deliver({ type: 'TOGGLE' } as never)
        .catch(() => undefined)
    const letters = async (query = '') =>
      (await world.get(`/api/dead-letters${query}`)).json<{
        letters: { id: string; path: string; why: string }[]
        total: number
      }>()
    expect((await letters()).letters.map(({ path }) => path)).toEqual(['hall2/z', 'y', 'x'])
    expect(await letters('?path=hall2')).toMatchObject({
      total: 1,
      letters: [{ why: expect.stringContaining('no actor') }],
    })
    expect(await letters('?offset=1&limit=1')).toMatchObject({ total: 3, letters: [{ path: 'y' }] })
    expect(await letters('?reason=poison')).toMatchObject({ total: 0 })
    expect(await letters('?search=HALL2')).toMatchObject({ total: 1, letters: [{ path: 'hall2/z' }] })
    expect(await letters('?search=oggl&limit=1')).toMatchObject({ total: 3, letters: [{ path: 'hall2/z' }] })
    expect(await letters('?search=nothing')).toMatchObject({ total: 0, letters: [] })
    await world.system.spawn('lamp' as never, { id: 'x' } as never)
    const id = (path: string, all: { id: string; path: string }[]) => all.find((one) => one.path === path)?.id
    const before = (await letters()).letters
    const retried = await world.post('/api/dead-letters/retry', { ids: [id('x', before), id('y', before), 'gone'] })
    expect(retried.json()).toMatchObject([
      { ok: true },
      { ok: false },
      { ok: false, error: expect.stringContaining('gone') },
    ])
    expect(stateOf('x')).toBe('on')
    const left = (await letters()).letters
    expect((await world.post('/api/dead-letters/discard', { ids: left.map((one) => one.id) })).json()).toMatchObject([
      { ok: true },
      { ok: true },
    ])
    expect(await letters()).toMatchObject({ total: 0 })
  })

  it('of budgets are trees; one is raised, and answered as it is then', async () => {
    const { withBudget } = await import('roscius')
    await world.system.spawn('lamp' as never, { id: 'rich', ...withBudget({ tokens: 100 }) } as never)
    expect((await world.get('/api/budgets')).json()).toMatchObject({
      budgets: [{ path: 'rich', lines: [{ dimension: 'tokens', limit: 100 }] }],
    })
    expect((await world.post('/api/budgets/raise', { path: 'rich', more: { tokens: 50 } })).json()).toMatchObject({
      lines: [{ limit: 150 }],
    })
    expect(await world.post('/api/budgets/raise', { path: 'hall', more: { tokens: 50 } })).toMatchObject({
      status: 404,
      code: 'BUDGET_NOT_FOUND',
    })
    for (const more of [{}, { tokens: -5 }, { __proto: 1 }, { gold: 1 }])
      expect((await world.post('/api/budgets/raise', { path: 'rich', more })).status).toBe(400)
  })

  it('of approvals are decided one by one', async () => {
    const [{ id } = { id: '' }] = world.system.approvals.list()
    const decided = await world.post(
      '/api/approvals/decide',
      { decision: 'deny', ids: [id, 'gone'], reason: 'too late' },
      { ...world.operator, 'roscius-by': 'ada' },
    )
    expect(decided.json()).toMatchObject([
      { ok: true, approval: { status: 'denied', settled: { by: 'ada', reason: 'too late' } } },
      { ok: false, error: { code: 'APPROVAL_NOT_FOUND' } },
    ])
  })
})

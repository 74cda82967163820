import { EventEmitter, once } from 'node:events'
import { createServer, type IncomingMessage, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import { createSystem, memoryStore } from 'roscius'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { createMachine } from 'xstate'
import { z } from 'zod'
import { serveMcp } from '../../../actors/mcp/index.js'
import { call, Desk } from './served-desk.js'

let desk: Desk
beforeEach(() => {
  desk = new Desk()
})
afterEach(() => desk.close())

describe('agents that are served', () => {
  test('are listed with their schemas and hints', async () => {
    const client = await (await desk.open()).client()
    expect(client.getServerVersion()).toMatchObject({ name: 'desk', version: '1.2.3' })
    expect(client.getInstructions()).toBe('Ask for one thing at a time.')
    const { tools } = await client.listTools()
    expect(tools.map(({ name }) => name)).toEqual(['count', 'order', 'promise', 'fail', 'work'])
    expect(tools[0]).toMatchObject({
      title: 'Count',
      description: 'Counts the letters of a text.',
      inputSchema: { type: 'object', properties: { text: { type: 'string', minLength: 1 } }, required: ['text'] },
      outputSchema: { type: 'object', properties: { letters: { type: 'number' } } },
      annotations: { readOnlyHint: true, destructiveHint: false },
    })
    expect(tools[1]?.annotations).toBeUndefined()
    expect(tools[2]?.outputSchema).toMatchObject({ type: 'object', properties: { result: { type: 'number' } } })
  })

  test('answer with the output of the agent, structured and as text, within the budget of the call', async () => {
    const client = await (await desk.open()).client()
    const answer = await call(client, 'count', { text: 'honey' })
    expect(answer).toEqual({
      content: [{ type: 'text', text: '{"letters":5}' }],
      structuredContent: { letters: 5 },
    })
    const { path } = await desk.only('clerk')
    expect(desk.world.system.budget(path)?.lines).toContainEqual(
      expect.objectContaining({ dimension: 'tokens', limit: 1_000 }),
    )
  })

  test('answer with any output of any actor: what is no object stands in "result"', async () => {
    const client = await (await desk.open()).client()
    const answer = call(client, 'order', { order: 'tea' })
    await (await desk.only('waiter')).deliver({ type: 'SERVE' })
    expect(await answer).toEqual({
      content: [{ type: 'text', text: 'one tea' }],
      structuredContent: { result: 'one tea' },
    })
  })
})

describe('a call that fails', () => {
  test.each([
    ['count', {}, 'INPUT_INVALID', 'text: '],
    ['count', { text: 1 }, 'INPUT_INVALID', 'text: '],
    ['nothing', {}, 'TOOL_NOT_FOUND', 'nothing'],
    ['fail', { how: 'the roof is leaking' }, 'ACTOR_FAILED', 'leaking'],
    ['count', { text: 'hopeless' }, 'AGENT_FAILED', 'there is no hope'],
  ])('%s with %j is answered with %s, as an error that a model can read', async (tool, args, code, words) => {
    const client = await (await desk.open()).client()
    const answer = await call(client, tool, args)
    expect(answer).toMatchObject({ isError: true, _meta: { 'roscius/code': code } })
    expect(answer.content[0]?.text).toContain(code)
    expect(answer.content[0]?.text).toContain(words)
  })

  test('as its output is not what was promised, says so', async () => {
    const client = await (await desk.open()).client()
    const answer = call(client, 'promise', { order: 'tea' })
    await (await desk.only('waiter')).deliver({ type: 'SERVE' })
    expect(await answer).toMatchObject({ isError: true, _meta: { 'roscius/code': 'OUTPUT_INVALID' } })
  })

  test('as it is late, is cancelled', async () => {
    const client = await (await desk.open()).client()
    const answer = call(client, 'order', { order: 'tea' })
    const ref = await desk.only('waiter')
    await desk.world.clock.advance(60_000)
    expect(await answer).toMatchObject({ isError: true, _meta: { 'roscius/code': 'TIMEOUT' } })
    await expect(ref.result()).rejects.toMatchObject({ code: 'ACTOR_STOPPED' })
  })
})

describe('a client', () => {
  test('that asks for progress is told what the actor emits, tokens aside', async () => {
    const client = await (await desk.open()).client()
    const told: unknown[] = []
    const answer = call(client, 'order', { order: 'tea' }, { onprogress: (progress) => told.push(progress) })
    const ref = await desk.only('waiter')
    await ref.deliver({ type: 'STEP', what: 'water' })
    await ref.deliver({ type: 'STEP', what: 'leaves' })
    // What is told together with the answer, a client may take after it.
    await vi.waitFor(() => expect(told).toHaveLength(2), { timeout: 10_000 })
    await ref.deliver({ type: 'SERVE' })
    await answer
    expect(told).toEqual([
      { progress: 1, message: 'step' },
      { progress: 2, message: 'step' },
    ])
  })

  test('that cancels its call cancels the actor', async () => {
    const client = await (await desk.open()).client()
    const controller = new AbortController()
    const answer = call(client, 'work', {}, { signal: controller.signal })
    const ref = await desk.only('worker')
    controller.abort('enough')
    await expect(answer).rejects.toThrow('enough')
    await expect(ref.result()).rejects.toMatchObject({ code: 'ACTOR_STOPPED' })
    expect(ref.getSnapshot().context).toEqual({ cancelled: true })
  })

  test('that ends its session cancels what it called without a key', async () => {
    const client = await (await desk.open()).client()
    const lost = [call(client, 'work', {}), call(client, 'order', { order: 'tea' }, { key: 'k1' })]
    const settled = Promise.allSettled(lost)
    const [worker, waiter] = [await desk.only('worker'), await desk.only('waiter')]
    await (client.transport as StreamableHTTPClientTransport).terminateSession()
    await expect(worker.result()).rejects.toMatchObject({ code: 'ACTOR_STOPPED' })
    expect(waiter.getSnapshot().status).toBe('active')
    await client.close()
    await settled
  })

  test('with a key gets one actor for all calls that are the same, and its output after it has ended', async () => {
    const client = await (await desk.open()).client()
    const answers = [1, 2].map(() => call(client, 'order', { order: 'tea' }, { key: 'k1' }))
    const ref = await desk.only('waiter')
    // Both have come in once the server answers a third.
    await client.ping()
    await ref.deliver({ type: 'SERVE' })
    const [one, other] = await Promise.all(answers)
    expect(one).toEqual(other)
    expect(await call(client, 'order', { order: 'tea' }, { key: 'k1' })).toEqual(one)
    const actors: string[] = []
    for await (const { path } of desk.world.system.actors()) actors.push(path)
    expect(actors).toEqual([ref.path])
  })

  test('that cancels a call which another one waits for, too, cancels only its own', async () => {
    const client = await (await desk.open()).client()
    const controller = new AbortController()
    const kept = call(client, 'order', { order: 'tea' }, { key: 'k1' })
    const ref = await desk.only('waiter')
    const given = call(client, 'order', { order: 'tea' }, { key: 'k1', signal: controller.signal })
    await client.ping()
    controller.abort('enough')
    await expect(given).rejects.toThrow('enough')
    await client.ping()
    await ref.deliver({ type: 'SERVE' })
    expect(await kept).toMatchObject({ structuredContent: { result: 'one tea' } })
  })

  test('that waits too long with a key may ask again', async () => {
    const client = await (await desk.open()).client()
    const answer = call(client, 'order', { order: 'tea' }, { key: 'k1' })
    const ref = await desk.only('waiter')
    await desk.world.clock.advance(60_000)
    expect((await answer).content[0]?.text).toContain('call again with the same key')
    await ref.deliver({ type: 'SERVE' })
    expect(await call(client, 'order', { order: 'tea' }, { key: 'k1' })).not.toHaveProperty('isError')
  })

  test('that is cut off by the end of the service leaves nothing running but what has a key', async () => {
    const client = await (await desk.open()).client()
    const lost = [call(client, 'work', {}), call(client, 'order', { order: 'tea' }, { key: 'k1' })]
    const settled = Promise.allSettled(lost)
    const [worker, waiter] = [await desk.only('worker'), await desk.only('waiter')]
    await desk.service.close()
    await expect(worker.result()).rejects.toMatchObject({ code: 'ACTOR_STOPPED' })
    expect(waiter.getSnapshot().status).toBe('active')
    await client.close()
    await settled
  })

  test.each([[''], [7]])('with the key %j is refused', async (key) => {
    const client = await (await desk.open()).client()
    await expect(call(client, 'work', {}, { key: key as string })).rejects.toThrow('roscius/idempotencyKey')
  })
})

/** The status that a request with these headers gets. */
async function statusOf(url: string, headers: Record<string, string>, method = 'POST'): Promise<number | undefined> {
  return (await greet(url, headers, method)).statusCode
}

async function sessionAt(url: string): Promise<string> {
  return String((await greet(url)).headers['mcp-session-id'])
}

function greet(url: string, headers: Record<string, string> = {}, method = 'POST'): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const all = { accept: 'application/json, text/event-stream', 'content-type': 'application/json', ...headers }
    const sent = request(url, { method, headers: all }, (response) => {
      response.resume()
      response.once('end', () => resolve(response))
    })
    sent.on('error', reject)
    sent.end(method === 'POST' ? JSON.stringify(hello) : undefined)
  })
}

const clientInfo = { name: 'test', version: '1.0.0' }
const params = { protocolVersion: '2025-06-18', capabilities: {}, clientInfo }
const hello = { jsonrpc: '2.0', id: 0, method: 'initialize', params }

describe('the door', () => {
  test('is closed for other host names and for pages of other sites', async () => {
    const { url = '' } = (await desk.open()).service
    expect(await statusOf(url, {})).toBe(200)
    expect(await statusOf(url, { origin: 'http://localhost:5173' })).toBe(200)
    expect(await statusOf(url, { host: 'evil.example' })).toBe(403)
    expect(await statusOf(url, { origin: 'https://evil.example' })).toBe(403)
    expect(await statusOf(url, { origin: 'null' })).toBe(403)
    expect(await statusOf(url, { host: 'localhost.evil.example:80' })).toBe(403)
  })

  test('is closed for who is not authorized, also if that can not be found out', async () => {
    const authorize = ({ headers }: { headers: Record<string, unknown> }): boolean => {
      if (headers.authorization === 'broken') throw new Error('The list is gone.')
      return headers.authorization === 'Bearer abc'
    }
    const { url = '' } = (await desk.open({ port: 0, authorize })).service
    expect(await statusOf(url, {})).toBe(401)
    expect(await statusOf(url, { authorization: 'broken' })).toBe(401)
    expect(await statusOf(url, { authorization: 'Bearer abc' })).toBe(200)
  })

  test('knows one path and its own sessions', async () => {
    const { url = '' } = (await desk.open()).service
    expect(await statusOf(url.replace('/mcp', '/'), {})).toBe(404)
    expect(await statusOf(url, { 'mcp-session-id': 'made-up' })).toBe(404)
    expect(await statusOf(url, {}, 'GET')).toBe(400)
  })

  test('lets in as many clients as there is room for, and closes the one that has been idle longest', async () => {
    const { url = '' } = (await desk.open({ port: 0, maxSessions: 1 })).service
    expect(await statusOf(url, {})).toBe(200)
    const client = await desk.client()
    expect((await client.listTools()).tools).toHaveLength(5)
  })

  test('forgets a request whose client has left before it was let in', async () => {
    const seen = new EventEmitter()
    const [atTheDoor, gone] = [once(seen, 'atTheDoor'), once(seen, 'gone')]
    const authorize = async ({ headers, socket }: IncomingMessage): Promise<boolean> => {
      if (headers['x-leaves'] === undefined) return true
      socket.once('close', () => seen.emit('gone'))
      seen.emit('atTheDoor')
      await gone
      return true
    }
    const { url = '' } = (await desk.open({ port: 0, maxSessions: 1, authorize })).service
    const headers = { 'mcp-session-id': await sessionAt(url), 'x-leaves': '1' }
    const leaving = request(url, { headers }).on('error', () => undefined)
    leaving.flushHeaders()
    await atTheDoor
    leaving.destroy()
    await gone
    expect(await statusOf(url, {})).toBe(200)
  })

  test.each([
    ['Desk.Example', 'desk.example:80'],
    ['fd00::5', '[fd00::5]:80'],
  ])('knows %s as it stands in a header, too', async (allowed, host) => {
    const { url = '' } = (await desk.open({ port: 0, allowedHosts: [allowed] })).service
    expect(await statusOf(url, { host })).toBe(200)
  })

  test("can stand in a server of one's own", async () => {
    const { service } = await desk.open({ handler: true })
    expect(service.url).toBeUndefined()
    const server = createServer(service.handler).listen(0, '127.0.0.1')
    await new Promise((resolve) => server.once('listening', resolve))
    const { port } = server.address() as AddressInfo
    expect(await statusOf(`http://127.0.0.1:${port}/any`, {})).toBe(200)
    server.closeAllConnections()
    server.close()
  })
})

describe('what is to be served', () => {
  test('is refused with the path of the port, if that is taken', async () => {
    const port = Number(new URL((await desk.open()).service.url!).port)
    await using system = await createSystem({ name: 's', store: memoryStore(), logic: { idle } })
    const refused = serveMcp(system, { ...good, transport: { port } })
    await expect(refused).rejects.toMatchObject({ code: 'OPTIONS_INVALID', details: { field: 'transport.port' } })
  })

  const idle = createMachine({})
  const agent = { logic: 'idle' as const, description: 'Idles.', input: z.object({}) }
  const good = { name: 'n', version: '1', agents: { idle: agent }, transport: { port: 0 } }

  test.each([
    ['agents', { agents: {} }],
    ['agents.a b', { agents: { 'a b': agent } }],
    ['agents.idle.description', { agents: { idle: { ...agent, description: ' ' } } }],
    ['agents.idle.input', { agents: { idle: { ...agent, input: {} } } }],
    ['agents.idle.input', { agents: { idle: { ...agent, input: z.string() } } }],
    ['agents.idle.output', { agents: { idle: { ...agent, output: z.date() } } }],
    ['agents.idle.spawn', { agents: { idle: { ...agent, spawn: { id: 'x' } } } }],
    ['transport.authorize', { transport: { port: 0, host: '0.0.0.0' } }],
    ['transport.host', { transport: { port: 0, host: 'two words' } }],
    ['transport.allowedHosts.0', { transport: { port: 0, allowedHosts: ['desk:80'] } }],
    ['transport', { transport: 'pigeon' }],
    ['port', { port: 0 }],
  ])('is refused with the path of what is wrong: %s', async (field, wrong) => {
    await using system = await createSystem({ name: 's', store: memoryStore(), logic: { idle } })
    const refused = serveMcp(system, { ...good, ...wrong } as never)
    await expect(refused).rejects.toMatchObject({ code: 'OPTIONS_INVALID', details: { field } })
  })
})

/** Tools of a server that is reached by HTTP: agents of another system, so that both directions meet. */
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { callTool, defaultPolicy, type ToolAnswer } from 'roscius'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { fromMcpServer, type McpImport } from '../../../actors/mcp/index.js'
import { Desk } from './served-desk.js'

let desk: Desk
beforeEach(() => {
  desk = new Desk()
})
afterEach(() => desk.close())

const caller = { path: 'clerk', scopes: ['mcp:desk'], policy: defaultPolicy }

function call({ tools }: McpImport, name: string, input: unknown): Promise<ToolAnswer> {
  return callTool(tools.find((tool) => tool.name === name)!, input, caller)
}

function listen(handler: RequestListener, port = 0): Promise<Server> {
  const server = createServer(handler)
  return new Promise((resolve) => server.listen(port, '127.0.0.1', () => resolve(server)))
}

async function end(server: Server): Promise<void> {
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
}

const portOf = (server: Server): number => (server.address() as AddressInfo).port

describe('a server that is reached by its URL', () => {
  test('gives its tools, and answers calls of them', async () => {
    await desk.open()
    await using remote = await fromMcpServer({ url: desk.service.url! }, { minRisk: 'read', name: 'desk' })
    expect(remote.tools.map(({ name, risk }) => `${name}: ${risk}`)).toEqual([
      'count: read',
      'order: danger',
      'promise: danger',
      'fail: danger',
      'work: danger',
    ])
    expect(await call(remote, 'count', { text: 'honey' })).toEqual({ ok: true, output: { letters: 5 } })
    expect(await call(remote, 'count', { text: 'hopeless' })).toMatchObject({ error: { code: 'TOOL_FAILED' } })
    expect(await call(remote, 'count', {})).toMatchObject({ error: { code: 'INPUT_INVALID', path: 'text' } })
  })

  test('gets the headers that one gives, and says so if they are wrong', async () => {
    await desk.open({ port: 0, authorize: ({ headers }) => headers.authorization === 'Bearer abc' })
    const url = desk.service.url!
    const refused = fromMcpServer({ url, headers: { authorization: 'Bearer xyz' } })
    await expect(refused).rejects.toMatchObject({
      code: 'MCP_UNAVAILABLE',
      message: expect.not.stringContaining('xyz'),
    })
    await using remote = await fromMcpServer({ url, headers: { authorization: 'Bearer abc' } })
    expect(remote.tools).toHaveLength(5)
  })

  test('that was away is called again by the next call', async () => {
    const { service } = await desk.open({ handler: true })
    const server = await listen(service.handler)
    const port = portOf(server)
    await using remote = await fromMcpServer({ url: `http://127.0.0.1:${port}/` }, { minRisk: 'read', name: 'desk' })
    await end(server)
    const gone = await call(remote, 'count', { text: 'honey' })
    expect(gone).toMatchObject({
      error: { code: 'TOOL_FAILED', message: expect.stringContaining('MCP server desk') },
    })
    const again = await listen(service.handler, port)
    expect(await call(remote, 'count', { text: 'honey' })).toEqual({ ok: true, output: { letters: 5 } })
    await end(again)
  })

  test('that has forgotten its clients is greeted anew within the call', async () => {
    let { handler } = (await desk.open({ handler: true })).service
    const server = await listen((request, response) => handler(request, response))
    const url = `http://127.0.0.1:${portOf(server)}/`
    await using remote = await fromMcpServer({ url }, { minRisk: 'read', name: 'desk' })
    const other = await new Desk().open({ handler: true })
    handler = other.service.handler
    expect(await call(remote, 'count', { text: 'honey' })).toEqual({ ok: true, output: { letters: 5 } })
    await remote.close()
    await end(server)
    await other.close()
  })

  test('is cut off when it answers without an end', async () => {
    const hello = {
      protocolVersion: '2025-06-18',
      capabilities: { tools: {} },
      serverInfo: { name: 'n', version: '1' },
    }
    const server = await listen(async (request, response) => {
      let body = ''
      for await (const chunk of request) body += chunk
      const { id, method } = JSON.parse(body || '{}')
      if (method === undefined || id === undefined) return void response.writeHead(method ? 202 : 405).end()
      response.writeHead(200, { 'content-type': 'application/json' })
      if (method === 'initialize') return void response.end(JSON.stringify({ jsonrpc: '2.0', id, result: hello }))
      const pour = (): void => {
        while (!response.destroyed && response.write(' '.repeat(1_000_000)));
      }
      response.on('drain', pour)
      pour()
    })
    const endless = fromMcpServer({ url: `http://127.0.0.1:${portOf(server)}/` }, { maxOutputBytes: 1_000 })
    await expect(endless).rejects.toMatchObject({ code: 'MCP_UNAVAILABLE' })
    await end(server)
  })
})

import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Caller, callTool, definePolicy, type Tool, type ToolAnswer, toolRegistry } from 'roscius'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { fromMcpServer, type McpImport, type McpImportOptions } from '../../../actors/mcp/index.js'

const program = fileURLToPath(new URL('./tools-server.mjs', import.meta.url))
const open: McpImport[] = []

afterEach(async () => {
  await Promise.all(open.splice(0).map((one) => one.close()))
})

async function imported(options: McpImportOptions = {}, env: Record<string, string> = {}): Promise<McpImport> {
  const one = await fromMcpServer({ command: process.execPath, args: [program], env }, { minRisk: 'read', ...options })
  open.push(one)
  return one
}

const policy = definePolicy({ name: 'open', version: '1.0.0', rules: [], default: 'allow' })
const caller: Caller = { path: 'clerk', scopes: ['mcp:the_tools'], policy }

function toolOf({ tools }: McpImport, name: string): Tool {
  const tool = tools.find((one) => one.name === name)
  if (tool === undefined) throw new Error(`There is no tool ${name}.`)
  return tool
}

function call(from: McpImport, name: string, input: unknown = {}, signal?: AbortSignal): Promise<ToolAnswer> {
  return callTool(toolOf(from, name), input, caller, { signal })
}

describe('the tools of a server', () => {
  test('are all imported, page by page, and what is none is refused with the reason', async () => {
    const { tools, refused, serverInfo, pins } = await imported()
    expect(serverInfo).toEqual({ name: 'the tools', version: '2.1.0' })
    expect(tools.map(({ name }) => name)).toEqual([
      'add',
      'note',
      'erase',
      'fail',
      'big',
      'lie',
      'picture',
      'slow',
      'steps',
      'die',
      'die_reading',
      'environment',
      'change',
      'files_read_all',
    ])
    expect(refused.map(({ name, reason }) => `${name}: ${reason}`)).toEqual([
      expect.stringContaining('broken: Invalid input'),
      'twin: is offered twice',
      'twin: is offered twice',
    ])
    expect(Object.keys(pins)).toEqual([...tools.map(({ name }) => name), 'twin'])
    expect(
      toolRegistry(tools)
        .search('numbers')
        .map(({ name }) => name),
    ).toEqual(['add'])
  })

  test('have the schemas of the server, its version, a scope of their own', async () => {
    const add = toolOf(await imported(), 'add')
    expect(add).toMatchObject({ version: '2.1.0', description: 'Adds two numbers.', scopes: ['mcp:the_tools'] })
    expect(add.inputSchema).toEqual({
      type: 'object',
      properties: { a: { type: 'number' }, b: { type: 'number' } },
      required: ['a', 'b'],
    })
    expect(add.outputSchema).toMatchObject({ properties: { sum: { type: 'number' } } })
  })

  test('have the name, prefix and scopes that one gives them', async () => {
    const { tools } = await imported({ name: 'desk', prefix: 'desk_' })
    expect(tools[0]).toMatchObject({ name: 'desk_add', scopes: ['mcp:desk'] })
    const scoped = await imported({ scopes: ['read:files'] })
    expect(scoped.tools[0]?.scopes).toEqual(['read:files'])
  })

  test('have a description, be it their title', async () => {
    expect(toolOf(await imported(), 'files_read_all').description).toBe('Reads all files')
  })
})

describe('the risk of a tool', () => {
  const risksOf = ({ tools }: McpImport) => tools.slice(0, 3).map(({ risk, idempotent }) => [risk, idempotent])

  test('is danger whatever the server says, as long as it is not believed', async () => {
    const all = await fromMcpServer({ command: process.execPath, args: [program] })
    open.push(all)
    expect(risksOf(all)).toEqual([
      ['danger', false],
      ['danger', false],
      ['danger', false],
    ])
  })

  test('is that of its hints if it is believed; what says nothing of itself is danger', async () => {
    expect(risksOf(await imported())).toEqual([
      ['read', true],
      ['write', true],
      ['danger', false],
    ])
  })

  test('is at least minRisk, and what one says oneself counts more than all else', async () => {
    expect(risksOf(await imported({ minRisk: 'write' }))).toEqual([
      ['write', false],
      ['write', true],
      ['danger', false],
    ])
    const risk: McpImportOptions['risk'] = ({ name }) => (name === 'erase' ? 'read' : undefined)
    expect(risksOf(await imported({ minRisk: 'danger', risk, idempotent: ({ name }) => name === 'add' }))).toEqual([
      ['danger', true],
      ['danger', false],
      ['read', false],
    ])
  })
})

describe('a call', () => {
  test('answers the structured content, else the text; pictures are named', async () => {
    const tools = await imported()
    expect(await call(tools, 'add', { a: 1, b: 2 })).toEqual({ ok: true, output: { sum: 3 } })
    expect(await call(tools, 'note', { text: 'bees' })).toEqual({ ok: true, output: 'noted: bees' })
    expect(await call(tools, 'files_read_all')).toEqual({ ok: true, output: 'all' })
    expect(await call(tools, 'picture')).toEqual({ ok: true, output: 'see\n[image image/png]' })
  })

  test('with wrong arguments does not reach the server, and is answered with the field', async () => {
    expect(await call(await imported(), 'add', { a: 1, b: 'two' })).toMatchObject({
      ok: false,
      error: { code: 'INPUT_INVALID', path: 'b' },
    })
  })

  test('that the server calls an error has failed', async () => {
    const error = { code: 'TOOL_FAILED', message: 'the disk is full' }
    expect(await call(await imported(), 'fail')).toEqual({ ok: false, error })
  })

  test('is refused an answer that is too long, and one that is not as promised', async () => {
    const tools = await imported({ maxOutputBytes: 1_000 })
    expect(await call(tools, 'big', { bytes: 1_000 })).toMatchObject({ ok: true })
    expect(await call(tools, 'big', { bytes: 1_001 })).toMatchObject({ error: { code: 'TOOL_FAILED' } })
    expect(await call(tools, 'lie')).toMatchObject({ error: { code: 'OUTPUT_INVALID', path: 'sum' } })
  })

  test('that is aborted is cancelled at the server', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'roscius-mcp-'))
    const notes = join(folder, 'notes')
    const tools = await imported({}, { NOTES: notes })
    const controller = new AbortController()
    const answer = call(tools, 'slow', {}, controller.signal)
    // The server answers in order: once it has answered this, it has the other.
    await call(tools, 'add', { a: 1, b: 2 })
    controller.abort(new Error('no longer wanted'))
    await expect(answer).rejects.toThrow('no longer wanted')
    await vi.waitFor(() => expect(existsSync(notes)).toBe(true), { timeout: 10_000 })
    expect(await readFile(notes, 'utf8')).toBe('cancelled')
    await rm(folder, { recursive: true })
  })

  test('that is late is answered with TIMEOUT', async () => {
    expect(await call(await imported({ timeoutMs: 50 }), 'slow')).toMatchObject({ error: { code: 'TIMEOUT' } })
  })

  test('that makes progress says so', async () => {
    const tools = await imported()
    const heartbeat = vi.fn()
    await callTool(toolOf(tools, 'steps'), {}, caller, { heartbeat })
    expect(heartbeat).toHaveBeenCalled()
  })

  test('needs the scope of the server', async () => {
    const answer = await callTool(toolOf(await imported(), 'erase'), {}, { ...caller, scopes: [] })
    expect(answer).toMatchObject({ error: { code: 'SCOPE_MISSING' } })
  })
})

describe('the environment of a server', () => {
  test('is what one lists, and where programs are found', async () => {
    const answer = await call(await imported({}, { NOTES: '' }), 'environment')
    expect(answer).toEqual({ ok: true, output: process.platform === 'win32' ? expect.any(String) : 'NOTES PATH' })
  })
})

describe('a server that dies', () => {
  test('fails the call that it was at, and is started again by the next one', async () => {
    const tools = await imported()
    const answer = await call(tools, 'die_reading')
    expect(answer).toMatchObject({ ok: false, error: { code: 'TOOL_FAILED' } })
    expect(await call(tools, 'add', { a: 1, b: 2 })).toEqual({ ok: true, output: { sum: 3 } })
  })

  test('leaves the outcome of a call unknown that is not idempotent', async () => {
    const tools = await imported()
    const args = { input: {}, signal: new AbortController().signal, effectId: undefined, attempt: 1, heartbeat() {} }
    const { execute } = toolOf(tools, 'die')
    await expect(typeof execute === 'function' && execute(args)).rejects.toMatchObject({ code: 'OUTCOME_UNKNOWN' })
  })

  test('is started again once for all calls that wait', async () => {
    const tools = await imported()
    await call(tools, 'die_reading')
    const answers = await Promise.all([1, 2, 3].map((a) => call(tools, 'add', { a, b: 0 })))
    expect(answers.map((answer) => answer.ok && answer.output)).toEqual([{ sum: 1 }, { sum: 2 }, { sum: 3 }])
  })

  test('stays away once the import is closed', async () => {
    const tools = await imported()
    await tools.close()
    const answer = await call(tools, 'add', { a: 1, b: 2 })
    expect(answer).toMatchObject({ error: { code: 'TOOL_FAILED', message: expect.stringContaining('is not there') } })
  })
})

describe('a tool that changes', () => {
  test('is told of, and no longer called; the others go on', async () => {
    const onToolsChanged = vi.fn()
    const tools = await imported({ onToolsChanged })
    expect(await call(tools, 'change')).toMatchObject({ ok: true })
    expect(onToolsChanged).toHaveBeenCalledOnce()
    const answer = await call(tools, 'add', { a: 1, b: 2 })
    expect(answer).toMatchObject({ ok: false, error: { message: expect.stringContaining('is not what it was') } })
    expect(toolOf(tools, 'add').description).toBe('Adds two numbers.')
    expect(await call(tools, 'note', { text: 'bees' })).toMatchObject({ ok: true })
  })

  test('is refused at an import that has its pin, as is one without a pin', async () => {
    const { pins, tools } = await imported()
    const again = await imported({ pins })
    expect(again.tools).toHaveLength(tools.length)
    const { add, note } = pins
    const some = await imported({ pins: { add: add!, note: `${note}0` } })
    expect(some.tools.map(({ name }) => name)).toEqual(['add'])
    expect(some.refused).toContainEqual({ name: 'note', reason: 'has changed since it was pinned' })
    expect(some.refused).toContainEqual({ name: 'erase', reason: 'is not pinned' })
  })
})

describe('an import', () => {
  test('of a program that does not exist is refused', async () => {
    const missing = fromMcpServer({ command: 'no-such-program-anywhere' })
    await expect(missing).rejects.toMatchObject({ code: 'MCP_UNAVAILABLE' })
  })

  test('of a program that is no server is refused', async () => {
    const silent = fromMcpServer({ command: process.execPath, args: ['-e', ''] })
    await expect(silent).rejects.toMatchObject({ code: 'MCP_UNAVAILABLE' })
  })

  test.each([
    [{}, {}, 'command'],
    [{ url: 'ftp://x' }, {}, 'url'],
    [{ url: 'http://me:secret@x/' }, {}, 'url'],
    [{ command: 'x', shell: true }, {}, 'shell'],
    [{ command: 'x' }, { minRisk: 'none' }, 'minRisk'],
    [{ command: 'x' }, { prefix: 'a b' }, 'prefix'],
    [{ command: 'x' }, { pinned: {} }, 'pinned'],
    [{ command: 'x' }, { timeoutMs: 0 }, 'timeoutMs'],
  ])('of %j with %j is refused with the path %s', async (target, options, field) => {
    const refused = fromMcpServer(target as never, options as never)
    await expect(refused).rejects.toMatchObject({ code: 'OPTIONS_INVALID', details: { field } })
  })
})

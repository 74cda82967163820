import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { describe, expect, test, vi } from 'vitest'
import { z } from 'zod'
import { defineTool } from '../../../src/governance/tools/define-tool.js'
import { childCommand } from '../../../src/governance/tools/isolated/attempt-isolated.js'
import { isRunning as isAlive } from '../../../src/governance/tools/isolated/process-tree.js'
import { type ToolModuleOptions, toolModule } from '../../../src/governance/tools/isolated/tool-module.js'
import { type RunPorts, runTool } from '../../../src/governance/tools/run-tool.js'
import type { ToolAnswer } from '../../../src/governance/tools/tool-answer.js'

const url = new URL('./hostile-tools.mjs', import.meta.url)

interface Settings extends ToolModuleOptions {
  readonly timeoutMs?: number
  readonly idempotent?: boolean
  readonly ports?: RunPorts
}

/** The answer of a tool that runs this function in a process of its own. */
function run(exportName: string, input: object = {}, settings: Settings = {}): Promise<ToolAnswer> {
  const { timeoutMs = 30_000, idempotent = true, ports, ...options } = settings
  const tool = defineTool({
    name: exportName,
    version: '1.0.0',
    description: 'Hostile.',
    input: z.looseObject({}),
    output: z.unknown(),
    risk: 'write',
    idempotent,
    timeoutMs,
    isolation: 'process',
    execute: toolModule(url, exportName, options),
  })
  return runTool(tool, input, ports)
}

function failed(code: string, message: string): object {
  return { ok: false, error: { code, message: expect.stringContaining(message) } }
}

const pidOf = (answer: ToolAnswer): number => {
  if (!answer.ok) throw new Error(answer.error.message)
  return (answer.output as { readonly pid: number }).pid
}

const commandOf = (pid: number): string => {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8')
  } catch {
    return ''
  }
}

describe('a tool in a process of its own', () => {
  test('is given its input, its effect id and the number of its attempt, and answers', async () => {
    expect(await run('echo', { a: [1, 'é'] }, { ports: { effectId: 'e1' } })).toEqual({
      ok: true,
      output: { a: [1, 'é'], effectId: 'e1', attempt: 1 },
    })
  })

  test('gets nothing of the environment but what it was given', async () => {
    vi.stubEnv('ROSCIUS_TEST_SECRET', 'secret')
    expect(await run('environment', {}, { env: { LANG: 'C' } })).toEqual({
      ok: true,
      output: { names: ['LANG', 'ROSCIUS_CALL'], lang: 'C' },
    })
  })

  test('finds nothing on its standard input', async () => {
    expect(await run('readsStdin')).toEqual({ ok: true, output: '' })
  })

  test('may print what it likes', async () => {
    expect(await run('printsGarbage')).toEqual({ ok: true, output: 'the answer' })
  })

  test('may start programs of its own', async () => {
    expect(await run('forksItself')).toEqual({ ok: true, output: 'from a fork' })
  })

  test('passes its heartbeats on', async () => {
    let beats = 0
    await run('beats', {}, { ports: { heartbeat: () => beats++ } })
    expect(beats).toBe(2)
  })

  test.each([
    ['throwing', 'The file is gone.'],
    ['throwNothing', 'undefined'],
    ['circular', 'circular'],
    ['noFunction', 'exports no function noFunction'],
    ['absent', 'exports no function absent'],
  ])('that fails says why: %s', async (exportName, message) => {
    expect(await run(exportName)).toMatchObject(failed('TOOL_FAILED', message))
  })

  test('says the code of its error, so that retries can tell', async () => {
    const errors: unknown[] = []
    await run('throwing', { code: 'ENOENT' }, { ports: { onFailed: (error) => errors.push(error) } })
    expect(errors).toEqual([expect.objectContaining({ code: 'ENOENT', message: 'The file is gone.' })])
  })

  test('that can not be started has failed, and nothing was done', async () => {
    const env = { HUGE: 'x'.repeat(10_000_000) }
    expect(await run('echo', {}, { env, idempotent: false })).toMatchObject(failed('TOOL_FAILED', 'E2BIG'))
    expect(await run('echo', { big: 1n }, { idempotent: false })).toMatchObject(failed('TOOL_FAILED', 'BigInt'))
  })

  test('whose module is not there has failed', async () => {
    const tool = defineTool({
      name: 'lost',
      version: '1.0.0',
      description: 'Lost.',
      input: z.object({}),
      output: z.unknown(),
      risk: 'read',
      isolation: 'process',
      execute: toolModule(new URL('./absent.mjs', import.meta.url), 'x'),
    })
    expect(await runTool(tool, {})).toMatchObject(failed('TOOL_FAILED', 'absent.mjs'))
  })
})

describe('a tool in a process of its own is killed', () => {
  test.each(['loop', 'never'])('when its time is up: %s', async (exportName) => {
    expect(await run(exportName, {}, { timeoutMs: 300 })).toMatchObject(failed('TIMEOUT', '300 ms'))
  })

  test('when its effect is stopped', async () => {
    const stop = new AbortController()
    const answer = run('loop', {}, { ports: { signal: stop.signal } })
    stop.abort(new Error('stopped'))
    await expect(answer).rejects.toThrow('stopped')
  })

  test('when it fills its heap', async () => {
    expect(await run('fillHeap', {}, { memoryMb: 32 })).toMatchObject(failed('LIMIT_EXCEEDED', '32 MB of memory'))
  })

  test.runIf(existsSync('/proc/self/stat'))('when it fills memory beside its heap', async () => {
    expect(await run('fillBuffers', {}, { memoryMb: 64 })).toMatchObject(failed('LIMIT_EXCEEDED', '64 MB of memory'))
  })

  test('when it prints without end', async () => {
    expect(await run('floodStdout')).toMatchObject(failed('LIMIT_EXCEEDED', '1000000 bytes of output'))
  })

  test.each([
    ['longAnswer', { length: 2_000 }],
    ['longLine', {}],
  ])('when its answer is too long: %s', async (exportName, input) => {
    expect(await run(exportName, input, { outputBytes: 1_000 })).toMatchObject(failed('LIMIT_EXCEEDED', '1000 bytes'))
  })

  test.each(['garbage', '{"type":"owned"}', '{"type":"returned","output":1,"more":2}', '[[[[', 'null'])(
    'when it writes nonsense to its parent: %s',
    async (line) => {
      expect(await run('writesGarbageToParent', { line })).toMatchObject(failed('TOOL_CRASHED', 'nonsense'))
    },
  )
})

describe('a process that ends before it answers', () => {
  test.each([0, 3])('has crashed, also with the code %s', async (code) => {
    expect(await run('exits', { code })).toMatchObject(failed('TOOL_CRASHED', `code ${code}`))
  })

  test('is quoted with its last words', async () => {
    expect(await run('exits', { code: 1 })).toMatchObject(failed('TOOL_CRASHED', 'last words'))
    expect(await run('rejectsAside')).toMatchObject(failed('TOOL_CRASHED', 'nobody listens'))
  })

  test('leaves the outcome unknown, if the tool is not idempotent', async () => {
    for (const [exportName, timeoutMs] of [
      ['exits', 30_000],
      ['loop', 300],
    ] as const) {
      const answer = await run(exportName, { code: 1 }, { idempotent: false, timeoutMs })
      expect(answer).toMatchObject(failed('OUTCOME_UNKNOWN', `whether ${exportName} did its work`))
    }
    expect(await run('throwing', {}, { idempotent: false })).toMatchObject(failed('TOOL_FAILED', 'gone'))
  })
})

describe.runIf(existsSync('/proc/self/stat'))('what a tool has started ends with its call', () => {
  test.each([
    ['in its group', { detached: false }],
    ['in a group of its own', { detached: true }],
    ['in a group and an environment of its own', { detached: true, env: {} }],
  ])('%s', async (_, input) => {
    const pid = pidOf(await run('forks', input))
    expect(isAlive(pid)).toBe(false)
  })

  test('however fast its group breeds', async () => {
    // It answers, unless it has bred more by then than its memory allows.
    const answer = await run('breeds', {}, { env: { PATH: process.env.PATH ?? '' } })
    if (!answer.ok) expect(answer.error.code).toBe('LIMIT_EXCEEDED')
    const commands = readdirSync('/proc')
      .filter(Number)
      .map((pid) => commandOf(Number(pid)))
    expect(commands.filter((command) => command.includes('breed-'))).toEqual([])
  })

  test('as a daemon', async () => {
    expect(isAlive(pidOf(await run('startsDaemon')))).toBe(false)
  })

  test('also if the tool itself has ended before', async () => {
    const answer = await run('forksAndExits')
    expect(answer).toMatchObject(failed('TOOL_CRASHED', 'code 3'))
    const pid = Number(/pid (\d+)/.exec(answer.ok ? '' : answer.error.message)?.[1])
    expect(pid).toBeGreaterThan(0)
    expect(isAlive(pid)).toBe(false)
  })
})

test('a tool ends with its parent, also if it never comes back to its event loop', async () => {
  const { args, options } = childCommand(toolModule(url, 'loop'), 'mark')
  const stdio = ['ignore', 'inherit', 'inherit', 'pipe', 'pipe']
  const call = { url: url.href, exportName: 'loop', input: {}, attempt: 1 }
  const source = `
    const { spawn } = require('node:child_process')
    const child = spawn(process.execPath, ${JSON.stringify(args)}, ${JSON.stringify({ ...options, stdio })})
    child.stdio[3].write(${JSON.stringify(`${JSON.stringify(call)}\n`)})
    console.log(child.pid)`
  const parent = spawn(process.execPath, ['-e', source], { stdio: ['ignore', 'pipe', 'inherit'] })
  const [pid] = await once(parent.stdout, 'data')
  expect(isAlive(Number(pid))).toBe(true)
  // The call holds the other end of this pipe: it closes when both are gone.
  const closed = once(parent.stdout, 'close')
  parent.kill('SIGKILL')
  expect(await Promise.race([closed.then(() => 'ended'), delay(20_000, 'alive', { ref: false })])).toBe('ended')
})

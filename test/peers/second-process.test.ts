/** The process that holds the other end of a bench: what it does when something goes wrong. */
import { mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import ts from 'typescript'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type * as Harness from '../bench/harness/second-process.js'
import { root } from '../support/compile.js'

interface Odd extends Harness.Service {
  readonly calls: {
    echo(text: string): string
    never(): Promise<void>
    refuse(): Promise<void>
  }
}

let folder: string
let service: string
let secondProcess: typeof Harness.secondProcess

/** The other process runs the file itself, without what a test is run by: so it is compiled, alone, for it needs nothing else. */
beforeAll(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'roscius-second-')))
  service = await compiled('test/peers/odd-service')
  ;({ secondProcess } = await import(await compiled('test/bench/harness/second-process')))
})

afterAll(() => rm(folder, { recursive: true, force: true }))

async function compiled(name: string): Promise<string> {
  const text = await readFile(join(root, `${name}.ts`), 'utf8')
  const options = { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2023 }
  const path = join(folder, `${name.replaceAll('/', '-')}.mjs`)
  await writeFile(path, ts.transpileModule(text, { compilerOptions: options }).outputText)
  return pathToFileURL(path).href
}

const opened = (name: string, running: Partial<Harness.Running> = {}) =>
  secondProcess<Odd>({ module: service, name, argument: undefined }, { isApart: false, ...running })

describe('a second process', () => {
  it('answers, and tells what a call throws', async () => {
    await using second = await opened('openOdd')
    expect(await second.call('echo', 'hello')).toBe('hello')
    await expect(second.call('refuse')).rejects.toThrow('refused')
  })

  it('rejects what is outstanding when it is killed, and what is asked afterwards', async () => {
    const second = await opened('openOdd')
    const outstanding = [second.call('never'), second.call('never')].map((call) => call.catch(String))
    await second.kill()
    const rejected = expect.stringContaining('the second process ended early (SIGKILL)')
    expect(await Promise.all(outstanding)).toEqual([rejected, rejected])
    await expect(second.call('echo', 'hello')).rejects.toThrow()
    expect(isRunning(second.pid)).toBe(false)
  })

  it('has ended when it is told that it could not open', async () => {
    const error: Error = await opened('openFailing').then(Promise.reject, (reason) => reason)
    const [, pid] = /process (\d+) does not open/.exec(error.message) ?? []
    expect(isRunning(Number(pid))).toBe(false)
  })

  it('tells which function is not there', async () => {
    await expect(opened('openNothing')).rejects.toThrow('exports no function openNothing')
  })

  it('tells that there is no such Node', async () => {
    const execPath = join(folder, 'no-such-node')
    await expect(opened('openOdd', { execPath })).rejects.toThrow(
      `the second process can't be started: spawn ${execPath}`,
    )
    await expect(opened('openOdd', { execPath, isApart: true })).rejects.toThrow("can't be started")
  })

  it('is ended by its signal while it opens, and while it is asked', async () => {
    await expect(opened('openNever', { signal: AbortSignal.timeout(500) })).rejects.toThrow('ended early (SIGKILL)')
    const ending = new AbortController()
    const second = await opened('openOdd', { signal: ending.signal })
    const outstanding = second.call('never')
    ending.abort()
    await expect(outstanding).rejects.toThrow('ended early (SIGKILL)')
    await second.kill()
  })

  it('is disposed of after it was killed, and twice', async () => {
    const second = await opened('openOdd', { isApart: true })
    await second.kill()
    await second[Symbol.asyncDispose]()
    await second[Symbol.asyncDispose]()
  })
})

/** Left out only where it is about nothing: with one processor none are kept apart, and only Linux tells which a process may use. */
describe.skipIf(process.platform !== 'linux' || availableParallelism() < 2)('a process that is kept apart', () => {
  it.each([
    ['was killed', async () => await (await opened('openOdd', { isApart: true })).kill()],
    ['was closed', async () => await (await opened('openOdd', { isApart: true }))[Symbol.asyncDispose]()],
    ['could not open', async () => void (await opened('openFailing', { isApart: true }).catch(() => undefined))],
  ])('leaves this one all processors once it %s', async (_, endsIt) => {
    const before = await processors()
    await endsIt()
    expect(await processors()).toBe(before)
  })

  it('keeps the two apart until the last one has ended', async () => {
    const before = await processors()
    const [first, last] = [await opened('openOdd', { isApart: true }), await opened('openOdd', { isApart: true })]
    const apart = await processors()
    await first.kill()
    await first[Symbol.asyncDispose]()
    expect(await processors()).toBe(apart)
    await last[Symbol.asyncDispose]()
    expect(await processors()).toBe(before)
  })
})

async function processors(): Promise<string | undefined> {
  const status = await readFile(`/proc/${process.pid}/status`, 'utf8')
  return /^Cpus_allowed_list:\s*(.*)$/m.exec(status)?.[1]
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

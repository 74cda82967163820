import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { createSystem, type System, type SystemEvent } from 'roscius'
import type { ToolCall } from 'roscius/machines'
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { approvalsCommand } from '../../src/cli/commands/approvals.js'
import { agentLogic } from '../governance/approvals/desk-world.js'
import { build } from '../support/build.js'
import { commandLine } from '../support/command-line.js'
import { root } from '../support/compile.js'

const cli = commandLine('approvals')

const KEY = new Uint8Array(32).fill(5)

async function opened(wiped: ToolCall[] = [], encryption?: { key: Uint8Array; keyId: string }): Promise<System> {
  const options = { name: 'n', store: cli.folder, logic: { agent: agentLogic(wiped) }, encryption }
  return (await createSystem(options)) as unknown as System
}

/** Leaves a store with agents that wait, closed. */
async function asked(ids: readonly string[] = ['a'], encryption?: { key: Uint8Array; keyId: string }): Promise<void> {
  const system = await opened([], encryption)
  for (const id of ids) await system.spawn('agent', { id })
  await system.settled()
  await system.stop()
}

async function roscius(...args: string[]): Promise<number> {
  cli.clear()
  return approvalsCommand(args)
}

async function listed(...args: string[]): Promise<{ id: string; code: string; status: string; path: string }[]> {
  expect(await roscius('list', cli.folder, '--json', ...args)).toBe(0)
  return JSON.parse(cli.output).approvals
}

describe('roscius approvals, in a store that no process has open', () => {
  it('lists what is pending, and shows one with all that is needed to decide', async () => {
    await asked()
    expect(await roscius('list', cli.folder)).toBe(0)
    expect(cli.output).toMatch(
      /^1 pending approval\.\n\n[0-9a-f]{8} {2}DANGER {2}wipe \{"disk":"b"\}\n {2}asked by {4}a, /,
    )
    expect(cli.output).toContain('denied in 15 min if nobody decides')
    const [{ code, id } = { code: '', id: '' }] = await listed()
    for (const name of [code, id]) {
      expect(await roscius('show', cli.folder, name)).toBe(0)
      for (const text of ['full', 'make room', 'this one call', '    {\n      "disk": "b"\n    }'])
        expect(cli.output).toContain(text)
    }
  })

  it('keeps a decision for the next system, which tells of it once and tells the agent', async () => {
    await asked()
    const [{ code } = { code: '' }] = await listed()
    expect(await roscius('approve', cli.folder, code, '--by', 'ada', '--reason', 'go')).toBe(0)
    expect(cli.output).toBe(`${code}  approved by ada: wipe {"disk":"b"}, asked by a\n`)
    const wiped: ToolCall[] = []
    const events: SystemEvent[] = []
    for (let n = 0; n < 2; n++) {
      const system = await opened(wiped)
      system.on((event) => events.push(event))
      await system.settled()
      expect(system.actor('agent', 'a').getSnapshot()).toMatchObject({ status: 'done' })
      await system.stop()
    }
    expect(wiped).toMatchObject([{ approvedBy: 'ada' }])
    expect(events.filter(({ type }) => type === 'approvalDecided')).toMatchObject([
      { by: 'ada', reason: 'go', path: 'a' },
    ])
  })

  it('decides once, each id by itself, and answers 1 if one could not be decided', async () => {
    await asked(['a', 'b'])
    const [one, two] = (await listed()).map(({ id }) => id) as [string, string]
    expect(await roscius('deny', cli.folder, one, '--by', 'ada')).toBe(0)
    expect(await roscius('approve', cli.folder, one, two, 'gone', '--by', 'bob')).toBe(1)
    expect(cli.output).toContain('denied by ada')
    expect(cli.output).toContain('There is no approval "gone"')
    expect((await listed('--status', 'any')).map(({ status }) => status)).toEqual(['denied', 'approved'])
  })

  it('decides all that are pending, or those below a path', async () => {
    await asked(['a', 'b', 'c'])
    expect(await roscius('deny', cli.folder, '--all', '--path', 'b', '--by', 'ada')).toBe(0)
    expect((await listed()).map(({ path }) => path).sort()).toEqual(['a', 'c'])
    expect(await roscius('approve', cli.folder, '--all')).toBe(0)
    expect(cli.output.trim().split('\n')).toHaveLength(2)
    expect(await roscius('approve', cli.folder, '--all')).toBe(0)
    expect(cli.output).toBe('No pending approvals.\n')
  })

  it('sees that the time of a question is over, whether or not a system has been there to notice', async () => {
    await asked()
    const [{ id } = { id: '' }] = await listed()
    vi.spyOn(Date, 'now').mockReturnValue(Date.now() + 3_600_000)
    expect(await roscius('approve', cli.folder, id, '--by', 'ada')).toBe(1)
    expect(cli.output).toContain('nobody decided in time')
    expect(await listed('--status', 'expired')).toHaveLength(1)
  })

  it('reads and writes an encrypted store with ROSCIUS_KEY', async () => {
    const encryption = { key: KEY, keyId: 'k1' }
    await asked(['a'], encryption)
    await expect(roscius('list', cli.folder)).rejects.toMatchObject({ code: 'STORE_KEY_WRONG' })
    vi.stubEnv('ROSCIUS_KEY', Buffer.from(KEY).toString('hex'))
    expect(await roscius('approve', cli.folder, '--all', '--by', 'ada')).toBe(0)
    const system = await opened([], encryption)
    await system.settled()
    expect(system.actor('agent', 'a').getSnapshot()).toMatchObject({ status: 'done' })
    await system.stop()
  })

  it('explains itself with --help, and answers 2 when it is called wrongly', async () => {
    expect(await roscius('--help')).toBe(0)
    expect(cli.output).toContain('Usage: roscius approvals')
    await asked()
    const wrong = [
      [],
      ['list'],
      ['decide', cli.folder],
      ['approve', cli.folder],
      ['approve', cli.folder, 'x', '--all'],
      ['approve', cli.folder, 'x', '--by', ''],
      ['approve', cli.folder, 'x', '--path', 'a'],
      ['show', cli.folder],
      ['show', cli.folder, 'x', 'y'],
      ['list', cli.folder, '--by', 'ada'],
    ]
    for (const args of wrong) expect(await roscius(...args), args.join(' ')).toBe(2)
    await expect(roscius('list', cli.folder, '--status', 'lost')).rejects.toThrow(/status/)
    await expect(roscius('approve', cli.folder, 'x', '--by', '  ')).rejects.toThrow(/--by/)
    await expect(roscius('approve', cli.folder, 'x', '--by', 'a\u001b[2Jda')).rejects.toThrow(/--by/)
    await expect(roscius('list', join(cli.folder, 'absent'))).rejects.toMatchObject({ code: 'STORE_FAILED' })
  })
})

/** The victim's process, and what it says. */
class Victim {
  text = ''
  readonly #child: ChildProcess

  constructor(door: 'door' | 'none') {
    const program = fileURLToPath(new URL('approvals-victim.mjs', import.meta.url))
    const dist = pathToFileURL(join(root, 'dist')).href
    this.#child = spawn(process.execPath, [program, cli.folder, dist, door], { stdio: ['ignore', 'pipe', 'pipe'] })
    for (const stream of [this.#child.stdout, this.#child.stderr])
      stream?.setEncoding('utf8').on('data', (chunk: string) => {
        this.text += chunk
      })
  }

  async says(text: string): Promise<void> {
    const { stdout } = this.#child
    while (!this.text.includes(text)) {
      if (stdout === null || stdout.readableEnded) throw new Error(`The process has ended: ${this.text}`)
      await Promise.race([once(stdout, 'data'), once(stdout, 'end')])
    }
  }

  async kill(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return
    this.#child.kill('SIGKILL')
    await once(this.#child, 'close')
  }
}

describe('roscius approvals, of a running system', () => {
  beforeAll(() => build(), 120_000)
  const victims: Victim[] = []
  afterEach(async () => {
    for (const victim of victims.splice(0)) await victim.kill()
  })
  const started = async (door: 'door' | 'none'): Promise<Victim> => {
    const victim = new Victim(door)
    victims.push(victim)
    await victim.says('ready\n')
    return victim
  }

  it('decides in it, and its agent goes on', async () => {
    const victim = await started('door')
    const [{ code } = { code: '' }] = await listed()
    expect(await roscius('show', cli.folder, code)).toBe(0)
    expect(cli.output).toContain('The disk is full.')
    expect(cli.notes).toBe('')
    expect(await roscius('approve', cli.folder, code, '--by', 'ada')).toBe(0)
    await victim.says('decided by ada\n')
    await victim.says('a is done\n')
    expect(await roscius('deny', cli.folder, code, '--by', 'bob')).toBe(1)
    expect(cli.output).toContain('approved by ada')
  })

  it('finds the question after kill -9, in the store and in the next process, which hears the answer', async () => {
    const first = await started('door')
    const [{ id } = { id: '' }] = await listed()
    await first.kill()
    expect((await listed()).map((approval) => approval.id)).toEqual([id])
    const second = await started('door')
    expect((await listed()).map((approval) => approval.id)).toEqual([id])
    await second.kill()
    expect(await roscius('approve', cli.folder, id, '--by', 'ada')).toBe(0)
    const third = await started('door')
    await third.says('decided by ada\n')
    await third.says('a is done\n')
    expect(await listed('--status', 'approved')).toHaveLength(1)
  })

  it('shows what one without a door had committed, and decides nothing there', async () => {
    await started('none')
    const [{ id } = { id: '' }] = await listed()
    expect(cli.notes).toContain('serveControl')
    await expect(roscius('approve', cli.folder, id, '--by', 'ada')).rejects.toMatchObject({ code: 'STORE_LOCKED' })
  })
})

import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { createSystem, memoryNetwork, startChild, supervisor, systemClock } from 'roscius'
import { levelStore } from 'roscius/level'
import { describe, expect, it, vi } from 'vitest'
import { assign, createMachine } from 'xstate'
import { treeCommand } from '../../src/cli/commands/tree.js'
import { commandLine } from '../support/command-line.js'
import { openNode, passes } from './linked-pair.js'

const cli = commandLine('tree')

const worker = createMachine({
  context: { n: 0 },
  initial: 'idle',
  states: { idle: { on: { GO: 'busy' } }, busy: { type: 'atomic' } },
  on: {
    INC: { actions: assign({ n: ({ context }) => context.n + 1 }) },
    BREAK: {
      actions: assign(() => {
        throw new Error('broken')
      }),
    },
  },
})
const pool = supervisor({ children: [{ id: 'a', logic: 'worker' }], template: { logic: 'worker' } })
const KEY = new Uint8Array(32).fill(5)

const open = (encryption?: { key: Uint8Array; keyId: string }) =>
  createSystem({ name: 'n', store: cli.folder, logic: { worker, pool }, encryption })

/** A supervisor with two children: one is busy, one was restarted. */
async function grow(system: Awaited<ReturnType<typeof open>>): Promise<void> {
  const ref = await system.spawn('pool', { id: 'pool' })
  await startChild(ref, { id: 'b' })
  await system.actor('worker', 'pool/a').deliver({ type: 'GO' })
  await system
    .actor('worker', 'pool/b')
    .deliver({ type: 'BREAK' })
    .catch(() => undefined)
}

const name = () => cli.folder.split('/').at(-1)

async function grown(encryption?: { key: Uint8Array; keyId: string }): Promise<void> {
  await using system = await open(encryption)
  await grow(system)
}

describe('roscius tree', () => {
  it('draws a store that no process has open', async () => {
    await grown()
    expect(await treeCommand([cli.folder])).toBe(0)
    expect(cli.output).toBe(`${name()}: 3 actors (3 active)
└─ pool  pool    active  running  supervisor
   ├─ a  worker  active  busy
   └─ b  worker  active  idle     3 restarts
`)
    expect(cli.notes).toBe('')
  })

  it('draws what a running system has committed, and leaves its folder as it is', async () => {
    await using system = await open()
    await grow(system)
    const files = () => readdirSync(cli.folder).filter((file) => !file.startsWith('LOG'))
    const before = files()
    expect(await treeCommand([cli.folder])).toBe(0)
    expect(cli.output).toContain('└─ b  worker  active  idle     3 restarts')
    expect(cli.notes).toContain('A process has the store open')
    expect(files()).toEqual(before)
    expect(await system.actor('worker', 'pool/b').deliver({ type: 'GO' })).toMatchObject({ outcome: 'handled' })
  })

  it('gets a whole copy of a store that changes all the time', async () => {
    await using system = await open()
    await grow(system)
    const ref = system.actor('worker', 'pool/a')
    let isOver = false
    const writes = (async () => {
      while (!isOver) await Promise.all(Array.from({ length: 50 }, () => ref.deliver({ type: 'INC' })))
    })()
    for (let n = 0; n < 5; n++) {
      cli.clear()
      expect(await treeCommand(['--json', cli.folder])).toBe(0)
      expect(JSON.parse(cli.output)).toMatchObject({ counts: { active: 3 } })
    }
    isOver = true
    await writes
  })

  it('draws actors that hold refs of other nodes, and nothing of those nodes', async () => {
    const place = { network: memoryNetwork({ clock: systemClock() }), folder: cli.folder }
    const a = await openNode(place, 'a', 'b')
    await a.spawn('guard', { id: 'g', input: { target: a.actor('counter', 'roscius://b/c') } })
    await passes(a, 'b', 3)
    await a.stop()
    expect(await treeCommand([join(cli.folder, 'a')])).toBe(0)
    expect(cli.output).toBe(`a: 2 actors (2 active)
├─ g     guard  active  its only state
└─ boss  boss   active  its only state
`)
  })

  it('prints one JSON object with --json, and counts what is deeper than --depth', async () => {
    await grown()
    expect(await treeCommand(['--json', '--depth', '1', cli.folder])).toBe(0)
    expect(JSON.parse(cli.output)).toMatchObject({
      counts: { active: 3 },
      children: [{ id: 'pool', path: 'pool', isSupervisor: true, below: 2, children: [] }],
    })
    cli.clear()
    expect(await treeCommand(['--depth', '1', cli.folder])).toBe(0)
    expect(cli.output).toContain('2 below')
  })

  it('answers 1 where an actor can not be read, and draws the others', async () => {
    await grown()
    const store = await levelStore(cli.folder)
    await store.batch([{ type: 'put', key: 'a/pool/a', value: Uint8Array.of(1, 2, 3) }], { sync: true })
    await store.close()
    expect(await treeCommand([cli.folder])).toBe(1)
    expect(cli.output).toContain('3 actors (2 active, 1 quarantined)')
    expect(cli.notes).toContain('roscius verify')
  })

  it('reads an encrypted store with ROSCIUS_KEY', async () => {
    await grown({ key: KEY, keyId: 'k1' })
    await expect(treeCommand([cli.folder])).rejects.toMatchObject({ code: 'STORE_KEY_WRONG' })
    vi.stubEnv('ROSCIUS_KEY', Buffer.from(KEY).toString('hex'))
    expect(await treeCommand([cli.folder])).toBe(0)
    expect(cli.output).toContain('3 actors')
  })

  it('explains itself with --help, and answers 2 when it is called wrongly', async () => {
    expect(await treeCommand(['--help'])).toBe(0)
    expect(cli.output).toContain('Usage: roscius tree')
    expect(await treeCommand([])).toBe(2)
    expect(await treeCommand(['--depth', '0', cli.folder])).toBe(2)
    await expect(treeCommand([join(cli.folder, 'absent')])).rejects.toMatchObject({ code: 'STORE_FAILED' })
  })
})

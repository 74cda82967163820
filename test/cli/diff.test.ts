import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { createSystem } from 'roscius'
import { levelStore } from 'roscius/level'
import { describe, expect, it } from 'vitest'
import { diffCommand } from '../../src/cli/commands/diff.js'
import { vizCommand } from '../../src/cli/commands/viz.js'
import { commandLine } from '../support/command-line.js'
import { machineIn, moduleIn } from './machine-files.js'

const cli = commandLine('diff')

const OLD = `
const worker = createMachine({ id: 'worker', initial: 'idle', states: { idle: { on: { GO: 'busy' } }, busy: { on: { DROP: 'idle' } } } })
export const job = createMachine({
  id: 'job',
  initial: 'asking',
  states: {
    asking: { on: { YES: { target: 'working', guard: 'isSure' }, NO: 'refused', END: 'over' } },
    refused: { on: { AGAIN: 'asking' } },
    working: { invoke: { id: 'w', src: 'worker' }, after: { 1000000: 'asking' }, on: { BACK: 'asking' } },
    over: { type: 'final' },
  },
}).provide({ guards: { isSure: () => true }, actors: { worker } })`
const NEW = OLD.replace("busy: { on: { DROP: 'idle' } }", "working: { on: { DROP: 'idle' } }")
  .replace("GO: 'busy'", "GO: 'working'")
  .replace("refused: { on: { AGAIN: 'asking' } },", '')
  .replace("NO: 'refused'", "NO: 'over'")
  .replace("guard: 'isSure'", "guard: 'isVerySure'")
  .replace('1000000', '2000000')

const oldFile = () => moduleIn(cli.folder, OLD, 'old.mjs')
const newFile = () => moduleIn(cli.folder, NEW, 'new.mjs')
const data = () => join(cli.folder, 'data')

async function open(file: string) {
  return createSystem({ name: 'n', store: data(), logic: { job: await machineIn(file, 'job') } })
}

/** One actor for each state that it can be left in. */
async function fill(system: Awaited<ReturnType<typeof open>>): Promise<void> {
  for (const [id, ...events] of [['asks'], ['refuses', 'NO'], ['works', 'YES'], ['ends', 'END']] as const) {
    const ref = await system.spawn('job', { id })
    for (const type of events) await ref.deliver({ type })
  }
}

describe('roscius diff', () => {
  it('answers 0 where nothing differs', async () => {
    expect(await diffCommand([oldFile(), oldFile()])).toBe(0)
    expect(cli.output).toBe('job: the same\njob.actors.worker: the same\n')
  })

  it('answers 1 and tells each change, also of the machines that one invokes', async () => {
    expect(await diffCommand([oldFile(), newFile()])).toBe(1)
    expect(cli.output.split('\n')).toEqual([
      'job: 4 changes',
      '  asking: YES [isVerySure]: guard isVerySure, was isSure',
      '  asking: NO leads to over, was refused',
      '  working: after 2000000: delay 2000000, was 1000000',
      '  refused: is gone',
      'job.actors.worker: 1 change',
      '  busy: is called working now',
      '',
    ])
  })

  it('prints one JSON object with --json', async () => {
    expect(await diffCommand([oldFile(), newFile(), '--json', '--export', 'job'])).toBe(1)
    const told = JSON.parse(cli.output)
    expect(told).toMatchObject({ same: false, machines: [{ name: 'job', status: 'changed' }] })
    expect(told.machines).toHaveLength(1)
    expect(told.machines[0].changes).toContainEqual({ kind: 'stateRemoved', state: ['refused'] })
  })

  it('compares with a definition that was written down', async () => {
    const written = join(cli.folder, 'job.json')
    await vizCommand([oldFile(), '--format', 'json', '-o', written])
    expect(await diffCommand([written, oldFile(), '--export', 'job'])).toBe(0)
    cli.clear()
    expect(await diffCommand([written, newFile(), '--export', 'job'])).toBe(1)
    expect(cli.output).toContain('refused: is gone')
  })

  it('tells machines that are new and gone', async () => {
    const two = moduleIn(
      cli.folder,
      "export const a = createMachine({ id: 'a' })\nexport const b = createMachine({ id: 'b' })",
      'two.mjs',
    )
    const other = moduleIn(
      cli.folder,
      "export const a = createMachine({ id: 'a' })\nexport const c = createMachine({ id: 'c' })",
      'other.mjs',
    )
    expect(await diffCommand([two, other])).toBe(1)
    expect(cli.output).toBe('a: the same\nc: new\nb: gone\n')
  })

  it('says what it does not take', async () => {
    expect(await diffCommand([])).toBe(2)
    expect(cli.notes).toContain('Usage: roscius diff')
    await expect(diffCommand([join(cli.folder, 'none.mjs'), oldFile()])).rejects.toThrow('There is no file')
    await expect(diffCommand([oldFile(), newFile(), '--export', 'x'])).rejects.toThrow('no machine "x"')
    await expect(diffCommand([oldFile(), newFile(), '--store', cli.folder])).rejects.toThrow('holds no store')
    expect(await diffCommand(['--help'])).toBe(0)
  })
})

describe('roscius diff --store', () => {
  it('tells which stored actors the changes touch: lost, changed, or what is inside of them renamed', async () => {
    {
      await using system = await open(oldFile())
      await fill(system)
      await (await system.spawn('job', { id: 'busy' })).deliver({ type: 'YES' })
    }
    expect(await diffCommand([oldFile(), newFile(), '--store', data()])).toBe(1)
    const [, told = ''] = cli.output.split('\n\n')
    expect(told.split('\n')).toEqual([
      `${data()}: 4 actors of these machines, 4 are touched`,
      '  changed  asks  in asking  asking: YES [isVerySure]: guard isVerySure, was isSure; asking: NO leads to over, was refused',
      '  changed  busy  in working  working: after 2000000: delay 2000000, was 1000000',
      '  lost     refuses  in refused  lacks refused',
      '  changed  works  in working  working: after 2000000: delay 2000000, was 1000000',
      '',
    ])
    expect(cli.notes).toBe('')
  })

  it('tells of machines inside an actor, by what leads to them', async () => {
    const nested = (text: string) =>
      text.replace("states: { idle: { on: { GO: 'busy' }", "states: { idle: { always: 'busy', on: { GO: 'busy' }")
    const before = moduleIn(cli.folder, nested(OLD), 'before.mjs')
    const gone = OLD.replace(
      "idle: { on: { GO: 'busy' } }, busy: { on: { DROP: 'idle' } }",
      "idle: { always: 'other' }, other: {}",
    )
    const after = moduleIn(cli.folder, gone, 'after.mjs')
    {
      await using system = await open(before)
      await (await system.spawn('job', { id: 'a' })).deliver({ type: 'YES' })
    }
    expect(await diffCommand([before, after, '--store', data(), '--json'])).toBe(1)
    expect(JSON.parse(cli.output).store).toMatchObject({
      actors: 1,
      touched: [
        { path: 'a', inside: 'w', machine: 'job.actors.worker', state: 'busy', how: 'lost', missing: ['busy'] },
      ],
    })
  })

  it('reads a copy while a system has the store open, and changes nothing', async () => {
    await using system = await open(oldFile())
    await fill(system)
    const files = () => readdirSync(data()).filter((name) => !name.startsWith('LOG'))
    const before = files()
    expect(await diffCommand([oldFile(), newFile(), '--store', data(), '--json'])).toBe(1)
    const { store } = JSON.parse(cli.output)
    expect(store.touched.map(({ path, how }: { path: string; how: string }) => [path, how])).toEqual([
      ['asks', 'changed'],
      ['refuses', 'lost'],
      ['works', 'changed'],
    ])
    expect(cli.notes).toContain('A process has the store open')
    expect(files()).toEqual(before)
  })

  it('finds them by the name of their logic, where they were stored by yet another machine', async () => {
    const older = moduleIn(cli.folder, OLD.replace("BACK: 'asking'", ''), 'older.mjs')
    {
      await using system = await open(older)
      await fill(system)
    }
    await diffCommand([oldFile(), newFile(), '--store', data()])
    expect(cli.output).toContain('0 actors of these machines, 0 are touched')
    cli.clear()
    await diffCommand([oldFile(), newFile(), '--store', data(), '--logic', 'job'])
    expect(cli.output).toContain('3 actors of these machines, 3 are touched')
  })

  it('finds them by a definition that was written down', async () => {
    const written = join(cli.folder, 'job.json')
    await vizCommand([oldFile(), '--format', 'json', '-o', written])
    {
      await using system = await open(oldFile())
      await fill(system)
    }
    cli.clear()
    expect(await diffCommand([written, newFile(), '--export', 'job', '--store', data()])).toBe(1)
    expect(cli.output).toContain('3 actors of these machines, 3 are touched')
  })

  it('counts those that it can not read', async () => {
    {
      await using system = await open(oldFile())
      await fill(system)
    }
    const store = await levelStore(data())
    await store.batch([{ type: 'put', key: 'a/asks', value: new Uint8Array([0xc1, 1, 2]) }], { sync: true })
    await store.close()
    await diffCommand([oldFile(), newFile(), '--store', data()])
    expect(cli.output).toContain("1 can't be read: roscius verify")
  })
})

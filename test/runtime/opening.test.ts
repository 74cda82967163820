import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createSystem } from 'roscius'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { assign, createMachine, fromPromise, setup } from 'xstate'
import { all, World } from '../support/world.js'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'roscius-opening-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const counter = createMachine({
  context: { count: 0, secret: 'correct horse battery staple' },
  on: { INC: { actions: assign({ count: ({ context }) => context.count + 1 }) } },
})

/** Opens the LevelDB folder in a process of its own and keeps it open until its input ends. */
const HOLDER = `
  import { ClassicLevel } from 'classic-level'
  const db = new ClassicLevel(process.argv[1])
  await db.open()
  process.stdout.write('open')
  process.stdin.resume().on('end', () => process.exit())
`

describe('createSystem', () => {
  it('on a LevelDB folder goes on where it was', async () => {
    {
      await using system = await createSystem({ name: 'n', store: folder, logic: { counter } })
      await (await system.spawn('counter', { id: 'c' })).deliver({ type: 'INC' })
    }
    await using system = await createSystem({ name: 'n', store: folder, logic: { counter } })
    expect([system.incarnation, system.actor('counter', 'c').getSnapshot().context.count]).toEqual([2, 1])
  })

  it("on a folder that another process has open rejects with STORE_LOCKED and the folder's name", async () => {
    await (await createSystem({ name: 'n', store: folder, logic: {} })).stop()
    const holder = spawn(process.execPath, ['--input-type=module', '-e', HOLDER, folder], {
      stdio: ['pipe', 'pipe', 'inherit'],
    })
    await once(holder.stdout, 'data')
    await expect(createSystem({ name: 'n', store: folder, logic: {} })).rejects.toMatchObject({
      code: 'STORE_LOCKED',
      message: expect.stringContaining(folder),
    })
    const gone = once(holder, 'exit')
    holder.stdin.end()
    await gone
    await (await createSystem({ name: 'n', store: folder, logic: {} })).stop()
  })

  it('encrypts values at rest, and refuses the wrong key', async () => {
    const world = new World({ counter }, { encryption: { key: new Uint8Array(32).fill(7), keyId: 'k1' } })
    const system = await world.open()
    await (await system.spawn('counter', { id: 'c' })).deliver({ type: 'INC' })
    await world.stop()
    for await (const [, value] of world.store.range({ gte: 'a', lt: 'z' }))
      expect(Buffer.from(value).toString('latin1')).not.toContain('horse')
    const again = await world.open()
    expect(again.actor('counter', 'c').getSnapshot().context).toEqual({
      count: 1,
      secret: 'correct horse battery staple',
    })
    await world.stop()
    await expect(
      world.open(world.logic, { encryption: { key: new Uint8Array(32).fill(8), keyId: 'k1' } }),
    ).rejects.toMatchObject({ code: 'STORE_KEY_WRONG' })
  })

  it('refuses bad options with the path of the field', async () => {
    const cases: [object, string][] = [
      [{ name: 'a b' }, 'name'],
      [{ store: 5 }, 'store'],
      [{ logic: { counter: { logic: counter, mailbox: { capacity: 0 } } } }, 'logic.counter.mailbox.capacity'],
      [{ logic: { counter: 'machine' } }, 'logic.counter'],
      [{ turn: { maxEvents: -1 } }, 'turn.maxEvents'],
      [{ unknown: 1 }, 'unknown'],
    ]
    for (const [options, field] of cases) {
      const whole = { name: 'n', store: folder, logic: {}, ...options }
      await expect(createSystem(whole as never), field).rejects.toMatchObject({
        code: 'OPTIONS_INVALID',
        details: { field: expect.stringContaining(field) },
      })
    }
  })

  it('brings only actors with something to do into memory (D13)', async () => {
    const working = setup({ actors: { wait: fromPromise(() => new Promise<void>(() => {})) } }).createMachine({
      invoke: { src: 'wait' },
    })
    const sleeping = createMachine({ initial: 'a', states: { a: { after: { 1000: 'b' } }, b: {} } })
    const world = new World({ counter, working, sleeping })
    const system = await world.open()
    await system.spawn('counter', { id: 'idle' })
    await system.spawn('working', { id: 'working' })
    await system.spawn('sleeping', { id: 'due' })
    await world.clock.advance(500)
    await system.spawn('sleeping', { id: 'later' })
    await world.crash()
    await world.clock.advance(700)
    await world.open()
    await world.clock.advance(0)
    expect((await all(world.system.actors())).map(({ path, isInMemory }) => [path, isInMemory])).toEqual([
      ['due', true],
      ['idle', false],
      ['later', false],
      ['working', true],
    ])
    expect(world.system.actor('sleeping', 'due').getSnapshot().value).toBe('b')
    await world.stop()
  })

  it('raises the incarnation durably at each start, and keeps the storeId', async () => {
    const world = new World({ counter })
    const { storeId } = await world.open()
    await world.crash({ powerLoss: true })
    const again = await world.open()
    expect([again.incarnation, again.storeId]).toEqual([2, storeId])
    await world.stop()
  })

  it('refuses a store of a newer format', async () => {
    const world = new World({ counter })
    await world.open()
    await world.stop()
    const value = Uint8Array.from(world.store.get('meta') ?? [])
    value[0] = 99
    await world.store.batch([{ type: 'put', key: 'meta', value }], { sync: true })
    await expect(world.open()).rejects.toMatchObject({ code: 'RECORD_UNSUPPORTED' })
  })
})

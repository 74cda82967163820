import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createMachine, fromPromise } from 'xstate'
import { createHistory } from '../../../src/inspect/history/history.js'
import { World } from '../../support/world.js'
import { fragile, hostile, order, parent, pickyNow } from './replayed-machines.js'

const root = fileURLToPath(new URL('../../../', import.meta.url))
const machines = fileURLToPath(new URL('./replayed-machines.ts', import.meta.url))

let folder: string
/** Every test that was written, by its name: all are run at once, as vitest takes a while to start. */
const written = new Map<string, string>()

beforeAll(async () => {
  await mkdir(join(root, '.cache'), { recursive: true })
  folder = await mkdtemp(join(root, '.cache', 'replay-'))
})

async function write(name: string, text: string): Promise<string> {
  written.set(name, text)
  await writeFile(join(folder, `${name}.test.ts`), text)
  return text
}

/** Runs the written tests as a user would. */
async function run(): Promise<{ passed: string[]; failed: string[]; messages: string }> {
  const config = join(folder, 'vitest.config.mjs')
  const settings = { root, test: { include: [join(folder, '*.test.ts')] } }
  await writeFile(config, `export default ${JSON.stringify(settings)}`)
  const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs')
  const args = [vitest, 'run', '--config', config, '--reporter=json', '--maxWorkers=1', '--no-isolate']
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: root }).catch((error) => error)
  const report = JSON.parse(stdout) as {
    testResults: { name: string; message: string; assertionResults: { status: string; failureMessages: string[] }[] }[]
  }
  const nameOf = (file: string): string => file.slice(folder.length + 1, -'.test.ts'.length)
  const isFine = (one: (typeof report.testResults)[number]): boolean =>
    one.assertionResults.length > 0 && one.assertionResults.every(({ status }) => status === 'passed')
  return {
    passed: report.testResults.filter(isFine).map(({ name }) => nameOf(name)),
    failed: report.testResults.filter((one) => !isFine(one)).map(({ name }) => nameOf(name)),
    messages: report.testResults
      .flatMap(({ message, assertionResults }) => [message, ...assertionResults.flatMap((one) => one.failureMessages)])
      .join('\n'),
  }
}

afterAll(() => rm(folder, { recursive: true, force: true }))

describe('a history as a test', () => {
  test('repeats events, delays and the results of effects, from the start on', async () => {
    const world = new World({ order })
    const system = await world.open()
    const ref = await system.spawn('order', { id: 'o 1', input: { due: new Date(5), tags: new Map([['a', 1n]]) } })
    await ref.deliver({ type: 'ADD', item: 'lamp', note: undefined })
    await ref.deliver({ type: 'ADD', item: 'Bob\'s <"chair">\n\u2028` ', note: new Set([1]) })
    await ref.deliver({ type: 'PAY' })
    await system.settled()
    await world.advance(1_000)
    const text = await createHistory(system).replayTest('o%201', { module: machines, name: 'order' })
    expect(text).toContain('start({ due: new Date(')
    expect(text).toContain("new Map([['a', 1n]])")
    expect(text).toContain('note: undefined')
    expect(text).toContain('xstate.done.actor.charge')
    expect(text).toContain('xstate.after.1000.order.paid')
    expect(text).toContain('which it sent itself')
    expect(text).toContain('expect(state.context).toEqual(')
    expect(text).not.toContain('resume(')
    await write('order', text)
    const part = await createHistory(system).replayTest('o%201', { module: machines, name: 'order', from: 3, to: 4 })
    expect(part).toContain('resume({')
    expect(part).not.toContain('start(')
    await write('part', part)
    await world.stop()
  })

  test('repeats what children inside of the actor sent to it', async () => {
    const world = new World({ parent })
    const system = await world.open()
    const ref = await system.spawn('parent', { id: 'p' })
    await world.advance(500)
    await ref.deliver({ type: 'AGAIN' })
    await world.advance(500)
    const text = await createHistory(system).replayTest('p', { module: machines, name: 'parent' })
    expect(text).toContain('TICKED')
    expect(text).toContain('xstate.done.actor.ticker')
    await write('parent', text)
    await world.stop()
  })

  test('shows what it failed on', async () => {
    const world = new World({ fragile })
    const system = await world.open()
    const ref = await system.spawn('fragile', { id: 'f' })
    for (const type of ['STEP', 'BREAK', 'STEP', 'LEAK', 'BURN', 'STEP']) {
      await ref.deliver({ type, how: 'falling' }).catch(() => undefined)
      await world.advance(10_000)
    }
    const text = await createHistory(system).replayTest('f', { module: machines, name: 'fragile' })
    expect(text).toContain(`handle({ type: 'BREAK', how: 'falling' })).toThrow("it's falling \\"apart\\"")`)
    expect(text).toMatch(/handle\(\{ type: 'LEAK'.*\.toThrow\(\)/)
    expect(text).not.toContain('abcdefghijklmnop')
    expect(text).toContain('not the machine alone that fails')
    await write('fragile', text)
    await world.stop()
  })

  test('says where the machine of today comes elsewhere, and goes on from the record', async () => {
    const world = new World({ picky: pickyNow(false) })
    const system = await world.open()
    const ref = await system.spawn('picky', { id: 'x' })
    await ref.deliver({ type: 'GO' })
    await ref.deliver({ type: 'BACK' })
    const changed = await world.restart({ picky: pickyNow(true) })
    const text = await createHistory(changed).replayTest('x', { module: machines, name: 'pickyToday' })
    expect(text).toContain("can't be repeated with the machine alone")
    await write('picky', text)
    await world.stop()
  })

  test('stays a text of data, whatever the names and values are', async () => {
    const world = new World({ hostile })
    const system = await world.open()
    const ref = await system.spawn('hostile', { id: "x'\n*/ process.exit(1) //" })
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is to stay a text.
    const code = '${process.exit(1)}'
    const evil = Object.fromEntries([
      ['constructor', { prototype: { polluted: true } }],
      ["'); process.exit(1); ('", code],
      ['password', 'hunter2'],
      ['line', 'a\n// b\u2028process.exit(1)\r'],
      ['lone', [Number.NaN, -0, Number.POSITIVE_INFINITY, new Uint8Array([1, 2]), new Float64Array([0.5]), /a'\//g]],
      ['error', Object.assign(new TypeError("it's \\ bad"), { code: 'X' })],
      ['actor', ref],
    ])
    await ref.deliver({ type: "EVIL'\n); process.exit(1) //", ...evil })
    const text = await createHistory(system).replayTest(ref.path, { module: machines, name: 'hostile' })
    expect(text).not.toContain('hunter2')
    expect(text).toContain('ref(')
    await write('hostile', text)
    await world.stop()
  })

  test('is refused where the machine has not got the states any more', async () => {
    const world = new World({ picky: pickyNow(false) })
    const system = await world.open()
    await (await system.spawn('picky', { id: 'x' })).deliver({ type: 'GO' })
    const changed = await world.restart({ picky: createMachine({ id: 'picky', initial: 'z', states: { z: {} } }) })
    await expect(createHistory(changed).replayTest('x')).rejects.toMatchObject({ code: 'ACTOR_QUARANTINED' })
    const without = await world.restart({ picky: fromPromise(async () => 1) })
    await expect(createHistory(without).replayTest('x')).rejects.toMatchObject({ code: 'OPTIONS_INVALID' })
    await world.stop()
  })

  test('has one line to fill in where nobody says where the machine is', async () => {
    const world = new World({ order })
    const system = await world.open()
    await system.spawn('order', { id: 'o', input: { due: new Date(5), tags: new Map() } })
    const text = await createHistory(system).replayTest('o')
    expect(text).toContain("import { machine } from './machine.js'")
    const history = createHistory(system)
    await expect(history.replayTest('o', { name: "x'; evil" })).rejects.toMatchObject({
      details: { field: 'replayTest.name' },
    })
    await expect(history.replayTest('o', { from: 0 })).rejects.toMatchObject({ details: { field: 'replayTest.from' } })
    await world.stop()
  })

  test('passes when it is run, and fails against another machine', async () => {
    const other = written.get('order')?.replace('{ order }', '{ otherOrder as order }') ?? ''
    await write('other', other)
    const { passed, failed, messages } = await run()
    expect({ passed: passed.sort(), failed }, messages).toEqual({
      passed: ['fragile', 'hostile', 'order', 'parent', 'part', 'picky'],
      failed: ['other'],
    })
  })
})

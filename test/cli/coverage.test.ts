import { join } from 'node:path'
import { createSystem, type System, serveControl } from 'roscius'
import { afterEach, describe, expect, it } from 'vitest'
import { coverageCommand } from '../../src/cli/commands/coverage.js'
import { vizCommand } from '../../src/cli/commands/viz.js'
import { findControl } from '../../src/control/client/control-client.js'
import { commandLine } from '../support/command-line.js'
import { machineIn, moduleIn } from './machine-files.js'
import { expectTame, onTerminal } from './terminal.js'

const cli = commandLine('coverage')
const undo: (() => unknown)[] = []
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step()
})

const MACHINE = `
export const order = createMachine({
  id: 'order',
  initial: 'open',
  states: {
    open: {
      on: {
        PAY: [{ guard: 'isLarge', target: 'checking' }, { target: 'paid' }],
        ASK: { guard: 'isKnown' },
        CLOSE: 'closed',
      },
    },
    checking: { on: { PASS: { guard: 'isFine', target: 'paid' } } },
    paid: {},
    closed: {},
  },
}).provide({ guards: {
  isLarge: ({ event }) => event.amount > 10,
  isKnown: () => true,
  isFine: () => true,
} })`
const OTHER = "\nexport const other = createMachine({ id: 'other', initial: 'a', states: { a: {}, b: {} } })"

const file = () => moduleIn(cli.folder, MACHINE + OTHER)
const data = () => join(cli.folder, 'data')

/** One order that is asked for and paid little, one that does nothing. */
async function shop(): Promise<System> {
  const logic = { buying: await machineIn(file(), 'order') }
  const system = await createSystem({ name: 'shop', store: data(), logic, logger: () => {} })
  const one = await system.spawn('buying', { id: 'one' })
  await one.deliver({ type: 'ASK' })
  await one.deliver({ type: 'PAY', amount: 1 } as never)
  await system.spawn('buying', { id: 'two' })
  return system as unknown as System
}

const closed = async (): Promise<void> => (await shop()).stop()

async function served(): Promise<System> {
  const system = await shop()
  undo.push(() => system.stop())
  const door = await serveControl(system, { folder: data() })
  undo.push(() => door.close())
  return system
}

async function said(...args: readonly string[]): Promise<string> {
  cli.clear()
  expect(await coverageCommand(args)).toBe(0)
  expectTame(cli.output, 120)
  return cli.output
}

const PAID = [
  /^order as buying: states 60% \(3 of 5\), transitions 40% \(2 of 5\), guard outcomes 33% \(2 of 6\)\n/,
  /\nIn journals, since \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC\n/,
  /\nNever entered: 2\nstate\norder\.checking\norder\.closed\n/,
  /\nNever taken: 3\nfrom +on +guard +to\norder\.open +PAY +isLarge +order\.checking\norder\.open +CLOSE +order\.closed\norder\.checking +PASS +isFine +order\.paid\n/,
  /\nGuards that always said the same: 3\nfrom +on +guard +said\norder\.open +PAY +isLarge +no, 1x\norder\.open +ASK +isKnown +yes, 1x\norder\.checking +PASS +isFine +nothing yet\n$/,
]

describe('roscius coverage', () => {
  it('tells what a store has never seen: states, transitions, and what guards never said', async () => {
    await closed()
    const text = await said(`${file()}#order`, data())
    for (const part of PAID) expect(text).toMatch(part)
    expect(cli.notes).toBe('')
  })

  it('asks a running system, which says the same', async () => {
    await served()
    const text = await said(`${file()}#order`, data())
    for (const part of PAID) expect(text).toMatch(part)
  })

  it('tells what was seen live, while somebody watched', async () => {
    const system = await served()
    expect(await said(`${file()}#order`, data(), '--live')).toMatch(/^order as buying: states 0% \(0 of 5\)/)
    const running = await findControl(data())
    await new Promise<void>((resolve) => void running?.live({ topic: 'tree' }, () => resolve()))
    await system.actor('buying' as never, 'two').deliver({ type: 'CLOSE' })
    const text = await said(`${file()}#order`, data(), '--live')
    expect(text).toMatch(/^order as buying: states 20% \(1 of 5\), transitions 20% \(1 of 5\)/)
    expect(text).toMatch(/\nLive, since /)
  })

  it('shows all counts, if that is asked for', async () => {
    await closed()
    const text = await said(`${file()}#order`, data(), '--all')
    expect(text).toMatch(/\nStates: 5\nstate +entered\norder +2\norder\.open +2\norder\.checking +0\norder\.paid +1\n/)
    expect(text).toMatch(
      /\nTransitions: 5\nfrom +on +guard +to +taken +refused\norder\.open +PAY +isLarge +order\.checking +0 +1\n/,
    )
    expect(text).toMatch(/\norder\.open +PAY +order\.paid +1\n/)
  })

  it('gives all of it as data', async () => {
    await closed()
    const told = JSON.parse(await said(`${file()}#order`, data(), '--json'))
    expect(told).toMatchObject({
      from: 'store',
      of: 'journal',
      machine: 'order',
      logic: 'buying',
      chart: expect.any(String),
      sinceMs: expect.any(Number),
      summary: { states: { seen: 3, total: 5 }, transitions: { seen: 2, total: 5 }, guards: { seen: 2, total: 6 } },
    })
    expect(told.states).toContainEqual({ id: 'order.closed', count: 0 })
    expect(told.transitions).toContainEqual({
      id: 'order.open|PAY|0',
      source: 'order.open',
      on: 'PAY',
      guard: 'isLarge',
      targets: ['order.checking'],
      count: 0,
      refused: 1,
    })
    expect(told).not.toHaveProperty('definition')
  })

  it('reads a copy where a process has the store open and lets nobody in', async () => {
    const system = await shop()
    undo.push(() => system.stop())
    expect(JSON.parse(await said(`${file()}#order`, data(), '--json'))).toMatchObject({ from: 'copy' })
    expect(cli.notes).toMatch(/has no door/)
  })

  it('fits the terminal', async () => {
    await closed()
    for (const columns of [40, 80, 200]) {
      const back = onTerminal(columns)
      for (const args of [[], ['--all']]) {
        cli.clear()
        await coverageCommand([`${file()}#order`, data(), ...args])
        expectTame(cli.output, columns)
      }
      back()
    }
  })

  it('finds the logic by its machine, and is told it where there is none such', async () => {
    await closed()
    await expect(coverageCommand([file(), data()])).rejects.toThrow(/more than one machine/)
    await expect(coverageCommand([`${file()}#third`, data()])).rejects.toThrow(/no machine "third"/)
    const nobody = /No logic of .*data is other as it is here\. Say which is meant with --logic\. There is: buying\.$/
    await expect(coverageCommand([`${file()}#other`, data()])).rejects.toThrow(nobody)
    await expect(coverageCommand([`${file()}#order`, data(), '--logic', 'selling'])).rejects.toThrow(
      /no actor of the logic/,
    )
    const changed = moduleIn(cli.folder, MACHINE.replace('closed: {}', "closed: { on: { OPEN: 'open' } }"), 'new.mjs')
    expect(await said(changed, data(), '--logic', 'buying')).toMatch(/transitions 33% \(2 of 6\)/)
  })

  it('says where a running system has another machine than the module', async () => {
    await served()
    const changed = moduleIn(cli.folder, MACHINE.replace('closed: {}', "closed: { on: { OPEN: 'open' } }"), 'new.mjs')
    await expect(coverageCommand([changed, data()])).rejects.toThrow(/No logic of the running system is order/)
    const text = await said(changed, data(), '--logic', 'buying')
    expect(text).toMatch(/transitions 40% \(2 of 5\)/)
    expect(cli.notes).toMatch(/another/)
  })

  it('takes a written definition for a running system, not for a store', async () => {
    const written = join(cli.folder, 'order#1.json')
    await vizCommand([file(), '--export', 'order', '--format', 'json', '--output', written])
    const system = await served()
    for (const part of PAID.slice(1)) expect(await said(written, data())).toMatch(part)
    for (const step of undo.splice(0).reverse()) await step()
    await system.stop()
    await expect(coverageCommand([written, data()])).rejects.toThrow(/give the module/)
  })

  it('needs a running system for what is live, and is called rightly', async () => {
    await closed()
    await expect(coverageCommand([`${file()}#order`, data(), '--live'])).rejects.toMatchObject({ code: 'STORE_FAILED' })
    await expect(coverageCommand([`${file()}#order`, cli.folder])).rejects.toThrow(/holds no store/)
    expect(await coverageCommand([])).toBe(2)
    expect(await coverageCommand(['a', 'b', 'c'])).toBe(2)
    expect(await coverageCommand(['--help'])).toBe(0)
  })
})

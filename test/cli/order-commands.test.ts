import { createSystem, memoryStore } from 'roscius'
import { createConsole } from 'roscius/console'
import { describe, expect, it } from 'vitest'
import { deadlettersCommand } from '../../src/cli/commands/deadletters.js'
import { explainCommand } from '../../src/cli/commands/explain.js'
import { journalCommand } from '../../src/cli/commands/journal.js'
import { orderCommand } from '../../src/cli/commands/orders.js'
import { psCommand } from '../../src/cli/commands/ps.js'
import { sendCommand } from '../../src/cli/commands/send.js'
import { showCommand } from '../../src/cli/commands/show.js'
import { sendAnswer } from '../../src/control/protocol/actors.js'
import { deadLetterPage, outcomes } from '../../src/control/protocol/lists.js'
import { commandLine } from '../support/command-line.js'
import { closedShop, desk, HOSTILE, openShop, type Shop, servedShop } from './shop.js'
import { expectTame } from './terminal.js'

const cli = commandLine('orders')
const [pause, resume, restart, cancel] = (['pause', 'resume', 'restart', 'cancel'] as const).map(orderCommand) as [
  Command,
  Command,
  Command,
  Command,
]
type Command = (args: readonly string[]) => Promise<number>

async function said(command: Command, ...args: string[]): Promise<{ readonly code: number; readonly text: string }> {
  cli.clear()
  const code = await command([cli.folder, ...args])
  return { code, text: cli.output }
}

async function interventions(shop: Shop) {
  const found = []
  for await (const { kind, subject, path, payload } of shop.audit.records())
    if (kind === 'intervention') found.push({ subject, path, payload })
  return found
}

describe('on a running system', () => {
  it('roscius send sends an event by its type or as JSON, and says what became of it', async () => {
    await using running = await servedShop(cli.folder)
    const till = running.shop.actor('desk', 'floor/till')
    expect(await said(sendCommand, 'floor/till', 'ADD')).toEqual({
      code: 0,
      text: 'floor/till has handled ADD, as its record 3.\n',
    })
    const note = JSON.stringify({ type: 'NOTE', note: 'loud' })
    expect((await said(sendCommand, 'floor/till', note)).code).toBe(0)
    expect(till.getSnapshot().context).toMatchObject({ n: 1, note: 'loud' })
    const ignored = await said(sendCommand, 'floor/till', 'NOTHING')
    expect(ignored).toMatchObject({
      code: 1,
      text: expect.stringContaining('has ignored NOTHING. Why: roscius explain'),
    })
    expect((await said(sendCommand, 'floor/back', 'LATER')).text).toContain('has deferred LATER')
    await said(sendCommand, 'floor/till', 'ADD', '--json')
    expect(sendAnswer.parse(JSON.parse(cli.output))).toEqual({ seqNr: 5, outcome: 'handled' })
  })

  it('roscius send handles one of several with the same key', async () => {
    await using running = await servedShop(cli.folder)
    for (const _ of [1, 2, 3]) expect((await said(sendCommand, 'floor/till', 'ADD', '--key', 'k1')).code).toBe(0)
    expect(running.shop.actor('desk', 'floor/till').getSnapshot().context.n).toBe(1)
  })

  it('roscius send refuses what is no event, and what the machine does not take', async () => {
    await using _ = await servedShop(cli.folder)
    await expect(said(sendCommand, 'floor/till', '{ "type": ')).rejects.toThrow(/^event: is not JSON/)
    await expect(said(sendCommand, 'floor/till', '{ "a": 1 }')).rejects.toThrow(/^event\.type: /)
    await expect(said(sendCommand, 'floor/till', '{ "type": "NOTE" }')).rejects.toMatchObject({ code: 'EVENT_INVALID' })
    await expect(said(sendCommand, 'floor/till', 'xstate.init')).rejects.toMatchObject({ code: 'EVENT_INVALID' })
    await expect(said(sendCommand, 'nobody', 'ADD')).rejects.toMatchObject({ code: 'DEAD_LETTER' })
    expect((await said(sendCommand, 'floor/till')).code).toBe(2)
  })

  it('roscius send says that an actor is paused, and waits until it goes on', async () => {
    await using running = await servedShop(cli.folder)
    await running.shop.actor('desk', 'floor/till').pause({ by: 'ada' })
    cli.clear()
    const sent = sendCommand([cli.folder, 'floor/till', 'ADD'])
    while (cli.notes === '') await new Promise(setImmediate)
    expect(cli.notes).toBe(
      'floor/till is paused: it takes ADD when it is resumed. Ctrl-C leaves; the event waits on.\n',
    )
    await running.shop.actor('desk', 'floor/till').resume({})
    expect(await sent).toBe(0)
    expect(cli.output).toMatch(/^floor\/till has handled ADD/)
  })

  it('takes the address of an actor, but not that of another node', async () => {
    await using running = await servedShop(cli.folder)
    for (const command of [pause, resume, restart, cancel])
      await expect(said(command, 'roscius://mill/floor/till')).rejects.toThrow(/of the node "mill".* here is "shop"/)
    await expect(said(sendCommand, 'roscius://mill/floor/till', 'ADD')).rejects.toMatchObject({
      code: 'ADDRESS_INVALID',
    })
    for (const command of [showCommand, explainCommand, journalCommand])
      await expect(said(command, 'roscius://mill/floor/till')).rejects.toMatchObject({ code: 'ADDRESS_INVALID' })
    await expect(said(psCommand, '--under', 'roscius://mill/floor')).rejects.toMatchObject({ code: 'ADDRESS_INVALID' })
    await expect(said(deadlettersCommand, '--path', 'roscius://mill/a')).rejects.toMatchObject({
      code: 'ADDRESS_INVALID',
    })
    expect(running.shop.actor('desk', 'floor/till').explain()).toMatchObject({
      status: 'active',
      waitsFor: [{ kind: 'effect' }],
    })
    expect((await said(sendCommand, 'roscius://shop/floor/till', 'ADD')).code).toBe(0)
  })

  it('roscius pause and resume stop an actor and let it go on, and the audit trail says who, and why', async () => {
    await using running = await servedShop(cli.folder)
    const { shop } = running
    const done = await said(pause, 'floor/till', '--by', 'grace', '--reason', 'tea')
    expect(done).toEqual({ code: 0, text: 'floor/till is paused.\n' })
    expect(shop.actor('desk', 'floor/till').explain().waitsFor).toMatchObject([
      { kind: 'pause', by: 'grace', reason: 'tea' },
      {},
    ])
    expect(await said(resume, 'floor/till', '--by', 'grace', '--json')).toEqual({
      code: 0,
      text: '{\n  "done": true\n}\n',
    })
    expect(
      shop
        .actor('desk', 'floor/till')
        .explain()
        .waitsFor.map(({ kind }) => kind),
    ).toEqual(['effect'])
    expect(await interventions(shop)).toMatchObject([
      { path: 'front', payload: { by: 'ada' } },
      { subject: 'pause', path: 'floor/till', payload: { by: 'grace', reason: 'tea' } },
      { subject: 'resume', path: 'floor/till', payload: { by: 'grace' } },
    ])
  })

  it('roscius restart brings back an actor that has failed, as it was, or anew', async () => {
    await using running = await servedShop(cli.folder)
    const broken = running.shop.actor('desk', 'broken')
    expect(await said(restart, 'broken', '--from', 'initial')).toEqual({ code: 0, text: 'broken is restarted.\n' })
    expect(broken.getSnapshot().status).toBe('active')
    await said(sendCommand, 'floor/till', 'ADD')
    await said(restart, 'floor/till', '--from', 'lastGood')
    expect(running.shop.actor('desk', 'floor/till').getSnapshot().context.n).toBe(1)
    expect((await said(pause, 'broken', '--from', 'initial')).code).toBe(2)
    await expect(said(restart, 'broken', '--from', 'nowhere')).rejects.toThrow(/^from: /)
  })

  it('roscius cancel ends an actor with all below it', async () => {
    await using running = await servedShop(cli.folder)
    expect(await said(cancel, 'front')).toEqual({ code: 0, text: 'front is cancelled.\n' })
    expect(running.shop.actor('desk', 'front').explain().status).toBe('stopped')
    await expect(said(cancel, 'nobody')).rejects.toMatchObject({ code: 'ACTOR_NOT_FOUND' })
  })

  it('roscius deadletters delivers them again, or throws them away, each by itself', async () => {
    await using running = await servedShop(cli.folder)
    const { shop } = running
    const ids = async () => {
      await said(deadlettersCommand, '--json')
      return deadLetterPage.parse(JSON.parse(cli.output)).letters.map(({ id }) => id)
    }
    const [id = ''] = await ids()
    await said(restart, 'broken')
    cli.clear()
    expect(await deadlettersCommand(['retry', cli.folder, id, 'none', '--by', 'ada', '--json'])).toBe(1)
    expect(outcomes.parse(JSON.parse(cli.output))).toMatchObject([
      { id, ok: true },
      { id: 'none', ok: false },
    ])
    expect(shop.actor('desk', 'broken').getSnapshot().context.n).toBe(1)
    await shop
      .actor('desk', 'nobody')
      .deliver({ type: 'ADD' })
      .catch(() => undefined)
    shop.actor('desk', 'nobody').send({ type: 'ADD' })
    while ((await ids()).length === 0) await new Promise(setImmediate)
    cli.clear()
    expect(await deadlettersCommand(['discard', cli.folder, '--all', '--path', 'nobody'])).toBe(0)
    expect(cli.output).toContain('thrown away')
    expect(await ids()).toEqual([])
    expect(await deadlettersCommand(['retry', cli.folder])).toBe(2)
    expect(await deadlettersCommand(['retry', cli.folder, id, '--all'])).toBe(2)
  })

  it('says nothing that steers the terminal, whoever is told', async () => {
    await using _ = await servedShop(cli.folder)
    expect((await said(sendCommand, HOSTILE, JSON.stringify({ type: HOSTILE }))).code).toBe(0)
    expectTame(cli.output)
    for (const command of [pause, resume, restart, cancel]) expectTame((await said(command, HOSTILE)).text)
  })

  it('is found by the token file of its console, too', async () => {
    await using system = await createSystem({ name: 'n', store: memoryStore(), logic: { desk } })
    await system.spawn('desk', { id: 'a' })
    await using _ = await createConsole(system, { port: 0, folder: cli.folder })
    expect(await said(sendCommand, 'a', 'OPEN', '--by', 'ada')).toMatchObject({ code: 0 })
    expect((await said(psCommand)).text).toMatch(/^a +desk +active +open/m)
  })
})

describe('on a store that no system has open', () => {
  it('nothing is told to anybody, and nothing is changed', async () => {
    await closedShop(cli.folder)
    for (const command of [pause, resume, restart, cancel])
      await expect(said(command, 'front')).rejects.toThrow(
        /No system lets anybody in at .*, and an actor is .* serveControl/,
      )
    await expect(said(sendCommand, 'front', 'ADD')).rejects.toMatchObject({ code: 'STORE_FAILED' })
    await expect(deadlettersCommand(['discard', cli.folder, '--all'])).rejects.toMatchObject({ code: 'STORE_FAILED' })
    await using shop = await openShop(cli.folder)
    expect(shop.actor('desk', 'front').explain()).toMatchObject({ mailbox: 1, waitsFor: [{ by: 'ada' }, {}] })
  })
})

it('each command explains itself with --help, and answers 2 when it is called wrongly', async () => {
  for (const [name, command] of Object.entries({ pause, resume, restart, cancel, send: sendCommand })) {
    cli.clear()
    expect(await command(['--help'])).toBe(0)
    expect(cli.output).toContain(`Usage: roscius ${name} <folder> <path>`)
    expect(await command([cli.folder])).toBe(2)
    expect(await command([cli.folder, 'a', 'ADD', '--by', ''])).toBe(2)
  }
})

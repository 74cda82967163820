import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createSystem } from 'roscius'
import { levelStore } from 'roscius/level'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import type { z } from 'zod'
import { deadlettersCommand } from '../../src/cli/commands/deadletters.js'
import { explainCommand } from '../../src/cli/commands/explain.js'
import { journalCommand } from '../../src/cli/commands/journal.js'
import { psCommand } from '../../src/cli/commands/ps.js'
import { showCommand } from '../../src/cli/commands/show.js'
import { treeCommand } from '../../src/cli/commands/tree.js'
import { actorDetail, actorPage, explanationSchema } from '../../src/control/protocol/actors.js'
import { journalPage } from '../../src/control/protocol/journal.js'
import { deadLetterPage } from '../../src/control/protocol/lists.js'
import { valueSlice } from '../../src/control/protocol/value.js'
import { childPath } from '../../src/core/address.js'
import { commandLine } from '../support/command-line.js'
import { closedShop, desk, HOSTILE, servedShop } from './shop.js'
import { expectTame, onTerminal } from './terminal.js'

const cli = commandLine('actors')
type Command = (args: readonly string[]) => Promise<number>

const hostile = childPath(undefined, HOSTILE)
let undo: (() => void) | undefined
afterEach(() => {
  undo?.()
  undo = undefined
})

async function said(command: Command, ...args: string[]): Promise<{ readonly code: number; readonly text: string }> {
  cli.clear()
  const code = await command(args)
  return { code, text: cli.output }
}

/** What `--json` gives, which has to be what the API answers. */
async function data<T extends z.ZodType>(schema: T, command: Command, ...args: string[]): Promise<z.output<T>> {
  const { text } = await said(command, ...args, '--json')
  expectTame(text)
  return schema.parse(JSON.parse(text))
}

describe.each(['a running system', 'a closed store'])('on %s', (where) => {
  const isRunning = where === 'a running system'
  let folder: string
  let shop: AsyncDisposable | undefined
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'roscius-shop-'))
    if (isRunning) shop = await servedShop(folder)
    else await closedShop(folder)
  })
  afterAll(async () => {
    await shop?.[Symbol.asyncDispose]()
    rmSync(folder, { recursive: true, force: true })
  })

  describe('roscius ps', () => {
    it('lists the actors with what is to be known of each, and answers 1 where one has failed', async () => {
      const { code, text } = await said(psCommand, folder)
      expect(code).toBe(1)
      expect(text).toMatch(
        /^6 actors: 5 active, 1 failed\n\npath +logic +status +state +mail +stash +fx +records +budget +note\n/,
      )
      expect(text).toMatch(/^floor\/till +desk +active +open +1 +2$/m)
      expect(text).toMatch(/^front +desk +paused +closed +1 +1 +4 +0%$/m)
      expect(text).toMatch(/^broken +desk +failed +closed +3 +Error: it broke/m)
    })

    it('filters and sorts, and answers 0 where nothing is wrong with those that are meant', async () => {
      const paths = async (...args: string[]) =>
        (await data(actorPage, psCommand, folder, ...args)).rows.map(({ path }) => path)
      expect(await paths('--under', 'floor')).toEqual(['floor', 'floor/till', 'floor/back'])
      expect(await paths('--search', 'TILL')).toEqual(['floor/till'])
      expect(await paths('--logic', 'floor')).toEqual(['floor'])
      expect(await paths('--trouble', '--sort', 'path')).toEqual(['broken', 'front'])
      expect(await paths('--sort', 'mailbox', '--limit', '1')).toEqual(['front'])
      expect((await paths('--sort', 'budget'))[0]).toBe('front')
      expect((await said(psCommand, folder, '--status', 'active')).code).toBe(0)
      expect((await said(psCommand, folder, '--status', 'failed')).code).toBe(1)
      expect((await said(psCommand, folder, '--search', 'nobody')).text).toBe('No such actors.\n')
      expect((await said(psCommand, folder, '--limit', '2')).text).toContain('… 4 more')
    })

    it('names the option that it can not read', async () => {
      await expect(psCommand([folder, '--status', 'fine'])).rejects.toThrow(/^status: /)
      await expect(psCommand([folder, '--limit', 'many'])).rejects.toThrow(/^limit: /)
      await expect(psCommand([folder, '--bogus'])).rejects.toThrow('bogus')
      expect((await said(psCommand)).code).toBe(2)
    })
  })

  describe('roscius show', () => {
    it('shows the state of an actor and what it waits for', async () => {
      const { code, text } = await said(showCommand, folder, 'front')
      expect(code).toBe(0)
      expect(text).toMatch(/^front {2}desk 3\n {2}status {4}active, paused\n {2}state {5}closed\n/)
      expect(text).toContain('  trouble   It was paused by ada: lunch.\n')
      expect(text).toMatch(/Timers: 1\n {2}after 60 min of closed, due in (60|59) min: \d{4}-/)
      expect(text).toContain('Mailbox: 1\n  ADD\n')
      expect(text).toContain('Deferred: 1\n  LATER\n')
      expect(text).toContain('costUsd 0 of 2 (0%)')
    })

    it('shows effects, and the children of a supervisor; what has failed is answered with 1', async () => {
      expect((await said(showCommand, folder, 'floor/till')).text).toMatch(
        /Effects: 1\n {2}prices \(fetch\) attempt 1, (running|stored)\n/,
      )
      const { text } = await said(showCommand, folder, 'floor')
      expect(text).toMatch(
        /Children: 2\nid +logic +status +state\ntill +desk +active +open\nback +desk +active +closed\n/,
      )
      expect(text).not.toContain('Effects')
      const broken = await said(showCommand, folder, 'roscius://shop/broken')
      expect(broken.code).toBe(1)
      expect(broken.text).toContain('It failed on roscius.fault: Error: it broke')
    })

    it('gives the same as data', async () => {
      const { row, timers, mailbox, stash, journal, can } = await data(actorDetail, showCommand, folder, 'front')
      expect(row).toMatchObject({ path: 'front', isPaused: true, budget: { used: 0 } })
      expect(timers).toMatchObject([{ delay: '3600000', state: 'closed' }])
      expect([mailbox, stash, journal]).toEqual([[{ type: 'ADD' }], [{ type: 'LATER' }], { first: 1, last: 4 }])
      expect(can.send).toBe(isRunning)
    })

    it('opens the context level by level, without its secrets', async () => {
      const { text } = await said(showCommand, folder, 'front', '--context')
      expect(text).toMatch(
        /^\/context after record 4: \{ 4 fields \}\n\nkey +kind +value\nn +number +1\npassword +string +\[redacted\]\n/,
      )
      expect((await said(showCommand, folder, 'front', '--context', '/lines')).text).toMatch(/^0 +string +"one"$/m)
      expect((await said(showCommand, folder, 'front', '--context', 'note')).text).toContain(':\nquiet\n')
      expect((await said(showCommand, folder, 'front', '--context', '--at', '1')).text).toMatch(/^n +number +0$/m)
      const more = await said(showCommand, folder, 'front', '--context', '/lines', '--limit', '1', '--offset', '1')
      expect(more.text).toContain('… 1 more: --offset 2')
      expect(await data(valueSlice, showCommand, folder, 'front', '--context')).toMatchObject({ total: 4, seqNr: 4 })
    })

    it('knows no actor that is not there, and takes no page of what is no context', async () => {
      await expect(showCommand([folder, 'nobody'])).rejects.toMatchObject({ code: 'ACTOR_NOT_FOUND' })
      expect((await said(showCommand, folder, 'front', '/lines')).code).toBe(2)
      expect((await said(showCommand, folder, 'front', '--at', '1')).code).toBe(2)
    })
  })

  describe('roscius journal', () => {
    it('shows the records, the newest last, and answers 1 where there are failures', async () => {
      const front = await said(journalCommand, folder, 'front')
      expect(front.code).toBe(0)
      const events = front.text
        .split('\n')
        .slice(1, 5)
        .map((line) => line.trim().split(/ {2,}/)[3]?.split(' ')[0])
      expect(events).toEqual(['xstate.init', 'LATER', 'ADD', 'roscius.pause'])
      expect((await said(journalCommand, folder, 'broken')).code).toBe(1)
    })

    it('shows those that are asked for', async () => {
      const numbers = async (...args: string[]) =>
        (await data(journalPage, journalCommand, folder, 'front', ...args)).rows.map(({ seqNr }) => seqNr)
      expect(await numbers('--from', '2')).toEqual([2, 3, 4])
      expect(await numbers('--before', '3', '--limit', '2')).toEqual([3, 2])
      expect(await numbers()).toEqual([4, 3, 2, 1])
      expect((await said(journalCommand, folder, 'front', '--from', '9')).text).toBe(
        'No such records: 1 to 4 are kept.\n',
      )
      expect((await said(journalCommand, folder, 'front', '--from', '1', '--before', '2')).code).toBe(2)
      await expect(journalCommand([folder, 'nobody'])).rejects.toMatchObject({ code: 'ACTOR_NOT_FOUND' })
    })
  })

  describe('roscius explain', () => {
    it('says why an actor is where it is', async () => {
      const front = await said(explainCommand, folder, 'front')
      expect(front).toMatchObject({ code: 0, text: expect.stringContaining('front (desk) is paused in closed') })
      expect(front.text).toContain('to be resumed: ada paused it (lunch)')
      expect(front.text).toContain('1 deferred event')
      const broken = await said(explainCommand, folder, 'broken')
      expect(broken).toMatchObject({
        code: 1,
        text: expect.stringContaining('has failed; its last good state is closed'),
      })
      expect(broken.text).toContain('intensityExceeded')
      const { explanation } = await data(explanationSchema, explainCommand, folder, 'floor/till')
      expect(explanation).toMatchObject({ status: 'active', waitsFor: [{ kind: 'effect', id: 'prices' }] })
    })

    it('says what would become of an event, where there is a machine', async () => {
      const asked = explainCommand([folder, 'floor/till', '--event', 'CLOSE'])
      if (isRunning) {
        expect(await asked).toBe(0)
        expect(cli.output).toContain('What would happen')
        cli.clear()
        await expect(explainCommand([folder, 'floor/till', '--event', '{"type":'])).rejects.toThrow(
          /^event: is not JSON/,
        )
      } else await expect(asked).rejects.toThrow(/a store has none.*serveControl/)
    })
  })

  describe('roscius deadletters', () => {
    it('lists what nobody took and why, and answers 1 where there is something', async () => {
      const { code, text } = await said(deadlettersCommand, folder)
      expect(code).toBe(1)
      expect(text).toMatch(
        /^1 dead letter\n\nid +at +for +reason +event\n\w+-\w+ +\d{4}-[\d-]+ [\d:]+ +broken +actorFailed +ADD\n/,
      )
      expect(text).toContain('actorFailed: Its actor had failed for good.')
      expect(await data(deadLetterPage, deadlettersCommand, folder, '--path', 'broken')).toMatchObject({ total: 1 })
      expect(await said(deadlettersCommand, folder, '--path', 'front')).toEqual({ code: 0, text: 'No dead letters.\n' })
      expect((await said(deadlettersCommand, folder, '--by', 'ada')).code).toBe(2)
      await expect(said(deadlettersCommand, folder, '--reason', 'poisoned')).rejects.toThrow(
        /^reason: "poisoned" is none\. There are actorNotFound, .*poison/,
      )
    })
  })

  it('roscius tree draws them, also those that are paused', async () => {
    const { text } = await said(treeCommand, folder)
    expect(text).toContain('6 actors (5 active, 1 failed)')
    expect(text).toMatch(/├─ front +desk +active +closed +ada paused it \(lunch\), 1 in its mailbox, 1 deferred\n/)
    expect(text).toMatch(/│ {2}├─ till +desk +active +open +1 effect\n/)
    expect(text.startsWith('shop:')).toBe(isRunning)
  })

  it('no name, error or event steers the terminal, and no line is wider than it, however wide it is', async () => {
    for (const columns of [40, 80, 200]) {
      undo = onTerminal(columns)
      const calls: readonly (readonly [Command, ...string[]])[] = [
        [psCommand, folder],
        [showCommand, folder, hostile],
        [showCommand, folder, 'broken'],
        [showCommand, folder, hostile, '--context'],
        [showCommand, folder, hostile, '--context', '/note'],
        [journalCommand, folder, hostile],
        [journalCommand, folder, 'broken'],
        [explainCommand, folder, 'broken'],
        [deadlettersCommand, folder],
        [treeCommand, folder],
      ]
      for (const [command, ...args] of calls) expectTame((await said(command, ...args)).text, columns)
      undo()
    }
    for (const [command, ...args] of [
      [psCommand],
      [journalCommand, hostile],
      [showCommand, hostile],
      [treeCommand],
    ] as const)
      expectTame((await said(command, folder, ...args, '--json')).text)
  })

  it('each command explains itself with --help', async () => {
    const commands = {
      ps: psCommand,
      show: showCommand,
      journal: journalCommand,
      explain: explainCommand,
      deadletters: deadlettersCommand,
    }
    for (const [name, command] of Object.entries(commands)) {
      const { code, text } = await said(command, '--help')
      expect(code).toBe(0)
      expect(text).toContain(`Usage: roscius ${name} <folder>`)
      expect(text).toContain('Exit code: 0')
    }
  })
})

describe('a store', () => {
  it('is told of as far as it can be read', async () => {
    await closedShop(cli.folder)
    const store = await levelStore(cli.folder)
    await store.batch([{ type: 'put', key: 'a/floor/till', value: Uint8Array.of(1, 2, 3) }], { sync: true })
    await store.batch([{ type: 'del', key: 'a/floor' }], { sync: true })
    await store.close()
    const { code, text } = await said(psCommand, cli.folder)
    expect(code).toBe(1)
    expect(text).toMatch(/^floor\/till +quarantined/m)
    expect(text).toMatch(/^floor +missing$/m)
    expect((await said(showCommand, cli.folder, 'floor/till')).code).toBe(1)
    expect((await said(explainCommand, cli.folder, 'floor/till')).text).toContain('is quarantined')
  })

  it('that a process has open which lets nobody in is read as it was committed', async () => {
    await using system = await createSystem({ name: 'n', store: cli.folder, logic: { desk } })
    await system.spawn('desk', { id: 'a' })
    expect((await said(psCommand, cli.folder)).text).toMatch(/^a +desk +active +closed/m)
    expect(cli.notes).toContain('serveControl')
  })

  it('is read with its key, if it is encrypted', async () => {
    const key = new Uint8Array(32).fill(5)
    {
      await using system = await createSystem({
        name: 'n',
        store: cli.folder,
        logic: { desk },
        encryption: { key, keyId: 'k' },
      })
      await (await system.spawn('desk', { id: 'a' })).deliver({ type: 'ADD' })
    }
    await expect(psCommand([cli.folder])).rejects.toMatchObject({ code: 'STORE_KEY_WRONG' })
    vi.stubEnv('ROSCIUS_KEY', Buffer.from(key).toString('hex'))
    for (const [command, ...args] of [
      [psCommand],
      [showCommand, 'a'],
      [showCommand, 'a', '--context'],
      [journalCommand, 'a'],
      [explainCommand, 'a'],
      [deadlettersCommand],
    ] as const)
      expect((await said(command, cli.folder, ...args)).code).toBe(0)
  })

  it('that is none is not made', async () => {
    await expect(psCommand([join(cli.folder, 'absent')])).rejects.toMatchObject({ code: 'STORE_FAILED' })
  })
})

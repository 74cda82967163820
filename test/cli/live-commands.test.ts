import { setImmediate } from 'node:timers/promises'
import { type System, serveControl } from 'roscius'
import { simulatedClock } from 'roscius/testing'
import { afterEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { tailCommand } from '../../src/cli/commands/tail.js'
import { topCommand } from '../../src/cli/commands/top.js'
import type { Sitting } from '../../src/cli/terminal/sitting.js'
import { actorRow } from '../../src/control/protocol/actors.js'
import { pulse, timelineItem } from '../../src/control/protocol/live.js'
import { commandLine } from '../support/command-line.js'
import { closedShop, HOSTILE, openShop, servedShop, stock } from './shop.js'
import { expectTame, onTerminal, uncoloured } from './terminal.js'

const cli = commandLine('live')
let undo: (() => void) | undefined
afterEach(() => {
  undo?.()
  undo = undefined
})

/** Somebody who looks, and presses Ctrl-C. */
function viewer() {
  const clock = simulatedClock()
  const leaving = new AbortController()
  const sitting: Sitting = { clock, interrupted: leaving.signal }
  return { clock, sitting, leave: () => leaving.abort() }
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await setImmediate()
}

/** What the screen shows now: what was drawn last. */
const screen = (): string =>
  uncoloured(cli.output.split('\u001B[H').at(-1) ?? '')
    .replaceAll('\u001B[K', '')
    .replaceAll('\u001B[J', '')
const pictures = (): number => cli.output.split('\u001B[H').length - 1

describe('roscius top', () => {
  it('draws the system and its actors again and again, until Ctrl-C', async () => {
    await using running = await servedShop(cli.folder)
    undo = onTerminal(100)
    const { clock, sitting, leave } = viewer()
    const watching = topCommand([cli.folder], sitting)
    await until(() => pictures() === 1)
    expect(screen()).toMatch(
      /^shop {2}6 actors: 5 active, 1 failed\n.* events\/s .* commits\/s.*\n.*2 in trouble.*dead letter/,
    )
    const till = running.shop.actor('desk', 'floor/till')
    for (let n = 0; n < 50; n++) await till.deliver({ type: 'ADD' })
    // What it shows comes by itself; the drawing of it is a matter of its clock.
    while (!/^floor\/till +active +\d.* ADD/m.test(screen())) {
      cli.clear()
      await clock.advance(1_000)
      expect(pictures()).toBe(1)
      await setImmediate()
    }
    leave()
    expect(await watching).toBe(1)
    expect(clock.pending).toBe(0)
    expect(cli.notes).toBe('')
  })

  it('ends when the system lets nobody in any more, and says so', async () => {
    const shop = await openShop(cli.folder)
    await shop.spawn('desk', { id: 'a' })
    const door = await serveControl(shop as unknown as System, { folder: cli.folder })
    undo = onTerminal(80)
    const { sitting } = viewer()
    const watching = topCommand([cli.folder], sitting)
    await until(() => pictures() === 1)
    await door.close()
    expect(await watching).toBe(0)
    expect(cli.notes).toContain('The system has stopped, or has closed its door')
    await shop.stop()
  })

  it('draws once where nobody watches, sorted and filtered as asked', async () => {
    await using _ = await servedShop(cli.folder)
    expect(await topCommand([cli.folder, '--sort', 'path', '--under', 'floor'])).toBe(1)
    expect(cli.output).toMatch(/\n\npath +status[^\n]*\nfloor [^\n]*\nfloor\/back [^\n]*\nfloor\/till [^\n]*\n$/)
    cli.clear()
    expect(await topCommand([cli.folder, '--sort', 'mailbox', '--limit', '1'])).toBe(1)
    expect(cli.output).toMatch(/\n\npath +status[^\n]*\nfront +paused[^\n]*\n$/)
  })

  it('gives a line of JSON for each picture', async () => {
    await using _ = await servedShop(cli.folder)
    expect(await topCommand([cli.folder, '--json', '--once'])).toBe(1)
    expectTame(cli.output)
    const { rows } = z.strictObject({ pulse, rows: z.array(actorRow) }).parse(JSON.parse(cli.output))
    expect(rows).toHaveLength(6)
  })

  it('fits the terminal, and nothing steers it', async () => {
    await using _ = await servedShop(cli.folder)
    for (const columns of [40, 80, 200]) {
      undo = onTerminal(columns)
      cli.clear()
      await topCommand([cli.folder, '--once'])
      expectTame(cli.output, columns)
      undo()
    }
  })

  it('needs a running system, and is called rightly', async () => {
    await closedShop(cli.folder)
    await expect(topCommand([cli.folder])).rejects.toMatchObject({ code: 'STORE_FAILED' })
    await expect(topCommand([cli.folder, '--sort', 'age'])).rejects.toThrow(/^sort: /)
    expect(await topCommand([])).toBe(2)
    expect(await topCommand(['--help'])).toBe(0)
  })
})

describe('roscius tail', () => {
  it('tells of each event as it is handled, until Ctrl-C', async () => {
    await using running = await servedShop(cli.folder)
    const { sitting, leave } = viewer()
    const telling = tailCommand([cli.folder, 'floor'], sitting)
    const till = running.shop.actor('desk', 'floor/till')
    // It begins when it is there.
    while (!cli.output.includes('ADD')) {
      await till.deliver({ type: 'ADD' })
      await setImmediate()
    }
    await running.shop.actor('desk', HOSTILE).deliver({ type: 'ADD' })
    await till.deliver({ type: 'NOTE', note: 'psst' })
    await till.deliver({ type: 'CLOSE' })
    await until(() => cli.output.includes('CLOSE'))
    leave()
    expect(await telling).toBe(0)
    expect(cli.output).toMatch(/^\d\d:\d\d:\d\d\.\d{3} {2}floor\/till {2}NOTE \{"note":"psst"\}$/m)
    expect(cli.output).toMatch(/^\d\d:\d\d:\d\d\.\d{3} {2}floor\/till {2}CLOSE {2}→ closed$/m)
    expect(cli.output).not.toContain('31m')
  })

  it('tells of the types that are asked for, as lines of JSON', async () => {
    await using running = await servedShop(cli.folder)
    const { sitting, leave } = viewer()
    const telling = tailCommand([cli.folder, '--types', 'NOTE', '--kinds', 'unit', '--json'], sitting)
    const hostile = running.shop.actor('desk', HOSTILE)
    while (cli.output === '') {
      await hostile.deliver({ type: 'ADD' })
      await hostile.deliver({ type: 'NOTE', note: HOSTILE })
      await setImmediate()
    }
    leave()
    expect(await telling).toBe(0)
    expectTame(cli.output)
    const items = cli.output
      .trimEnd()
      .split('\n')
      .map((line) => timelineItem.parse(JSON.parse(line)))
    expect(new Set(items.map((item) => (item.kind === 'unit' ? item.event.type : item.kind)))).toEqual(
      new Set(['NOTE']),
    )
  })

  it('fits the terminal, and ends when the system stops', async () => {
    const shop = await openShop(cli.folder)
    await stock(shop)
    const door = await serveControl(shop as unknown as System, { folder: cli.folder })
    undo = onTerminal(40)
    const { sitting } = viewer()
    const telling = tailCommand([cli.folder, '--kinds', 'unit,commit,effect,notice'], sitting)
    const hostile = shop.actor('desk', HOSTILE)
    while (!cli.output.includes('NOTE')) {
      await hostile.deliver({ type: 'NOTE', note: `${HOSTILE}${'漢'.repeat(1_000)}` })
      await setImmediate()
    }
    await door.close()
    expect(await telling).toBe(0)
    expectTame(cli.output, 40)
    expect(cli.notes).toContain('The system has stopped')
    await shop.stop()
  })

  it('needs a running system, and is called rightly', async () => {
    await closedShop(cli.folder)
    await expect(tailCommand([cli.folder])).rejects.toMatchObject({ code: 'STORE_FAILED' })
    await expect(tailCommand([cli.folder, '--kinds', 'rumour'])).rejects.toThrow(/^kinds\.0: /)
    expect(await tailCommand([])).toBe(2)
    expect(await tailCommand(['--help'])).toBe(0)
  })
})

import { once } from 'node:events'
import { get, type IncomingMessage } from 'node:http'
import { createServer } from 'node:net'
import { PassThrough } from 'node:stream'
import { setImmediate } from 'node:timers/promises'
import { type System, serveControl } from 'roscius'
import { createConsole } from 'roscius/console'
import { simulatedClock } from 'roscius/testing'
import { afterEach, describe, expect, it } from 'vitest'
import { inspectCommand } from '../../src/cli/commands/inspect.js'
import type { Sitting } from '../../src/cli/terminal/sitting.js'
import { commandLine } from '../support/command-line.js'
import { closedShop, openShop, type Shop } from './shop.js'
import { expectTame } from './terminal.js'

const cli = commandLine('inspect')
const undo: (() => unknown)[] = []
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step()
})

async function shopWith(door: 'console' | 'socket'): Promise<{ readonly shop: Shop; readonly url: string }> {
  const shop = await openShop(cli.folder)
  undo.push(() => shop.stop())
  await shop.spawn('desk', { id: 'till' })
  const system = shop as unknown as System
  const open =
    door === 'console'
      ? await createConsole(system, { port: 0, folder: cli.folder })
      : await serveControl(system, { folder: cli.folder })
  undo.push(() => open.close())
  return { shop, url: 'url' in open ? open.url : '' }
}

/** Whoever sits at the terminal types this. */
function typing(): PassThrough {
  const input = Object.assign(new PassThrough(), { isTTY: true })
  const before = Object.getOwnPropertyDescriptor(process, 'stdin')
  Object.defineProperty(process, 'stdin', { value: input, configurable: true })
  undo.push(() => Object.defineProperty(process, 'stdin', before as PropertyDescriptor))
  return input
}

function viewer() {
  const leaving = new AbortController()
  const sitting: Sitting = { clock: simulatedClock(), interrupted: leaving.signal }
  return { sitting, leave: () => leaving.abort() }
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await setImmediate()
}

/** The page of `--stately`, and how it is left. */
async function openPage(...args: readonly string[]) {
  const { sitting, leave } = viewer()
  const command = inspectCommand([cli.folder, '--stately', '--yes', ...args], sitting)
  await Promise.race([command, until(() => cli.output !== '')])
  const url = /http:[^\s"]+/.exec(cli.output)?.[0] ?? ''
  undo.push(leave)
  return { url, command, leave }
}

const status = (url: string, headers: Record<string, string> = {}, method = 'GET') =>
  new Promise<readonly [status: number | undefined, csp: unknown]>((resolve, reject) => {
    get(url, { headers, method, agent: false }, (answer) => {
      answer.resume()
      resolve([answer.statusCode, answer.headers['content-security-policy']])
    }).on('error', reject)
  })

/** What a viewer is told first. */
const firstLines = (url: string, count: number) =>
  new Promise<string[]>((resolve, reject) => {
    const asked = get(url, { agent: false }, (answer) => {
      let text = ''
      answer.on('data', (part) => {
        text += String(part)
        const lines = text.split('\n').filter((each) => /^(data|event):/.test(each))
        if (lines.length < count) return
        resolve(lines.slice(0, count))
        asked.destroy()
      })
    }).on('error', reject)
  })

describe('roscius inspect', () => {
  it('prints where the console is, with its token', async () => {
    const { url } = await shopWith('console')
    expect(await inspectCommand([cli.folder])).toBe(0)
    expect(cli.output).toBe(`${url}\n`)
    cli.clear()
    expect(await inspectCommand([cli.folder, '--json'])).toBe(0)
    expect(JSON.parse(cli.output)).toEqual({ url })
  })

  it('says what to do where there is no console, or nothing runs', async () => {
    const { shop } = await shopWith('socket')
    await expect(inspectCommand([cli.folder])).rejects.toThrow(/has no console: let it call createConsole/)
    for (const step of undo.splice(0).reverse()) await step()
    await shop.stop()
    for (const args of [[cli.folder], [cli.folder, '--stately', '--yes']])
      await expect(inspectCommand(args)).rejects.toMatchObject({
        code: 'STORE_FAILED',
        message: expect.stringMatching(/No system lets anybody in.*createConsole\(system, \{ folder \}\)/),
      })
  })

  it('finds no store where there is none', async () => {
    await expect(inspectCommand([cli.folder])).rejects.toThrow(/holds no store/)
    await closedShop(cli.folder)
    await expect(inspectCommand([cli.folder])).rejects.toThrow(/No system/)
  })

  it('is called rightly', async () => {
    expect(await inspectCommand(['--help'])).toBe(0)
    expect(await inspectCommand(['a', 'b'])).toBe(2)
    expect(await inspectCommand(['a', '--yes'])).toBe(2)
    expect(await inspectCommand(['a', '--port', '1'])).toBe(2)
    for (const port of ['-1', '70000', 'x', '1.5'])
      await expect(inspectCommand(['a', '--stately', `--port=${port}`])).rejects.toThrow(/^port: /)
  })
})

describe('roscius inspect --stately', () => {
  it('says what leaves the machine before anything does, and asks', async () => {
    await shopWith('socket')
    for (const answer of ['n\n', '\n', 'yess\n', undefined]) {
      const input = typing()
      cli.clear()
      const command = inspectCommand([cli.folder, '--stately'], viewer().sitting)
      await until(() => cli.notes.endsWith('[y/N] '))
      expect(cli.notes.replaceAll('\n', ' ')).toMatch(
        /https:\/\/stately\.ai.*another company.*definitions.*contexts.*Secrets are masked/,
      )
      if (answer === undefined) input.end()
      else input.write(answer)
      expect(await command).toBe(1)
      expect([cli.output, cli.notes]).toEqual(['', expect.stringContaining('Nothing was passed on.')])
    }
  })

  it('begins when that is agreed to, and ends with Ctrl-C', async () => {
    await shopWith('socket')
    const input = typing()
    const { sitting, leave } = viewer()
    const command = inspectCommand([cli.folder, '--stately'], sitting)
    await until(() => cli.notes.endsWith('[y/N] '))
    input.write('y\n')
    await until(() => cli.output !== '')
    expect(cli.output).toMatch(/^Open http:\/\/127\.0\.0\.1:\d+\/[\w-]{43}\/\n$/)
    leave()
    expect(await command).toBe(0)
    const [, url = ''] = /Open (\S+)/.exec(cli.output) ?? []
    await expect(status(url)).rejects.toMatchObject({ code: 'ECONNREFUSED' })
  })

  it('ends with Ctrl-C at the question too', async () => {
    await shopWith('socket')
    typing()
    const { sitting, leave } = viewer()
    const command = inspectCommand([cli.folder, '--stately'], sitting)
    await until(() => cli.notes.endsWith('[y/N] '))
    leave()
    expect(await command).toBe(1)
    expect(cli.output).toBe('')
  })

  it('begins nothing where nobody can be asked', async () => {
    await shopWith('socket')
    const input = typing()
    Object.assign(input, { isTTY: false })
    await expect(inspectCommand([cli.folder, '--stately'])).rejects.toThrow(/--yes/)
    expect(cli.output).toBe('')
  })

  it('is reached by its whole address alone, as this machine, and not from another page', async () => {
    await shopWith('console')
    const { url, leave, command } = await openPage('--json')
    const { origin, port } = new URL(url)
    const csp =
      "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; frame-src https://stately.ai; " +
      "frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
    expect(await status(url)).toEqual([200, csp])
    expect(await status(`${url}page.js`, { origin })).toEqual([200, csp])
    const refused = [
      [403, await status(url, { host: 'rebound.example' })],
      [403, await status(`${url}events`, { host: `rebound.example:${port}` })],
      [403, await status(`${url}events`, { origin: 'https://stately.ai' })],
      [403, await status(url, { origin: 'null' })],
      [405, await status(url, {}, 'POST')],
      [404, await status(origin)],
      [404, await status(`${origin}/events`)],
      [404, await status(`${origin}/${'x'.repeat(43)}/events`)],
      [404, await status(`${url}toString`)],
      [404, await status(`${url}../page.js`.replace('..', '%2e%2e'))],
    ] as const
    for (const [expected, got] of refused) expect(got).toEqual([expected, csp])
    leave()
    expect(await command).toBe(0)
  })

  it.each(['console', 'socket'] as const)(
    'passes on what a system tells by its %s, to each viewer all',
    async (door) => {
      const { shop } = await shopWith(door)
      await shop.spawn('desk', { id: 'back' })
      const { url, leave, command } = await openPage()
      for (let viewers = 0; viewers < 2; viewers++) {
        const told = (await firstLines(`${url}events`, 2)).map((each) => JSON.parse(each.slice('data: '.length)))
        expect(told).toMatchObject([
          { type: '@xstate.actor', name: 'back', _version: expect.any(String) },
          { type: '@xstate.actor', name: 'till', snapshot: { value: 'closed' } },
        ])
        expect(JSON.stringify(told)).not.toContain('hunter2')
      }
      expectTame(cli.output)
      leave()
      expect(await command).toBe(0)
    },
  )

  it('tells the page when the system is gone, and asks it anew each time', async () => {
    const { shop } = await shopWith('socket')
    const { url, leave, command } = await openPage()
    const door = undo.splice(1, 1)[0]
    await door?.()
    expect(await firstLines(`${url}events`, 2)).toEqual([
      'event: gone',
      expect.stringMatching(/^data: No system lets anybody in/),
    ])
    const again = await serveControl(shop as unknown as System, { folder: cli.folder })
    undo.push(() => again.close())
    expect((await firstLines(`${url}events`, 1))[0]).toContain('@xstate.actor')
    leave()
    expect(await command).toBe(0)
  })

  it('lets the system leave something out for a viewer that does not keep up', async () => {
    const { shop } = await shopWith('socket')
    const { url, leave, command } = await openPage()
    const asked = get(`${url}events`, { agent: false })
    const [answer] = (await once(asked, 'response')) as [IncomingMessage]
    const till = shop.actor('desk', 'till')
    // More than all that lies between them can hold; one by one, so that the system itself need not leave anything out.
    const note = 'long '.repeat(2_000)
    for (let notes = 0; notes < 1_000; notes++) await till.deliver({ type: 'NOTE', note })
    let isTold = false
    let rest = ''
    answer.on('data', (part) => {
      rest = `${rest.slice(-100)}${String(part)}`
      isTold ||= rest.includes('roscius.missed')
    })
    await until(() => isTold)
    asked.destroy()
    leave()
    expect(await command).toBe(0)
  })

  it('does not take a port that somebody else has', async () => {
    await shopWith('socket')
    const other = createServer().listen(0, '127.0.0.1')
    undo.push(() => other.close())
    await once(other, 'listening')
    const { port } = other.address() as { readonly port: number }
    await expect(
      inspectCommand([cli.folder, '--stately', '--yes', '--port', String(port)], viewer().sitting),
    ).rejects.toMatchObject({ code: 'LISTEN_FAILED' })
  })
})

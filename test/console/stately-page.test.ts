import { setImmediate } from 'node:timers/promises'
import type { Browser, Frame, Page, Request } from 'playwright-core'
import { createSystem, type System } from 'roscius'
import { createConsole, type RunningConsole } from 'roscius/console'
import { build, type Rollup } from 'vite'
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import { inspectCommand } from '../../src/cli/commands/inspect.js'
import { systemClock } from '../../src/core/clock.js'
import { desk } from '../cli/shop.js'
import { commandLine } from '../support/command-line.js'
import { root } from '../support/compile.js'
import { openBrowser, openPage, type WatchedPage } from './browser.js'
import { describeInBrowser } from './in-browser.js'
import type { Told } from './stately-viewer.js'

const STATELY = 'https://stately.ai'
const OF_STATELY = /^asked https:\/\/stately\.ai\/|from (origin|frame with URL) 'https:\/\/stately\.ai/
const SECRET = 'hunter2'
const cli = commandLine('stately')

/** The receiver of `@statelyai/inspect` with all that it needs, for a browser. */
async function viewerScript(): Promise<string> {
  const built = await build({
    configFile: false,
    logLevel: 'silent',
    root,
    build: {
      write: false,
      minify: false,
      lib: { entry: 'test/console/stately-viewer.ts', formats: ['es'], fileName: 'viewer' },
    },
  })
  const [first] = built as Rollup.RollupOutput[]
  return first?.output[0]?.code ?? ''
}

/** Stands for the page of Stately in all windows of the browser's context. Answers what was asked for there. */
async function standIn(page: Page, script: string): Promise<Request[]> {
  const asked: Request[] = []
  const html = '<!doctype html><title>stand-in</title><script type="module" src="/viewer.js"></script>'
  await page.context().route(`${STATELY}/**`, async (route, request) => {
    asked.push(request)
    const isScript = request.url().endsWith('/viewer.js')
    await route.fulfill(
      isScript ? { contentType: 'text/javascript', body: script } : { contentType: 'text/html', body: html },
    )
  })
  return asked
}

describeInBrowser('roscius inspect --stately, in a browser', () => {
  let browser: Browser
  let script: string
  let system: System<{ desk: typeof desk }>
  let running: RunningConsole
  let leaving: AbortController
  let command: Promise<number>
  let url: string
  let watched: WatchedPage
  let asked: Request[]

  beforeAll(async () => {
    browser = await openBrowser()
    script = await viewerScript()
  })
  afterAll(() => browser.close())

  beforeEach(async () => {
    system = await createSystem({ name: 'shop', store: cli.folder, logic: { desk }, logger: () => {} })
    await system.spawn('desk', { id: 'till' })
    await open()
    leaving = new AbortController()
    const sitting = { clock: systemClock(), interrupted: leaving.signal }
    command = inspectCommand([cli.folder, '--stately', '--yes'], sitting)
    while (cli.output === '') await setImmediate()
    url = /http:\S+/.exec(cli.output)?.[0] ?? ''
    watched = await openPage(browser, new URL(url).origin)
    asked = await standIn(watched.page, script)
    await watched.page.goto(url)
  })

  afterEach(async () => {
    await watched.page.context().close()
    leaving.abort()
    expect(await command).toBe(0)
    await running.close()
    await system.stop()
    // The page asks nobody but its own server and Stately; what that one tries in vain, Chromium tells.
    expect(watched.breaches.filter((breach) => !OF_STATELY.test(breach))).toEqual([])
  })

  const open = async (): Promise<void> => {
    running = await createConsole(system as unknown as System, { port: 0, folder: cli.folder })
  }
  const status = () => watched.page.getByRole('status')

  /** Stately's page, in the frame. */
  async function viewer(): Promise<Frame> {
    const frame = await watched.page.locator('iframe').elementHandle()
    return (await frame?.contentFrame()) as Frame
  }

  /** Waits until the viewer knows of so many events of the type. */
  async function told(frame: Frame | Page, type: string, count: number): Promise<Told[]> {
    await frame.waitForFunction(
      ({ type, count }) => window.told?.filter((event) => event.type === type).length >= count,
      { type: `@xstate.${type}`, count },
    )
    const all = await frame.evaluate(() => window.told)
    return all.filter((event) => event.type === `@xstate.${type}`)
  }

  it('tells the receiver of the real package of actors, events and snapshots, secrets masked', async () => {
    const frame = await viewer()
    const [actor] = await told(frame, 'actor', 1)
    expect(actor).toMatchObject({ name: 'till', sessionId: 'till', snapshot: { value: 'closed', context: { n: 0 } } })
    await system.actor('desk', 'till').deliver({ type: 'OPEN' })
    await system.actor('desk', 'till').deliver({ type: 'NOTE', note: 'psst' })
    // Of the promise inside of it there is an event and a snapshot as well.
    const events = await told(frame, 'event', 3)
    const till = { type: '@xstate.event', sessionId: 'till' }
    expect(events.filter(({ sessionId }) => sessionId === 'till')).toMatchObject([
      { ...till, event: { type: 'OPEN' } },
      { ...till, event: { type: 'NOTE', note: 'psst' } },
    ])
    const snapshots = await told(frame, 'snapshot', 3)
    expect(snapshots.at(-1)).toMatchObject({ snapshot: { value: 'open', context: { note: 'psst' } } })
    const all = JSON.stringify(await frame.evaluate(() => window.told))
    expect(all).not.toContain(SECRET)
    expect(all).not.toContain(running.token)
    expect(new Set(await frame.evaluate(() => window.from))).toEqual(new Set([new URL(url).origin]))
    await status()
      .filter({ hasText: /^\d+ messages passed on$/ })
      .waitFor()
  })

  it('tells a viewer that comes late, or is loaded again, of all that is there', async () => {
    const frame = await viewer()
    await told(frame, 'actor', 1)
    await system.spawn('desk', { id: 'back' })
    await system.actor('desk', 'till').deliver({ type: 'OPEN' })
    await told(frame, 'actor', 3)
    await watched.page.reload()
    // And the promise inside of one.
    const again = await told(await viewer(), 'actor', 3)
    expect(again.map(({ name }) => name).sort()).toEqual(['back', 'prices', 'till'])
    expect(again.find(({ sessionId }) => sessionId === 'till')).toMatchObject({ snapshot: { value: 'open' } })
  })

  it('goes on after the system was gone for a while, and says so', async () => {
    await told(await viewer(), 'actor', 1)
    await running.close()
    await status()
      .filter({ hasText: /stopped|No system.*Trying again/ })
      .waitFor()
    await open()
    await told(await viewer(), 'actor', 2)
    await status()
      .filter({ hasText: /passed on$/ })
      .waitFor()
  })

  it('shows it in a window of its own, if that is wanted', async () => {
    await told(await viewer(), 'actor', 1)
    const opening = watched.page.waitForEvent('popup')
    await watched.page.getByRole('button').click()
    const popup = await opening
    const [actor] = await told(popup, 'actor', 1)
    expect(actor).toMatchObject({ sessionId: 'till' })
    expect(await watched.page.locator('iframe').count()).toBe(0)
  })

  it('lets the page of Stately neither read what is here, nor lead the page elsewhere, nor learn its address', async () => {
    const frame = await viewer()
    await told(frame, 'actor', 1)
    const places = [url, `${url}events`, `http://127.0.0.1:${running.port}/api/actors`]
    const before = watched.breaches.length
    const read = await frame.evaluate(
      (places) =>
        Promise.all(
          places.map((place) =>
            fetch(place).then(
              ({ status }) => String(status),
              () => 'failed',
            ),
          ),
        ),
      places,
    )
    expect(read).toEqual(['failed', 'failed', 'failed'])
    const others = watched.breaches.splice(before).filter((breach) => !OF_STATELY.test(breach))
    expect(others).toEqual([`asked ${places[2]}`])
    expect(
      await frame.evaluate(() => {
        try {
          top!.location.href = 'https://stately.ai/elsewhere'
          return 'led away'
        } catch {
          return 'refused'
        }
      }),
    ).toBe('refused')
    expect(await frame.evaluate(() => document.referrer)).toBe('')
    const headers = await Promise.all(asked.map((request) => request.allHeaders()))
    expect(JSON.stringify([headers, asked.map((request) => request.url())])).not.toContain(new URL(url).pathname)
  })

  it('gives nothing to a window that is not of Stately, whatever that says', async () => {
    await told(await viewer(), 'actor', 1)
    const streams: string[] = []
    watched.page.on('request', (request) => void (request.url().endsWith('/events') && streams.push(request.url())))
    await watched.page.evaluate(() => {
      window.told = []
      addEventListener('message', ({ data }) => window.told.push(data))
      postMessage({ type: '@statelyai.connected' }, '*')
    })
    await system.actor('desk', 'till').deliver({ type: 'OPEN' })
    await told(await viewer(), 'snapshot', 1)
    expect(streams).toEqual([])
    expect(await watched.page.evaluate(() => window.told)).toEqual([{ type: '@statelyai.connected' }])
  })
})

import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { buildConsole } from '../support/build.js'
import { openBrowser } from './browser.js'
import { describeInBrowser } from './in-browser.js'
import { PageWorld } from './page-world.js'

/** A name that somebody else has, and that leads to this machine. */
const REBOUND = 'rebound.example'
const PAUSE = expect.objectContaining({ kind: 'pause' })
const ORDER = JSON.stringify({ path: 'hall', reason: 'from elsewhere' })

/** What a script of another page can do without being allowed to. */
type Attempt = 'read' | 'failed' | 'sent' | 'opened'

describeInBrowser('a page of another origin', () => {
  let browser: Browser
  let world: PageWorld
  let elsewhere: Server
  let page: Page

  beforeAll(async () => {
    await buildConsole()
    browser = await openBrowser([`--host-resolver-rules=MAP ${REBOUND} 127.0.0.1`])
    elsewhere = createServer((_, response) => {
      response.setHeader('content-type', 'text/html').end('<!doctype html><title>elsewhere</title><p>elsewhere')
    })
    await new Promise<void>((resolve) => elsewhere.listen(0, '127.0.0.1', resolve))
  })

  beforeEach(async () => {
    world = new PageWorld(browser)
    await world.open()
    const { page: own } = await world.signedIn()
    // Of the same browser, so that it has the cookie of who is signed in.
    page = await own.context().newPage()
  })

  afterEach(() => world.close())

  afterAll(async () => {
    await browser.close()
    elsewhere.close()
  })

  const port = (): number => (elsewhere.address() as AddressInfo).port

  // The first is of the same site, so that the cookie goes with what it asks; the second is of another.
  describe.each(['127.0.0.1', 'localhost'])('at %s', (host) => {
    beforeEach(async () => {
      await page.goto(`http://${host}:${port()}/`)
    })

    it('can not read what the node answers', async () => {
      for (const path of ['api/actors', 'api/session', 'api/openapi.json', 'metrics', ''])
        expect(await fetched(page, `${world.origin}/${path}`), path).toBe('failed')
      expect(await scripted(page, `${world.origin}/api/actors`)).toBe('failed')
    })

    it('can not act: neither by a script nor by a form', async () => {
      const url = `${world.origin}/api/actor/pause`
      for (const type of ['application/json', 'text/plain', 'application/x-www-form-urlencoded'])
        expect(await posted(page, url, type), type).toBe('failed')
      await submitted(page, url, 'text/plain')
      await submitted(page, url, 'application/x-www-form-urlencoded')
      expect((await world.system.actor('lamp' as never, 'hall').explain()).waitsFor).not.toContainEqual(PAUSE)
      expect(await orders()).toEqual([])
    })

    it('can not open the live socket', async () => {
      for (const path of ['api/live', 'stately'])
        expect(await dialled(page, `${world.origin.replace('http', 'ws')}/${path}`), path).toBe('failed')
    })

    it('can not show the console in a frame, and has no hold on a window that it opens', async () => {
      const frame = await framed(page, `${world.origin}/approvals`)
      expect(frame).not.toContain(world.origin)
      const opened = page.waitForEvent('popup')
      await page.evaluate((url) => void window.open(url), `${world.origin}/approvals`)
      const other = await opened
      await other.getByRole('heading', { name: 'Approvals', level: 1 }).waitFor()
      expect(await other.evaluate(() => window.opener === null)).toBe(true)
    })
  })

  it('that has its own name lead here (DNS rebinding) gets nothing, not even the page', async () => {
    const url = `http://${REBOUND}:${world.running.port}/`
    const answer = await page.goto(url)
    expect(answer?.status()).toBe(403)
    expect(await page.locator('script').count()).toBe(0)
    expect(await answered(page, `${url}api/actors`)).toBe(403)
    expect(await dialled(page, `${url.replace('http', 'ws')}api/live`)).toBe('failed')
  })

  async function orders(): Promise<unknown[]> {
    const found: unknown[] = []
    for await (const { kind, subject } of world.system.audit.records()) if (kind === 'intervention') found.push(subject)
    return found
  }
})

const fetched = (page: Page, url: string): Promise<Attempt> =>
  page.evaluate(async (url) => {
    const answer = await fetch(url, { credentials: 'include' }).then(
      (response) => response.text(),
      () => undefined,
    )
    const opaque = await fetch(url, { credentials: 'include', mode: 'no-cors' }).then(
      (response) => response.text(),
      () => '',
    )
    return answer === undefined && opaque === '' ? 'failed' : 'read'
  }, url)

const answered = (page: Page, url: string): Promise<number> =>
  page.evaluate((url) => fetch(url).then(({ status }) => status), url)

/** As the source of a script, which needs no leave of the server. */
const scripted = (page: Page, url: string): Promise<Attempt> =>
  page.evaluate(
    (url) =>
      new Promise<Attempt>((resolve) => {
        const script = document.createElement('script')
        script.onload = () => resolve('read')
        script.onerror = () => resolve('failed')
        script.src = url
        document.head.append(script)
      }),
    url,
  )

const posted = (page: Page, url: string, type: string): Promise<Attempt> =>
  page.evaluate(
    async ({ url, type, body }) => {
      const init = { method: 'POST', body, credentials: 'include', headers: { 'content-type': type } } as const
      await fetch(url, { ...init, mode: 'no-cors' }).catch(() => undefined)
      return fetch(url, init).then(
        () => 'sent' as const,
        () => 'failed' as const,
      )
    },
    { url, type, body: ORDER },
  )

/** A form whose text is JSON, sent into a frame. */
async function submitted(page: Page, url: string, type: string): Promise<void> {
  const answer = page.waitForResponse(url)
  await page.evaluate(
    ({ url, type, body }) => {
      const frame = document.createElement('iframe')
      frame.name = `frame-${type}`
      const form = document.createElement('form')
      Object.assign(form, { action: url, method: 'post', enctype: type, target: frame.name })
      const field = document.createElement('input')
      Object.assign(field, { type: 'hidden', name: body.slice(0, -1), value: '"}' })
      form.append(field)
      document.body.append(frame, form)
      form.submit()
    },
    { url, type, body: ORDER },
  )
  expect((await answer).status()).toBeGreaterThanOrEqual(400)
}

const dialled = (page: Page, url: string): Promise<Attempt> =>
  page.evaluate(
    (url) =>
      new Promise<Attempt>((resolve) => {
        const socket = new WebSocket(url)
        socket.onopen = () => resolve('opened')
        socket.onerror = () => resolve('failed')
      }),
    url,
  )

/** Where a frame is that was to show `url`. */
async function framed(page: Page, url: string): Promise<string> {
  const handle = await page.evaluateHandle(
    (url) =>
      new Promise<HTMLIFrameElement>((resolve) => {
        const frame = document.createElement('iframe')
        frame.onload = () => resolve(frame)
        frame.src = url
        document.body.append(frame)
      }),
    url,
  )
  return (await handle.asElement()?.contentFrame())?.url() ?? ''
}

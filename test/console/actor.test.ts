import type { Browser, Locator, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { buildConsole } from '../support/build.js'
import { ActorWorld } from './actor-world.js'
import { openBrowser } from './browser.js'
import { describeInBrowser } from './in-browser.js'
import { faultsOf } from './looks.js'
import { VIEWER } from './page-world.js'

/** The box of a state in the chart. */
const state = (page: Page, id: string) => page.locator(`.chart-state[data-state="${id}"]`)
const tone = (page: Page, id: string) => state(page, id).getAttribute('data-tone')
const row = (page: Page, text: string) => page.getByRole('treeitem').filter({ hasText: text }).first()
const shift = (page: Page) => page.locator('.chart-canvas > g').first().getAttribute('transform')
const drawn = (page: Page) => page.locator('.chart-canvas').waitFor()
const atRecord = (page: Page, seqNr: number) => page.waitForURL(new RegExp(`/at/${seqNr}(\\?|$)`))

/** Whether there is more of it than is seen. */
const isCut = (part: Locator) => part.evaluate((element) => element.scrollWidth > element.clientWidth)

async function isWithin(part: Locator, whole: Locator): Promise<boolean> {
  const [inner, outer] = [await part.boundingBox(), await whole.boundingBox()]
  if (inner === null || outer === null) return false
  return inner.x >= outer.x && inner.x + inner.width <= outer.x + outer.width
}

type Box = Awaited<ReturnType<Locator['boundingBox']>>

function areApart(a: Box, b: Box): boolean {
  if (a === null || b === null) return false
  return a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y
}

describeInBrowser('the page of an actor', () => {
  let browser: Browser
  let world: ActorWorld

  beforeAll(async () => {
    await buildConsole()
    browser = await openBrowser()
    world = await ActorWorld.open(browser)
  })

  afterEach(() => {
    expect(world.breaches()).toEqual([])
  })

  afterAll(async () => {
    await world.close()
    await browser.close()
  })

  describe('its statechart', () => {
    it('is fetched once, and a new state only recolours it: active states, and the transition that was taken', async () => {
      await world.payingDesk('live')
      const page = await world.page('actors/live')
      let charts = 0
      page.on('request', (request) => {
        if (request.url().includes('machines/chart')) charts++
      })
      await drawn(page)
      expect(await tone(page, 'desk.paying')).toBe('active')
      expect(await tone(page, 'desk')).toBe('within')
      await world.system.actor('desk', 'live').deliver({ type: 'PAID' } as never)
      await page.locator('.chart-state[data-state="desk.packing.box.empty"][data-tone="active"]').waitFor()
      expect(await tone(page, 'desk.packing.label.blank')).toBe('active')
      expect(await tone(page, 'desk.paying')).toBe('plain')
      await page.locator('.chart-taken').waitFor({ state: 'attached' })
      expect(charts).toBeLessThanOrEqual(1)
    })

    it('tells who can’t see it which states are active', async () => {
      await world.payingDesk('told')
      const page = await world.page('actors/told')
      await page.getByText('Active: paying.').waitFor({ state: 'attached' })
      await world.system.actor('desk', 'told').deliver({ type: 'PAID' } as never)
      await page.getByText('Active: packing › box › empty, packing › label › blank.').waitFor({ state: 'attached' })
    })

    it('is zoomed by wheel and keys, moved by the mouse and keys, and fitted', async () => {
      await world.payingDesk('seen')
      const page = await world.page('actors/seen')
      await drawn(page)
      const chart = page.getByRole('application', { name: /Statechart of desk/ })
      const moves = [
        // Wherever the focus is.
        () => page.keyboard.press('+'),
        () => page.keyboard.press('-'),
        () => chart.press('+'),
        () => chart.press('ArrowLeft'),
        async () => {
          const box = (await chart.boundingBox())!
          await page.mouse.move(box.x + 20, box.y + 20)
          await page.mouse.down()
          await page.mouse.move(box.x + 90, box.y + 60, { steps: 4 })
          await page.mouse.up()
        },
        () => page.mouse.wheel(0, -300),
        () => page.getByRole('button', { name: 'Show all of it (0)' }).click(),
      ]
      for (const move of moves) {
        const before = await shift(page)
        await move()
        await expect.poll(() => shift(page)).not.toBe(before)
      }
    })
  })

  describe('sending an event', () => {
    it('begins at its arrow, by the keyboard too, and a form asks for what the schema wants', async () => {
      await world.system.spawn('desk', { id: 'sent' })
      const page = await world.page('actors/sent')
      await page.locator('.chart-label[role=button]').filter({ hasText: 'PAY' }).focus()
      await page.keyboard.press('Enter')
      await page.getByRole('dialog').getByLabel('amount').waitFor()
      await page.keyboard.press('Escape')
      await page.getByRole('button', { name: /^ADD/ }).click()
      const form = page.getByRole('dialog')
      await form.getByLabel('sku').fill('tea')
      await form.getByLabel('count').fill('0')
      await form.getByRole('button', { name: 'Send' }).click()
      await form.getByText('has to be 1 at least').waitFor()
      await form.getByLabel('count').fill('3')
      await form.getByLabel('colour').selectOption({ label: 'green' })
      await form.getByLabel('gift').check()
      await form.getByRole('button', { name: 'Send' }).click()
      await page.getByText('It took the event (record 2).').waitFor()
      const { items } = world.system.actor('desk', 'sent').getSnapshot().context
      expect(items).toEqual([{ type: 'ADD', sku: 'tea', count: 3, colour: 'green', gift: true }])
    })

    it('says what the node refuses at the field that it is about', async () => {
      await world.payingDesk('refused')
      await world.system.spawn('desk', { id: 'poor' })
      await world.system.actor('desk', 'poor').deliver({ type: 'ADD', sku: 'tea', count: 1, gift: false } as never)
      const page = await world.page('actors/poor')
      await page.getByRole('button', { name: /^PAY/ }).first().click()
      const form = page.getByRole('dialog')
      await form.getByLabel('amount').fill('2')
      await form.getByRole('button', { name: 'Send' }).click()
      await form.getByText('is too little').waitFor()
      expect(await form.getByLabel('amount').getAttribute('aria-invalid')).toBe('true')
    })

    it('takes any event as JSON, and says where that can’t be read', async () => {
      await world.payingDesk('json')
      const page = await world.page('actors/json')
      await page.getByRole('button', { name: 'Send…' }).click()
      const form = page.getByRole('dialog')
      await form.getByLabel('Event', { exact: true }).fill('WHAT')
      await form.getByLabel('Fields of the event').fill('{ "a": ')
      await form.getByText('This is no JSON').waitFor()
      await form.getByLabel('Fields of the event').fill('{ "a": 1 }')
      await form.getByRole('button', { name: 'Send' }).click()
      await page.getByText('It had no transition for the event').waitFor()
    })

    it('is not there for a viewer', async () => {
      await world.payingDesk('viewed')
      const page = await world.page('actors/viewed', VIEWER)
      await page.getByText('Read only: you are a viewer.').waitFor()
      await drawn(page)
      expect(await page.locator('.chart-label[role=button]').count()).toBe(0)
      expect(await page.getByRole('button', { name: /Send|Pause|Restart|Cancel/ }).count()).toBe(0)
    })
  })

  describe('what goes on in it', () => {
    it('is seen: enabled events, timers, effects, what is deferred, and what waits while it is paused', async () => {
      await world.payingDesk('busy')
      await world.system.spawn('desk', { id: 'idle' })
      await world.system.actor('desk', 'idle').deliver({ type: 'SHIP', to: 'Ada' } as never)
      const page = await world.page('actors/busy')
      await page.getByText('after 10 min').last().waitFor()
      await page.getByText('charge', { exact: true }).last().waitFor()
      await page.getByRole('button', { name: /^PAID/ }).last().waitFor()
      const other = await world.page('actors/idle')
      await other.getByRole('region', { name: 'Deferred' }).getByText('SHIP').waitFor()
      await world.system.actor('desk', 'idle').pause({ by: 'ann' })
      world.system.actor('desk', 'idle').send({ type: 'ADD', sku: 'late', count: 1, gift: false } as never)
      await other.getByRole('region', { name: 'Mailbox' }).getByText('ADD').waitFor()
    })

    it('says while it is paused by whom, not that it failed', async () => {
      await world.system.spawn('desk', { id: 'held' })
      await world.system.actor('desk', 'held').pause({ by: 'ann', reason: 'stock taking' })
      const page = await world.page('actors/held')
      await page.getByRole('status').getByText('It was paused by ann: stock taking.').waitFor()
      expect(await page.getByRole('button', { name: 'Go to the failure' }).count()).toBe(0)
    })

    it('leaves an event with it that it takes when it is resumed, and still says at once what is refused', async () => {
      await world.system.spawn('desk', { id: 'asleep' })
      const desk = world.system.actor('desk', 'asleep')
      await desk.pause({ by: 'ann' })
      const page = await world.page('actors/asleep')
      await page.getByRole('button', { name: /^ADD/ }).last().click()
      const dialog = page.getByRole('dialog')
      await dialog.getByText('It takes nothing until it is resumed').waitFor()
      await dialog.getByLabel('sku').fill('milk')
      await dialog.getByRole('button', { name: 'Send' }).click()
      await dialog.getByRole('alert').or(dialog.locator('[aria-invalid=true]')).first().waitFor()
      await dialog.getByLabel('count').fill('1')
      await dialog.getByRole('button', { name: 'Send' }).click()
      await page.getByText('The event waits in its mailbox until it is resumed.').waitFor()
      await dialog.waitFor({ state: 'detached' })
      await desk.resume()
      await page.getByText('It took the event').waitFor()

      await desk.pause({ by: 'ann' })
      await page.getByRole('button', { name: /^ADD/ }).last().click()
      await dialog.getByLabel('sku').fill('tea')
      await dialog.getByLabel('count').fill('1')
      await dialog.getByRole('button', { name: 'Send' }).click()
      await dialog.waitFor({ state: 'detached' })
      await desk.stop()
      await page.getByText('The event was not taken').waitFor()
    })

    it('keeps an event that is being written, whatever it handles meanwhile', async () => {
      await world.system.spawn('desk', { id: 'lively' })
      const desk = world.system.actor('desk', 'lively')
      const page = await world.page('actors/lively')
      await page.getByRole('button', { name: /^ADD/ }).last().click()
      const dialog = page.getByRole('dialog')
      await dialog.getByLabel('sku').fill('milk')
      await desk.deliver({ type: 'ADD', sku: 'tea', count: 1, gift: false } as never)
      await desk.deliver({ type: 'PAY', amount: 25 } as never)
      // It takes no ADD any more: what it takes was read again.
      await page.locator('button', { hasText: 'PAID' }).first().waitFor({ state: 'attached' })
      expect(await dialog.getByLabel('sku').inputValue()).toBe('milk')
    })

    it('tells what was done, and not over the buttons that are needed next', async () => {
      await world.payingDesk('buying')
      const page = await world.page('actors/buying')
      await page.getByRole('button', { name: /^PAID/ }).last().click()
      await page.getByRole('dialog').getByRole('button', { name: 'Send' }).click()
      const toast = page.locator('.toast')
      await toast.waitFor()
      const told = await toast.boundingBox()
      const buttons = await page.locator('main button').all()
      expect(buttons.length).toBeGreaterThan(10)
      for (const button of buttons) expect(areApart(told, await button.boundingBox())).toBe(true)
    })

    it('is stopped and set going again by orders, with a reason that the audit trail keeps', async () => {
      await world.system.spawn('desk', { id: 'ordered' })
      const page = await world.page('actors/ordered')
      await page.getByRole('button', { name: 'Pause' }).click()
      await page.getByRole('dialog').getByText('It handles no mail').waitFor()
      await page.getByRole('dialog').getByLabel('Reason').fill('lunch')
      await page.getByRole('dialog').getByRole('button', { name: 'Pause' }).click()
      await page.getByRole('button', { name: 'Resume' }).waitFor()
      expect((await world.system.actor('desk', 'ordered').explain()).waitsFor).toContainEqual(
        expect.objectContaining({ kind: 'pause', reason: 'lunch' }),
      )
      await page.getByRole('button', { name: 'Resume' }).click()
      await page.getByRole('dialog').getByRole('button', { name: 'Resume' }).click()
      await page.getByRole('button', { name: 'Pause' }).waitFor()
      await page.getByRole('button', { name: 'Cancel' }).click()
      await page.getByRole('dialog').getByText('This can’t be undone.').waitFor()
      await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click()
      await expect.poll(() => world.system.actor('desk', 'ordered').getSnapshot().status).not.toBe('active')
    })

    it('is explained, and what would become of an event that came now', async () => {
      await world.payingDesk('asked')
      const page = await world.page('actors/asked?tab=why')
      await page.getByText('NOPE').first().waitFor()
      expect(await page.locator('datalist option').first().getAttribute('value')).toBe('PAID')
      await page.getByRole('combobox', { name: 'Event' }).fill('ADD')
      await page.keyboard.press('Enter')
      await page.getByText(/ADD would be ignored/).waitFor()
    })

    it('an actor that is not there says so, and where to go', async () => {
      const page = await world.page('actors/nobody/at/3')
      await page.getByText('There is no such actor').waitFor()
      await page.getByRole('button', { name: 'Go to the overview' }).click()
      await page.getByRole('tree', { name: 'Actors' }).waitFor()
    })
  })

  describe('its context', () => {
    it('is a tree that is read piece by piece; what the last record changed is marked, and secrets are masked', async () => {
      await world.payingDesk('tree')
      const page = await world.page('actors/tree/at/3?tab=context')
      await row(page, 'items').click()
      await page.locator('.tree-row[data-change="added"]').filter({ hasText: /^1/ }).waitFor()
      expect(await row(page, 'items').getAttribute('data-change')).toBe('changed')
      expect(await row(page, 'password').innerText()).toContain('masked')
      expect(await page.locator('body').innerText()).not.toContain('hunter2')
    })

    it('gives a path and a value to the clipboard', async () => {
      await world.payingDesk('copied')
      const page = await world.page('actors/copied?tab=context')
      await row(page, 'items').click()
      await row(page, '{ 4 fields }').waitFor()
      await page.getByRole('tree', { name: 'Context' }).focus()
      await page.keyboard.press('ArrowDown')
      await page.keyboard.press('p')
      const clipboard = () => page.evaluate(() => navigator.clipboard.readText())
      await expect.poll(clipboard).toMatch(/^context\.items\[\d]$/)
      await page.keyboard.press('c')
      await expect.poll(clipboard).toContain('"sku": "tea"')
    })

    it('of more than 5 MB opens, and only what is in view is in the page', async () => {
      await world.system.spawn('shelf', { id: 'shelf' })
      const page = await world.page('actors/shelf?tab=context')
      let asked = 0
      page.on('request', (request) => {
        if (request.url().includes('actor/value')) asked++
      })
      await row(page, 'books').click()
      await row(page, '{ 2 fields }').waitFor()
      await page.locator('.tree-scroll').evaluate((tree) => tree.scrollTo(0, tree.scrollHeight * 0.75))
      await page
        .getByRole('treeitem')
        .filter({ hasText: /^1\d{4}/ })
        .first()
        .waitFor()
      expect(await page.getByRole('treeitem').count()).toBeLessThan(200)
      expect(asked).toBeLessThan(10)
      await page.getByRole('tree', { name: 'Context' }).press('End')
      await page.getByRole('button', { name: 'all 1 200 000 characters' }).click()
      await page.getByRole('dialog').getByText('more characters are not shown here').waitFor()
    })
  })

  describe('its past', () => {
    it('is gone through by keys, and each record has an address', async () => {
      await world.payingDesk('past')
      const page = await world.page('actors/past')
      await page.getByText('live · record 4').waitFor()
      await page.keyboard.press('ArrowLeft')
      await atRecord(page, 4)
      await page.keyboard.press('ArrowLeft')
      await atRecord(page, 3)
      await page.keyboard.press('Home')
      await atRecord(page, 1)
      await page.locator('.chart-state[data-state="desk.open"][data-tone="active"]').waitFor()
      await page.keyboard.press('Shift+ArrowRight')
      await atRecord(page, 4)
      await page.reload()
      await page.locator('.chart-state[data-state="desk.paying"][data-tone="active"]').waitFor()
      await page.keyboard.press('Shift+ArrowLeft')
      await atRecord(page, 1)
      await page.getByLabel('Speed').selectOption('30')
      await page.getByRole('heading', { level: 1 }).click()
      await page.keyboard.press('Space')
      await atRecord(page, 4)
      await page.keyboard.press('End')
      await page.getByText('live · record 4').waitFor()
      expect((await page.locator('.travel-go').allInnerTexts()).join('')).toBe('')
    })

    it('tells of a record what came, what it changed and from whom', async () => {
      await world.payingDesk('record')
      const page = await world.page('actors/record/at/2')
      await page.getByRole('heading', { name: 'ADD' }).waitFor()
      await page.getByRole('region', { name: 'What it changed' }).getByText('context.items[0]').waitFor()
      await page.getByText('outside').waitFor()
    })

    it('jumps to a failure, and to the record that caused a record and those that it caused', async () => {
      await world.payingDesk('failing')
      await world.system.spawn('desk', { id: 'broken' })
      await world.system
        .actor('desk', 'broken')
        .deliver({ type: 'BREAK' } as never)
        .catch(() => undefined)
      const page = await world.page('actors/broken')
      await page.getByRole('button', { name: 'Failure before' }).click()
      await page.getByText('the drawer is stuck').first().waitFor()
      const last = page.url()
      await page.keyboard.press('f')
      await page.waitForURL((url) => url.href !== last)
      await page.keyboard.press('F')
      await page.waitForURL(last)
      expect(await page.getByRole('button', { name: 'Next failure' }).isDisabled()).toBe(true)
      await world.system.spawn('listener', { id: 'listener', systemId: 'listener' })
      await world.system.spawn('bell', { id: 'bell' })
      await world.system.actor('bell', 'bell').deliver({ type: 'RING' } as never)
      const other = await world.page('actors/listener/at/2')
      await other.getByRole('region', { name: 'Where it came from' }).getByRole('link', { name: /bell/ }).click()
      await other.waitForURL(/actors\/bell\/at\/2/)
      await other
        .getByRole('region', { name: 'What it led to' })
        .getByRole('link', { name: /listener/ })
        .click()
      await other.waitForURL(/actors\/listener\/at\/2/)
    })

    it('of an actor that has failed begins at its failure, one press from why it is in trouble', async () => {
      await world.system.spawn('stall', { id: 'over' })
      await world.system
        .actor('stall', 'over')
        .deliver({ type: 'BREAK' } as never)
        .catch(() => undefined)
      const page = await world.page('actors/over')
      await page.getByRole('alert').getByText('the drawer is stuck').waitFor()
      await page.getByRole('button', { name: 'Go to the failure' }).click()
      await page.waitForURL(/actors\/over\/at\/\d+$/)
      await page.getByText('Failed with').waitFor()
    })

    it('is dragged along its track, and played', async () => {
      await world.payingDesk('played')
      const page = await world.page('actors/played')
      const track = page.getByRole('slider', { name: 'Record of the journal' })
      const box = (await track.boundingBox())!
      await page.mouse.click(box.x + 8, box.y + 15)
      await atRecord(page, 1)
      expect(await track.getAttribute('aria-valuetext')).toContain('record 1')
      await page.getByLabel('Speed').selectOption('30')
      await page.getByRole('button', { name: 'Play (Space)' }).click()
      await atRecord(page, 4)
    })

    it('is written as a test', async () => {
      await world.payingDesk('tested')
      const page = await world.page('actors/tested/at/4')
      await page.getByRole('button', { name: 'Copy as a test' }).click()
      const dialog = page.getByRole('dialog')
      await dialog.getByText("from 'vitest'").waitFor()
      await dialog.getByRole('button', { name: 'Copy the test' }).click()
      await page.getByText('The test is in the clipboard.').waitFor()
      expect(await page.evaluate(() => navigator.clipboard.readText())).toContain('records 1 to 4')
    })

    it('is listed, newest first, and a record of the list is gone to', async () => {
      await world.payingDesk('listed')
      const page = await world.page('actors/listed?tab=journal')
      const records = page.getByRole('region', { name: 'Records, newest first' })
      await records.getByText('xstate.init').waitFor()
      expect(await records.getByRole('link').first().innerText()).toContain('PAY')
      await records.getByRole('link').filter({ hasText: 'cup' }).click()
      await atRecord(page, 3)
    })
  })

  describe('the page of a machine', () => {
    it('shows what of it was seen and what was not, and the actors that run it', async () => {
      await world.payingDesk('covered')
      const page = await world.page('machines/desk')
      await page.locator('.chart-state[data-state="desk.paying"][data-tone="seen"]').waitFor()
      await page
        .getByText(/of \d+ states/)
        .first()
        .waitFor()
      await page.getByRole('link', { name: 'covered' }).click()
      await page.waitForURL(/actors\/covered/)
    })
  })

  describe('where there is little room', () => {
    it('a long state shows its innermost state whole, in the tree, above the tabs, and all of it in its record', async () => {
      await world.system.spawn('maze', { id: 'maze' })
      await world.system.actor('maze', 'maze').deliver({ type: 'GO' } as never)
      const page = await world.page('?q=maze')
      const line = page.getByRole('treeitem').locator('.state-line')
      const inner = line.locator('> .state-inner')
      await line.waitFor()
      expect(await isCut(line.locator('> .state-outer'))).toBe(true)
      expect(await isCut(inner)).toBe(false)
      expect(await inner.innerText()).toBe('atTheVeryCentre')
      expect(await line.getAttribute('title')).toMatch(/atTheVeryCentre \+ keepingCountOfSteps\.countingThemAll$/)
      await page.goto(new URL('/actors/maze/at/2', page.url()).href)
      const panel = page.locator('.panel').filter({ hasText: 'State after' })
      const whole = panel.locator('.state-line')
      await whole.waitFor()
      expect(await isWithin(whole, panel)).toBe(true)
      expect(await whole.innerText()).toBe(await whole.getAttribute('title'))
    })

    it('the chosen tab is seen whole', async () => {
      await world.payingDesk('small')
      const page = await world.page('actors/small?tab=about')
      await page.setViewportSize({ width: 390, height: 844 })
      const tabs = page.getByRole('tablist', { name: 'Sides of the actor' })
      for (const name of ['About', 'Chart', 'Why']) {
        const tab = tabs.getByRole('tab', { name })
        await tab.click()
        await expect.poll(() => isWithin(tab, tabs)).toBe(true)
      }
      await page.reload()
      await expect.poll(() => isWithin(tabs.getByRole('tab', { name: 'Why' }), tabs)).toBe(true)
      await page.setViewportSize({ width: 1_280, height: 844 })
    })
  })

  // The other tabs are seen in `audit-job.test.ts`.
  it('has what WCAG AA asks for in light and dark, wide and narrow, and fits the window', async () => {
    await world.payingDesk('axe')
    const page = await world.page('actors/axe')
    for (const view of ['?tab=context', '?tab=journal', '?tab=why']) {
      await page.goto(new URL(`/actors/axe${view}`, page.url()).href)
      await page.getByRole('slider').waitFor()
      await page.locator('.tab-panel').waitFor()
      expect(await faultsOf(page), view).toEqual([])
    }
  })
})

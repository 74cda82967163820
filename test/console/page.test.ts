import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { buildConsole } from '../support/build.js'
import { chromiumPath, NEEDS_CHROMIUM, openBrowser } from './browser.js'
import { CutWire } from './cut-wire.js'
import { faultsOf, isAtRest } from './looks.js'
import { PageWorld, TOKEN, VIEWER } from './page-world.js'

/** The others are seen in `audit-job.test.ts`, with something in them. */
const EMPTY_VIEWS = ['', 'approvals', 'conversations', 'dead-letters', 'budgets', 'nowhere/x']

const heading = (page: Page, name: string | RegExp) => page.getByRole('heading', { level: 1, name })

describe.skipIf(chromiumPath === undefined)(`the console in a browser${NEEDS_CHROMIUM}`, () => {
  let browser: Browser
  let world: PageWorld

  beforeAll(async () => {
    await buildConsole()
    browser = await openBrowser()
  })

  afterAll(() => browser.close())

  beforeEach(async () => {
    world = new PageWorld(browser)
    await world.open()
  })

  afterEach(async () => {
    const { breaches } = world
    await world.close()
    expect(breaches).toEqual([])
  })

  describe('who gets in', () => {
    it('opens by the URL that the node prints, and takes the token out of the address', async () => {
      const { page } = await world.visit()
      await page.goto(world.running.url)
      await page.getByRole('tree', { name: 'Actors' }).waitFor()
      expect(page.url()).toBe(`${world.origin}/`)
    })

    it('without a session says where the token is, takes the URL, and goes on to the view that was asked for', async () => {
      const { page } = await world.visit()
      await page.goto(`${world.origin}/budgets`)
      await heading(page, 'Open the console').waitFor()
      await page.getByLabel('Token or URL').fill('wrong-wrong-wrong-wrong-wrong-wrong')
      await page.getByRole('button', { name: 'Open' }).click()
      await page.getByRole('alert').waitFor()
      await page.getByLabel('Token or URL').fill(world.running.url)
      await page.keyboard.press('Enter')
      await heading(page, 'Budgets').waitFor()
      expect(page.url()).toBe(`${world.origin}/budgets`)
    })

    it('a viewer sees everything and has nothing to act with', async () => {
      const { page } = await world.signedIn(VIEWER)
      await page.getByText('Read only').waitFor()
      await page.goto(`${world.origin}/approvals`)
      await page.getByRole('button', { name: /^Approve/ }).waitFor()
      expect(await page.getByRole('button', { name: /^Approve/ }).isDisabled()).toBe(true)
      await page.goto(`${world.origin}/budgets`)
      await page.getByText('tokens').first().waitFor()
      expect(await page.getByRole('button', { name: /^Raise/ }).count()).toBe(0)
    })

    it('runs below any path of another server', async () => {
      await world.running.close()
      await world.listen({ basePath: '/ops/roscius' })
      const { page } = await world.visit()
      await page.goto(world.running.url)
      await page.getByRole('tree', { name: 'Actors' }).waitFor()
      await page.goto(`${world.origin}/ops/roscius/actors/hall`)
      await heading(page, /hall/).waitFor()
      await page.getByRole('link', { name: 'Budgets' }).first().click()
      expect(page.url()).toBe(`${world.origin}/ops/roscius/budgets`)
    })
  })

  describe('the overview', () => {
    it('says what runs and what needs a person, and follows what happens', async () => {
      const { page } = await world.signedIn()
      await heading(page, 'One thing needs attention').waitFor()
      await page.getByText('waits for 1 approval').waitFor()
      const hall = page.getByRole('treeitem').filter({ hasText: 'hall' })
      await hall.getByText('off').waitFor()
      world.system.actor('lamp' as never, 'hall').send({ type: 'TOGGLE' } as never)
      await hall.getByText('on', { exact: true }).waitFor()
      await hall.getByText('TOGGLE').waitFor()
      await world.system.spawn('lamp' as never, { id: 'garden' })
      await page.getByRole('treeitem').filter({ hasText: 'garden' }).waitFor()
    })

    it('is searched and gone through by the keyboard, and the search is part of the address', async () => {
      const { page } = await world.signedIn()
      await page.getByRole('treeitem').first().waitFor()
      await page.keyboard.press('/')
      await page.keyboard.type('cellar')
      await page.keyboard.press('Enter')
      expect(page.url()).toBe(`${world.origin}/?q=cellar`)
      expect(await page.getByRole('treeitem').count()).toBe(1)
      await page.keyboard.press('Enter')
      await heading(page, /cellar/).waitFor()
      await page.goBack()
      await page.getByRole('treeitem').waitFor()
      expect(await page.getByRole('treeitem').count()).toBe(1)
    })

    it('without actors says how to spawn one', async () => {
      await world.close()
      await world.open({ isEmpty: true })
      const { page } = await world.signedIn()
      await heading(page, 'Nothing runs yet').waitFor()
      await page.getByText("system.spawn('greeter'").waitFor()
    })
  })

  it('goes anywhere by keys and by the palette', async () => {
    const { page } = await world.signedIn()
    await page.getByRole('treeitem').first().waitFor()
    for (const [key, name] of [
      ['a', 'Approvals'],
      ['d', 'Dead letters'],
      ['b', 'Budgets'],
      ['l', 'Nodes and links'],
      ['t', 'Timeline'],
    ] as const) {
      await page.keyboard.press('g')
      await page.keyboard.press(key)
      await heading(page, name).waitFor()
    }
    await page.keyboard.press('Control+k')
    await page.keyboard.type('attic')
    await page.getByRole('option', { name: /attic/ }).waitFor()
    await page.keyboard.press('Enter')
    await heading(page, /attic/).waitFor()
    await page.keyboard.press('?')
    await page.getByRole('dialog', { name: 'Keys' }).waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
  })

  it('is light or dark as the machine is, or as one chooses: that is kept', async () => {
    const { page } = await world.signedIn(TOKEN, { colorScheme: 'dark' })
    const theme = (): Promise<string> => page.evaluate('document.documentElement.dataset.theme')
    expect(await theme()).toBe('dark')
    await page
      .getByRole('button', { name: /^Colours/ })
      .first()
      .click()
    expect(await theme()).toBe('light')
    await page.reload()
    await page.getByRole('treeitem').first().waitFor()
    expect(await theme()).toBe('light')
  })

  describe('lists', () => {
    it('an approval shows what is asked, and a yes with its reason reaches the agent and the audit trail', async () => {
      const { page } = await world.signedIn()
      await page.goto(`${world.origin}/approvals`)
      const approval = page.getByRole('article', { name: 'The approval' })
      await approval.getByText('make room').waitFor()
      await approval.getByText('"disk": "b"').waitFor()
      await page.keyboard.press('a')
      await page.keyboard.type('the disk is full')
      await page.keyboard.press('Enter')
      await page.getByText('1 approved.').waitFor()
      await page.getByRole('heading', { name: 'Nobody waits for you' }).waitFor()
      await world.system.settled()
      expect(world.wiped).toHaveLength(1)
      expect(world.system.approvals.list({ status: 'any' })).toMatchObject([
        { status: 'approved', settled: { by: 'console', reason: 'the disk is full' } },
      ])
    })

    it('a dead letter says why it is one, and is discarded after a second question', async () => {
      const lost = world.system.actor('lamp' as never, 'nobody').deliver({ type: 'HELLO' } as never)
      await expect(lost).rejects.toMatchObject({ code: 'DEAD_LETTER' })
      const { page } = await world.signedIn()
      await page.goto(`${world.origin}/dead-letters`)
      await page.getByRole('button', { name: 'HELLO' }).click()
      await page.getByText('There was no actor of this path').waitFor()
      await page.getByRole('button', { name: 'Discard…' }).click()
      await page.getByRole('dialog').getByRole('button', { name: 'Discard', exact: true }).click()
      await page.getByRole('heading', { name: 'No dead letters' }).waitFor()
    })

    it('dead letters that are selected are sent again together', async () => {
      for (const type of ['ONE', 'TWO'])
        await world.system
          .actor('lamp' as never, 'garage')
          .deliver({ type } as never)
          .catch(() => undefined)
      await world.system.spawn('lamp' as never, { id: 'garage' })
      const { page } = await world.signedIn()
      await page.goto(`${world.origin}/dead-letters`)
      await page.getByRole('checkbox', { name: 'Select all' }).check()
      await page.getByRole('button', { name: 'Send again' }).click()
      await page.getByText('2 sent again.').waitFor()
      await page.getByRole('heading', { name: 'No dead letters' }).waitFor()
    })

    it('of approvals several are denied at once, each with the reason', async () => {
      for (const id of ['second', 'third']) await world.system.spawn('agent' as never, { id })
      await world.system.settled()
      const { page } = await world.signedIn()
      await page.goto(`${world.origin}/approvals`)
      await page.getByText('3 questions').waitFor()
      await page.getByRole('checkbox', { name: 'Select all' }).check()
      await page.getByRole('button', { name: 'Deny…' }).first().click()
      await page.getByRole('dialog').waitFor()
      await page.keyboard.type('not today')
      await page.keyboard.press('Enter')
      await page.getByText('3 denied.').waitFor()
      const settled = { by: 'console', reason: 'not today' }
      const all = world.system.approvals.list({ status: 'any' })
      expect(all).toMatchObject(Array(3).fill({ status: 'denied', settled }))
      expect(world.wiped).toHaveLength(0)
    })

    it('a budget shows what is left, and is raised', async () => {
      const { page } = await world.signedIn()
      await page.goto(`${world.origin}/budgets`)
      await page.getByText('1,000 left').waitFor()
      await page.getByRole('button', { name: 'Raise…' }).click()
      await page.getByLabel('More tokens').fill('500')
      await page.keyboard.press('Enter')
      await page.getByText('1,500 left').waitFor()
      expect(world.system.budget('janitor')?.lines.find(({ dimension }) => dimension === 'tokens')?.limit).toBe(1_500)
    })

    it('the node tells of itself, and what to do to have peers', async () => {
      const { page } = await world.signedIn()
      await page.goto(`${world.origin}/links`)
      await page.getByRole('heading', { name: 'house' }).waitFor()
      await page.getByRole('heading', { name: 'This node has no peers' }).waitFor()
    })
  })

  it('the timeline tells each event as it is handled, and leads to that moment', async () => {
    const { page } = await world.signedIn()
    await page.goto(`${world.origin}/timeline`)
    await page.getByText('Live').first().waitFor()
    await world.system.actor('lamp' as never, 'hall').deliver({ type: 'TOGGLE' } as never)
    const line = page.getByRole('listitem').filter({ hasText: 'TOGGLE' })
    await line.getByRole('button').click()
    await page.getByRole('link', { name: 'Open this moment' }).click()
    await page.waitForURL(/\/actors\/hall\/at\/\d+$/)
  })

  it('a conversation shows who sent what to whom, filters it, and leads to the record', async () => {
    await world.system.actor('lamp' as never, 'hall').deliver({ type: 'TOGGLE' } as never)
    const { page } = await world.signedIn()
    await page.goto(`${world.origin}/conversations`)
    await page.getByRole('link', { name: /NOTE from hall to clerk/ }).waitFor()
    await page.getByRole('combobox', { name: 'Event' }).selectOption('NOTE')
    expect(await page.getByRole('link', { name: /TOGGLE from/ }).count()).toBe(0)
    await page.getByRole('link', { name: /NOTE from hall to clerk/ }).click()
    await page.waitForURL(/\/actors\/clerk\/at\/\d+$/)
  })

  it('a lost connection is told, what is shown stays, and it comes back by itself with what happened since', async () => {
    const wire = await CutWire.to(world.running.port)
    const { page } = await world.signedIn(TOKEN, {}, wire.origin)
    const hall = page.getByRole('treeitem').filter({ hasText: 'hall' })
    await hall.getByText('off').waitFor()
    wire.cut()
    await page.getByText('Connection lost.').waitFor()
    expect(await hall.isVisible()).toBe(true)
    await world.system.actor('lamp' as never, 'hall').deliver({ type: 'TOGGLE' } as never)
    wire.mend()
    await page.getByText('Connected again').waitFor()
    await hall.getByText('on', { exact: true }).waitFor()
    wire.close()
  })

  it('a node that was started again says that the session is over; who signs in anew is back where they were', async () => {
    const { page } = await world.signedIn()
    await page.goto(`${world.origin}/budgets`)
    await page.getByText('1,000 left').waitFor()
    const { port } = world.running
    await world.running.close()
    await page.getByText('Connection lost.').waitFor()
    await world.listen({ port })
    await heading(page, 'The session is over').waitFor()
    await page.getByLabel('Token or URL').fill(world.running.url)
    await page.keyboard.press('Enter')
    await heading(page, 'Budgets').waitFor()
  })

  it('what there is to say where nothing is has what WCAG AA asks for, in both themes, and no more width than there is', async () => {
    await world.close()
    await world.open({ isEmpty: true })
    const { page } = await world.signedIn()
    for (const view of EMPTY_VIEWS) {
      await page.goto(`${world.origin}/${view}`)
      await heading(page, /./).waitFor()
      await isAtRest(page)
      expect(await faultsOf(page), view).toEqual([])
    }
  })

  it('so has the page that asks for the token', async () => {
    const { page } = await world.visit()
    await page.goto(world.origin)
    await heading(page, 'Open the console').waitFor()
    expect(await faultsOf(page)).toEqual([])
  })

  it('so have the palette, the keys and a dialog', async () => {
    const { page } = await world.signedIn()
    await page.goto(`${world.origin}/approvals`)
    await isAtRest(page)
    for (const key of ['Control+k', '?', 'a']) {
      await page.keyboard.press(key)
      await page.getByRole('dialog').waitFor()
      expect(await faultsOf(page), key).toEqual([])
      await page.keyboard.press('Escape')
      await page.getByRole('dialog').waitFor({ state: 'detached' })
    }
  })
})

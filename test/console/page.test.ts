import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { buildConsole } from '../support/build.js'
import { openBrowser } from './browser.js'
import { CutWire } from './cut-wire.js'
import { describeInBrowser } from './in-browser.js'
import { faultsOf, isAtRest } from './looks.js'
import { PageWorld, TOKEN, VIEWER } from './page-world.js'

/** The others are seen in `audit-job.test.ts`, with something in them. */
const EMPTY_VIEWS = ['', 'approvals', 'conversations', 'dead-letters', 'budgets', 'nowhere/x']

const LONG_NAME =
  'a-lamp-with-a-rather-long-name-that-takes-the-room-of-everything-else-in-a-table-of-letters-if-it-may'

const heading = (page: Page, name: string | RegExp) => page.getByRole('heading', { level: 1, name })

describeInBrowser('the console in a browser', () => {
  let browser: Browser
  let world: PageWorld

  beforeAll(async () => {
    await buildConsole()
    browser = await openBrowser()
  })

  afterAll(() => browser.close())

  afterEach(async () => {
    expect(await world.breaches()).toEqual([])
  })

  const lamp = async (id: string) => {
    await world.system.spawn('lamp' as never, { id })
    return world.system.actor('lamp' as never, id)
  }

  // In this order: what one of them leaves is there for the next.
  describe('of a node at work', () => {
    beforeAll(async () => {
      world = new PageWorld(browser)
      await world.open()
      await world.system.actor('lamp' as never, 'attic').deliver({ type: 'TOGGLE' } as never)
    })

    afterAll(() => world.close())

    it('tells on the timeline what was done before anybody looked, and each event as it is handled', async () => {
      const page = await world.page('timeline')
      // With the record's number: a busy machine may also tell that the actor held the thread on it.
      const line = (actor: string) =>
        page.getByRole('listitem').filter({ hasText: new RegExp(`${actor}\\s*#\\d+\\s*TOGGLE`) })
      await page.locator('.lane-name').getByText('attic').waitFor()
      await line('attic').getByRole('button').click()
      await page.getByText('its journal: nobody looked when it happened').waitFor()
      await page.keyboard.press('Escape')
      await (await lamp('lantern')).deliver({ type: 'TOGGLE' } as never)
      await line('lantern').getByRole('button').click()
      await page.getByText(/^commit \d+, in turn/).waitFor()
      await page.getByRole('link', { name: 'Open this moment' }).click()
      await page.waitForURL(/\/actors\/lantern\/at\/\d+$/)
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
    })

    describe('the overview', () => {
      it('says what runs and what needs a person, and follows what happens', async () => {
        const page = await world.page('')
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
        const page = await world.page('')
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
    })

    it('goes anywhere by keys and by the palette', async () => {
      const page = await world.page('')
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
      await page.getByRole('option', { name: /attic/, selected: true }).waitFor()
      await page.keyboard.press('Enter')
      await heading(page, /attic/).waitFor()
      await page.keyboard.press('?')
      await page.getByRole('dialog', { name: 'Keys' }).getByText('To the failure before, after').waitFor()
      await page.keyboard.press('Escape')
      await page.getByRole('dialog').waitFor({ state: 'detached' })
    })

    it('goes to what is meant by what was typed, though the answer is still on its way', async () => {
      const page = await world.page('')
      await page.getByRole('treeitem').first().waitFor()
      await page.keyboard.press('Control+k')
      const found = page.getByRole('group', { name: 'Actors' }).locator('.palette-name')
      await found.nth(1).waitFor()
      const second = await found.nth(1).innerText()
      await page.route(/actors\?.*search=./, () => undefined)
      await page.keyboard.type(second)
      await page.keyboard.press('Enter')
      await heading(page, new RegExp(second)).waitFor()
    })

    it('offers no order while actors of its name are still asked for, and all when nobody answers', async () => {
      const page = await world.page('')
      await page.getByRole('treeitem').first().waitFor()
      const asked: (() => Promise<void>)[] = []
      await page.route(/actors\?.*search=./, (route) => void asked.push(() => route.abort()))
      await page.keyboard.press('Control+k')
      await page.getByRole('option', { name: 'Sign out' }).waitFor()
      await page.keyboard.type('sign o')
      await page.getByText('Looking…').waitFor()
      await page.keyboard.press('Enter')
      while (asked.length > 0) await asked.pop()?.()
      await page.getByRole('option', { name: 'Sign out', selected: true }).waitFor()
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

    it('has what WCAG AA asks for in the palette, the keys and a dialog, in both themes, wide and narrow', async () => {
      const page = await world.page('approvals')
      await isAtRest(page)
      for (const key of ['Control+k', '?', 'a']) {
        await page.keyboard.press(key)
        await page.getByRole('dialog').waitFor()
        expect(await faultsOf(page), key).toEqual([])
        await page.keyboard.press('Escape')
        await page.getByRole('dialog').waitFor({ state: 'detached' })
      }
    })

    describe('lists', () => {
      it('a budget shows what is left, and is raised', async () => {
        const page = await world.page('budgets')
        await page.getByText('1 000 left').waitFor()
        await page.getByRole('button', { name: 'Raise…' }).click()
        await page.getByLabel('More tokens').fill('500')
        await page.keyboard.press('Enter')
        await page.getByText('1 500 left').waitFor()
        expect(world.system.budget('janitor')?.lines.find(({ dimension }) => dimension === 'tokens')?.limit).toBe(1_500)
      })

      it('an approval shows what is asked, and a yes with its reason reaches the agent and the audit trail', async () => {
        const page = await world.page('approvals')
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
        const page = await world.page('dead-letters')
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
        const page = await world.page('dead-letters')
        await page.getByRole('checkbox', { name: 'Select all' }).check()
        await page.getByRole('button', { name: 'Send again' }).click()
        await page.getByText('2 sent again.').waitFor()
        await page.getByRole('heading', { name: 'No dead letters' }).waitFor()
      })

      it('dead letters are found by their receiver and their event, and a long sender leaves the others their room', async () => {
        const lost = await world.system.spawn('clerk' as never, { id: 'lost', systemId: 'lost' })
        const caller = await world.system.spawn('caller' as never, { id: LONG_NAME })
        await lost.cancel()
        await caller.deliver({ type: 'CALL' } as never)
        for (const [id, type] of [
          ['shed', 'OPEN'],
          ['loft', 'AIR'],
        ] as const)
          await world.system
            .actor('lamp' as never, id)
            .deliver({ type } as never)
            .catch(() => undefined)
        const page = await world.page('dead-letters')
        await page.getByText('3 letters').waitFor()
        const receiver = page.getByRole('row').filter({ hasText: LONG_NAME }).locator('[data-name=for]')
        expect((await receiver.boundingBox())?.width).toBeGreaterThan(180)
        for (const [search, found] of [
          ['SHE', 'OPEN'],
          ['air', 'AIR'],
        ] as const) {
          await page.getByRole('searchbox', { name: 'Receiver or event' }).fill(search)
          await page.getByText('1 letter', { exact: true }).waitFor()
          await page.getByRole('button', { name: found }).waitFor()
        }
        await page.goto(page.url())
        await page.getByText('1 letter', { exact: true }).waitFor()
        await page.getByRole('searchbox', { name: 'Receiver or event' }).fill('nothing like it')
        await page.getByRole('button', { name: 'Show all' }).click()
        await page.getByRole('checkbox', { name: 'Select all' }).check()
        await page.getByRole('button', { name: 'Discard…' }).click()
        await page.getByRole('dialog').getByRole('button', { name: 'Discard', exact: true }).click()
        await page.getByText('3 discarded.').waitFor()
      })

      it('of approvals several are denied at once, each with the reason', async () => {
        for (const id of ['second', 'third']) await world.system.spawn('agent' as never, { id })
        await world.system.settled()
        const page = await world.page('approvals')
        await page.getByText('2 questions').waitFor()
        await page.getByRole('checkbox', { name: 'Select all' }).check()
        await page.getByRole('button', { name: 'Deny…' }).first().click()
        await page.getByRole('dialog').waitFor()
        await page.keyboard.type('not today')
        await page.keyboard.press('Enter')
        await page.getByText('2 denied.').waitFor()
        const settled = { by: 'console', reason: 'not today' }
        expect(world.system.approvals.list({ status: 'denied' })).toMatchObject([{ settled }, { settled }])
        expect(world.wiped).toHaveLength(1)
      })

      it('the node tells of itself, and what to do to have peers', async () => {
        const page = await world.page('links')
        await page.getByRole('heading', { name: 'house' }).waitFor()
        await page.getByRole('heading', { name: 'This node has no peers' }).waitFor()
      })
    })

    it('a conversation shows who sent what to whom, filters it, and leads to the record', async () => {
      const porch = await lamp('porch')
      await porch.deliver({ type: 'TOGGLE' } as never)
      await porch.deliver({ type: 'TOGGLE' } as never)
      const page = await world.page('conversations')
      const entries = page.locator('.talk-entry').filter({ hasText: 'porch' })
      await entries.first().waitFor()
      expect(await entries.count()).toBe(1)
      await page.getByRole('checkbox', { name: 'Also single messages' }).check()
      await expect.poll(() => entries.count()).toBeGreaterThan(1)
      await page.getByRole('checkbox', { name: 'Also single messages' }).uncheck()
      await expect.poll(() => entries.count()).toBe(1)
      await entries.getByRole('link').click()
      await page.getByRole('link', { name: /NOTE from porch to clerk/ }).waitFor()
      await page.getByRole('combobox', { name: 'Event' }).selectOption('NOTE')
      expect(await page.getByRole('link', { name: /TOGGLE from/ }).count()).toBe(0)
      await page.getByRole('link', { name: /NOTE from porch to clerk/ }).click()
      await page.waitForURL(/\/actors\/clerk\/at\/\d+$/)
    })

    it('a lost connection is told, what is shown stays, and it comes back by itself with what happened since', async () => {
      const wire = await CutWire.to(world.running.port)
      const { page } = await world.signedIn(TOKEN, {}, wire.origin)
      const cellar = page.getByRole('treeitem').filter({ hasText: 'cellar' })
      await cellar.getByText('off').waitFor()
      wire.cut()
      await page.getByText('Connection lost.').waitFor()
      expect(await cellar.isVisible()).toBe(true)
      await world.system.actor('lamp' as never, 'cellar').deliver({ type: 'TOGGLE' } as never)
      wire.mend()
      await page.getByText('Connected again').waitFor()
      await cellar.getByText('on', { exact: true }).waitFor()
      wire.close()
    })
  })

  describe('of a node of its own', () => {
    beforeEach(() => {
      world = new PageWorld(browser)
    })

    afterEach(() => world.close())

    it('runs below any path of another server', async () => {
      await world.open()
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

    it('a node that was started again says that the session is over; who signs in anew is back where they were', async () => {
      await world.open()
      const page = await world.page('budgets')
      await page.getByText('1 000 left').waitFor()
      const { port } = world.running
      await world.running.close()
      await page.getByText('Connection lost.').waitFor()
      await world.listen({ port })
      await heading(page, 'The session is over').waitFor()
      await page.getByLabel('Token or URL').fill(world.running.url)
      await page.keyboard.press('Enter')
      await heading(page, 'Budgets').waitFor()
    })

    it('without actors says how to spawn one, and has what WCAG AA asks for where nothing is and at its door', async () => {
      await world.open({ isEmpty: true })
      for (const view of EMPTY_VIEWS) {
        const page = await world.page(view)
        await heading(page, /./).waitFor()
        await isAtRest(page)
        if (view === '') await page.getByText("system.spawn('greeter'").waitFor()
        expect(await faultsOf(page), view).toEqual([])
      }
      const { page } = await world.visit()
      await page.goto(world.origin)
      await heading(page, 'Open the console').waitFor()
      expect(await faultsOf(page)).toEqual([])
    })
  })
})

import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type AuditProcess, hasPrinted, startAudit } from '../examples/audit/audit-process.js'
import { temporaryFolder } from '../examples/audit/temporary-folder.js'
import { build, buildConsole } from '../support/build.js'
import { openBrowser, openPage, type WatchedPage } from './browser.js'
import { describeInBrowser } from './in-browser.js'
import { faultsOf, isAtRest } from './looks.js'

const FILES = 120

/** Sources with something to find, and two that are broken. */
const SOURCES = {
  // Comments for the audit to find: it counts what is marked as left open.
  ...Object.fromEntries(Array.from({ length: FILES }, (_, index) => [`lib/f${index}.ts`, `// TODO ${index}\n`])),
  'broken.json': '{ "a": 1, }',
  'package-lock.json': `${'{"dependencies":{"a":'.repeat(10_000)}{}${'}}'.repeat(10_000)}`,
}

const VIEWS = [
  '',
  'actors/job/coordinator',
  'actors/job/coordinator/at/3',
  'actors/job/register?tab=context',
  'actors/job/pool?tab=about',
  'conversations',
  'approvals',
  'dead-letters',
  'budgets',
  'links',
  'timeline',
  'machines',
  'machines/coordinator',
]

const state = (page: Page, id: string, tone: string) =>
  page.locator(`.chart-state[data-state="${id}"][data-tone="${tone}"]`)

describeInBrowser('the console of the audit', () => {
  let browser: Browser
  let folder: Awaited<ReturnType<typeof temporaryFolder>>
  let job: AuditProcess
  let watched: WatchedPage
  let page: Page
  let base: string

  const open = async (view: string): Promise<void> => {
    await page.goto(new URL(view, base).href)
    await isAtRest(page)
  }

  beforeAll(async () => {
    await Promise.all([build(), buildConsole()])
    folder = await temporaryFolder(SOURCES)
    browser = await openBrowser()
    job = startAudit([folder.path, '--ask', '--watch'])
    expect(await hasPrinted(job, '#token=')).toBe(true)
    const url = /^Watch it: (\S+)$/m.exec(job.output.stderr)?.[1] as string
    base = new URL('./', url).href
    watched = await openPage(browser, new URL(url).origin)
    page = watched.page
    await page.goto(url)
    // It compiles everything, and goes through an audit.
  }, 180_000)

  afterAll(async () => {
    job.child.kill('SIGKILL')
    await Promise.all([job.ended, browser.close()])
    await folder[Symbol.asyncDispose]()
  })

  it('shows its agents below their supervisors, follows them, and puts its question on top', async () => {
    const tree = page.getByRole('tree', { name: 'Actors' })
    for (const name of ['job', 'register', 'coordinator', 'pool', 'analyst', 'desk'])
      await tree.getByRole('treeitem').filter({ hasText: name }).first().waitFor()
    const concerns = page.getByRole('region', { name: 'Needs attention' })
    await concerns.getByText('waits for 1 approval').waitFor()
    await concerns.getByRole('link', { name: 'Decide' }).click()
    await page.getByRole('article', { name: 'The approval' }).getByText('report').first().waitFor()
  })

  it('of an agent shows where it stands, and each step that brought it there', async () => {
    await open('actors/job/coordinator')
    const here = page.locator('.chart-state[data-tone="active"]')
    const now = await here.first().getAttribute('data-state')
    await page.keyboard.press('ArrowLeft')
    await page.keyboard.press('Shift+ArrowLeft')
    await page.waitForURL(/coordinator\/at\/\d+$/)
    await page.getByRole('heading', { name: 'What it changed' }).waitFor()
    await expect.poll(() => here.first().getAttribute('data-state')).not.toBe(now)
    await page.keyboard.press('Home')
    await page.waitForURL(/coordinator\/at\/1$/)
    await page.getByRole('button', { name: 'Back to live' }).click()
    await state(page, now as string, 'active').waitFor()
  })

  it('of a file that an analyser fails on shows the failures, their restarts and the letter that is left', async () => {
    await open('dead-letters')
    await page.getByRole('table').getByText('analyst').waitFor()
    await page.getByRole('button', { name: 'ANALYSE' }).click()
    await page.getByText('Maximum call stack size exceeded').waitFor()
    await page
      .getByRole('table')
      .getByRole('link', { name: /analyst/ })
      .click()
    await page.waitForURL(/actors\/job\/pool\/analyst$/)
  })

  it('shows what the job has spent of its budget, and who said what to whom', async () => {
    await open('budgets')
    await page.getByText('toolCalls').or(page.getByText('tool calls')).first().waitFor()
    await open('conversations')
    await page
      .getByRole('link', { name: / from .* to / })
      .first()
      .waitFor()
  })

  it.each(VIEWS)('has no fault for axe in /%s, light and dark, wide and narrow', async (view) => {
    await open(view)
    if (view === 'timeline') await page.getByRole('listitem').getByRole('button').first().waitFor()
    expect(await faultsOf(page)).toEqual([])
  })

  it('takes the answer to its question, and the report is written; what was stays to be seen', async () => {
    await open('approvals')
    await page.keyboard.press('a')
    await page.getByRole('dialog').waitFor()
    await page.keyboard.type('looks right')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'Nobody waits for you' }).waitFor()
    expect(await hasPrinted(job, 'The console stays open')).toBe(true)
    expect(job.output.stdout).toContain(join('roscius-audit', 'report.md'))
    await open('')
    await page.getByRole('treeitem').filter({ hasText: 'coordinator' }).getByText('done').first().waitFor()
  })

  it('did nothing in the browser that it must not', () => {
    expect(watched.breaches).toEqual([])
  })
})

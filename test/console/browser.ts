/**
 * Chromium for the tests of the console: the one that `CHROMIUM` names, or that is found by its usual names in the `PATH`, or
 * Debian's, which is installed where that may be. Where there is none the tests are left out and say what to install; with
 * `CI` set they fail instead.
 *
 * Every page notes what it must never do: an error of a script, a breach of the content security policy, a request to any
 * other host, a dialog (which only a hostile script would open).
 */
import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'
import { provide } from '../support/debian.js'

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome']

const ARGS = [
  '--no-sandbox',
  '--headless',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

const HOW = 'install Chromium (apt-get install -y chromium), or say where it is with CHROMIUM=<path>'

/** Undefined where there is none: then the tests in a browser are left out, and say so. */
export const chromiumPath =
  process.env.CHROMIUM || (provide('chromium', () => found() !== undefined) ? found() : undefined)

export const NEEDS_CHROMIUM = chromiumPath === undefined ? ` (left out: ${HOW})` : ''

if (chromiumPath === undefined && process.env.CI) throw new Error(`There is no browser: ${HOW}.`)

function found(): string | undefined {
  const folders = (process.env.PATH ?? '').split(delimiter)
  return folders.flatMap((folder) => NAMES.map((name) => join(folder, name))).find(canRun)
}

function canRun(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}

/** `args`: more of them. */
export function openBrowser(args: readonly string[] = []): Promise<Browser> {
  return chromium.launch({ executablePath: chromiumPath as string, args: [...ARGS, ...args] })
}

export interface WatchedPage {
  readonly page: Page
  /** What it did that it must not do. */
  readonly breaches: string[]
}

/** A page with cookies of its own; `origin`: the only one that it may ask. */
export async function openPage(
  browser: Browser,
  origin: string,
  options: BrowserContextOptions = {},
): Promise<WatchedPage> {
  const context = await browser.newContext({ viewport: { width: 1_280, height: 800 }, ...options })
  const page = await context.newPage()
  const breaches: string[] = []
  page.on('pageerror', ({ message }) => breaches.push(`error: ${message}`))
  page.on('dialog', (dialog) => {
    breaches.push(`dialog: ${dialog.message()}`)
    void dialog.dismiss()
  })
  page.on('console', (message) => {
    // That an answer was no 200 is told in the page; a script does not log it.
    const isOfPage =
      message.type() === 'error' && !/^Failed to load resource|^WebSocket connection to/.test(message.text())
    // React's build for developers says so: it is not the one that people get.
    if (isOfPage || /Content Security Policy|Refused to|React DevTools/.test(message.text()))
      breaches.push(message.text())
  })
  page.on('request', (request) => {
    if (!request.url().startsWith(origin) && !request.url().startsWith('data:')) breaches.push(`asked ${request.url()}`)
  })
  return { page, breaches }
}

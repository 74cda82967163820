/** Tests in a browser: the one place where a machine without one leaves them out. With `CI` set `browser.ts` fails instead. */
import { describe } from 'vitest'
import { chromiumPath, NEEDS_CHROMIUM } from './browser.js'

export function describeInBrowser(title: string, tests: () => void): void {
  describe.skipIf(chromiumPath === undefined)(`${title}${NEEDS_CHROMIUM}`, tests)
}

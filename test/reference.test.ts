import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { root } from './support/compile.js'

/** What test/api.txt lists: the names that each entry point exports. */
async function exported(): Promise<readonly string[]> {
  const lines = (await readFile(join(root, 'test/api.txt'), 'utf8')).split('\n')
  return lines.filter((line) => line.startsWith('  ')).map((line) => line.trim().replace('type ', ''))
}

test('every name that the package exports is in the reference', async () => {
  const folder = join(root, 'docs/reference')
  const pages = await Promise.all((await readdir(folder)).map((file) => readFile(join(folder, file), 'utf8')))
  const words = new Set(pages.join('\n').match(/\w+/g))
  expect((await exported()).filter((name) => !words.has(name))).toEqual([])
})

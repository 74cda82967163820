import { readdirSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { problemsIn, root } from './support/compile.js'

const files = readdirSync(join(root, 'test/types')).filter((name) => name.endsWith('.test-d.ts'))

/** A type test is a file that compiles: `@ts-expect-error` fails where there is no error, `expectTypeOf` where types differ. */
test('the public types hold', async () => {
  const sources = files.map(async (name) => {
    const path = join('test/types', name)
    return [path, await readFile(join(root, path), 'utf8')] as const
  })
  expect(files.length).toBeGreaterThan(0)
  expect(problemsIn(new Map(await Promise.all(sources)))).toEqual([])
})

test('an event that the machine does not take is a compile error that names the events it takes', () => {
  const source = [
    "import type { RosciusRef } from 'roscius'",
    "import type { researcher } from './newsroom.js'",
    'declare const ref: RosciusRef<typeof researcher>',
    "ref.send({ type: 'WRONG' })",
  ].join('\n')
  expect(problemsIn(new Map([['test/types/wrong.ts', source]]))).toEqual([
    `test/types/wrong.ts:4 Type '"WRONG"' is not assignable to type '"ASSIGN" | "ASK" | "FINISH"'.`,
  ])
})

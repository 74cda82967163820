import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { problemsIn, root } from './support/compile.js'
import { anchorsOf, headingsOf, linksOf } from './support/markdown.js'
import { snippetsOf } from './support/snippets.js'

const read = (path: string): Promise<string> => readFile(join(root, path), 'utf8')

const pages = new Map<string, string>()
for (const path of await pagePaths()) pages.set(path, await read(path))

/** Every page that a user reads: README, change log, docs, the README of each example. */
async function pagePaths(): Promise<string[]> {
  const inFolders = await Promise.all(
    ['docs', 'examples'].map((folder) => readdir(join(root, folder), { recursive: true })),
  )
  const [docs = [], examples = []] = inFolders
  const all = [
    'README.md',
    'CHANGELOG.md',
    ...docs.map((path) => `docs/${path}`),
    ...examples.map((path) => `examples/${path}`),
  ]
  return all.filter((path) => path.endsWith('.md') && existsSync(join(root, path))).sort()
}

function brokenLinks(path: string, page: string): string[] {
  return linksOf(page)
    .filter((link) => !/^[a-z]+:/i.test(link))
    .filter((link) => !leadsSomewhere(path, link))
    .map((link) => `${path} -> ${link}`)
}

function leadsSomewhere(path: string, link: string): boolean {
  const [file = '', anchor] = link.split('#')
  const target = file === '' ? path : join(dirname(path), decodeURIComponent(file))
  if (!existsSync(join(root, target))) return false
  const page = pages.get(target)
  return anchor === undefined || page === undefined || anchorsOf(page).includes(anchor)
}

describe('the docs', () => {
  test('have no snippet that does not compile', () => {
    const snippets = [...pages].flatMap(([path, page]) => [...snippetsOf(path, page)])
    expect(problemsIn(new Map(snippets))).toEqual([])
    // One program of all pages: it takes most of the timeout of others on a busy machine.
  }, 300_000)

  test('have no link or anchor that leads nowhere', () => {
    expect([...pages].flatMap(([path, page]) => brokenLinks(path, page))).toEqual([])
  })

  test('explain every error code, and none that does not exist', async () => {
    const union = /export type ErrorCode =([^\n]*(?:\n +\|[^\n]*)+)/.exec(await read('src/core/errors.ts'))?.[1] ?? ''
    const codes = [...union.matchAll(/'([A-Z_]+)'/g)].map(([, code]) => code)
    const explained = headingsOf(pages.get('docs/reference/errors.md') ?? '')
      .map((heading) => /^`?([A-Z][A-Z_]+)`?$/.exec(heading)?.[1])
      .filter((code) => code !== undefined)
    expect(codes.length).toBeGreaterThan(0)
    expect(explained.sort()).toEqual(codes.sort())
  })

  test('begin with a statechart of our own', () => {
    expect(pages.get('README.md')).toMatch(/docs\/images\/[\w-]+\.svg/)
  })
})

describe('the check of snippets', () => {
  const check = (page: string): string[] => problemsIn(snippetsOf('docs/page.md', page))

  test('finds a snippet that does not compile, with its line', () => {
    const page =
      "# Page\n\n```ts\nimport { isRosciusError } from 'roscius'\nconst answer: string = isRosciusError(1)\n```\n"
    expect(check(page)).toEqual(["docs/page.md.files/line-4.ts:2 Type 'boolean' is not assignable to type 'string'."])
  })

  test('finds a name that roscius does not export', () => {
    expect(check("```ts\nimport { nothing } from 'roscius'\nnothing()\n```\n")).toHaveLength(1)
  })

  test('joins a block with the one that it continues', () => {
    expect(check('```ts\nconst a = 1\n```\n\n```ts continue\nexport const b: number = a\n```\n')).toEqual([])
    expect(check('```ts\nconst a = 1\n```\n\n```ts\nexport const b: number = a\n```\n')).toHaveLength(1)
  })

  test('lets a block import another one by its file name', () => {
    const page =
      "```ts file=one.ts\nexport const one = 1\n```\n\n```ts\nimport { one } from './one.js'\nexport const two: 2 = one\n```\n"
    expect(check(page)).toEqual(["docs/page.md.files/line-6.ts:2 Type '1' is not assignable to type '2'."])
  })

  test('lets no block opt out', () => {
    expect(() => check('```ts nocheck\nnonsense\n```\n')).toThrow('docs/page.md:2 has a block marked "ts nocheck"')
  })
})

describe('the check of links', () => {
  const check = (page: string): string[] => brokenLinks('docs/page.md', page)

  test('finds a page, a picture and an anchor that are not there', () => {
    expect(check('[a](gone.md) ![b](images/gone.svg) [c](#gone) [d](contributing.md#gone)')).toEqual([
      'docs/page.md -> gone.md',
      'docs/page.md -> images/gone.svg',
      'docs/page.md -> #gone',
      'docs/page.md -> contributing.md#gone',
    ])
  })

  test('looks into HTML, and leaves code and other sites alone', () => {
    expect(check('<img src="gone.png"> `[a](b.md)` [web](https://example.org/gone)')).toEqual([
      'docs/page.md -> gone.png',
    ])
  })

  test('follows a heading on another page', () => {
    expect(check('[floors](contributing.md#floors)')).toEqual([])
  })
})

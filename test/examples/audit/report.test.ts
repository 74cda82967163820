import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { FileFinding, FileList, ReadFile } from '../../../examples/01-audit/finding.js'
import { addFinding, countFindings, type FindingPages } from '../../../examples/01-audit/finding-pages.js'
import { DEFAULT_LIMITS } from '../../../examples/01-audit/limits.js'
import { createPalette } from '../../../examples/01-audit/palette.js'
import { createReport } from '../../../examples/01-audit/report.js'
import { renderMarkdown } from '../../../examples/01-audit/report-markdown.js'
import { renderSummary } from '../../../examples/01-audit/summary.js'
import { figuresOf, sumUp } from '../../../examples/01-audit/summary-figures.js'
import type { Summary } from '../../../examples/01-audit/written-summary.js'

const EMPTY: FileList = { files: [], links: [], unread: [] }

function read(path: string, fields: Partial<ReadFile> = {}): ReadFile {
  return {
    status: 'read',
    path,
    bytes: 10,
    hash: path,
    contents: 'text',
    language: 'TypeScript',
    lines: 2,
    comments: [],
    secrets: [],
    problem: null,
    manifest: null,
    limits: [],
    ...fields,
  }
}

const FINDINGS: readonly FileFinding[] = [
  read('a.ts', { hash: 'same', comments: [{ line: 3, mark: 'TODO', text: 'a | b' }] }),
  read('b.ts', { hash: 'same', bytes: 10 }),
  read('c.py', { language: 'Python', lines: 9, bytes: 99, secrets: [{ line: 1, kind: 'npm token', masked: 'npm_…' }] }),
  read('d.bin', { contents: 'binary', lines: 0, limits: ['binary, not searched'] }),
  read('e.json', { language: 'JSON', problem: { line: 1, column: 2, message: 'expected a value' } }),
  read('empty-1', { bytes: 0, lines: 0, hash: 'none' }),
  read('empty-2', { bytes: 0, lines: 0, hash: 'none' }),
  read('package.json', {
    manifest: { kind: 'manifest', packages: [{ name: 'p', version: '1', license: null }], dependencies: [] },
  }),
  read('package-lock.json', {
    manifest: {
      kind: 'lockfile',
      packages: [
        { name: 'p', version: '1', license: 'MIT' },
        { name: 'q', version: '2', license: null },
      ],
      dependencies: [],
    },
  }),
  { status: 'unread', path: 'locked', reason: 'no permission' },
  { status: 'poison', path: 'old/package-lock.json', bytes: 7, hash: 'deep', error: 'RangeError: too *deep*' },
]

const BY_RULES: Summary = { by: 'rules', text: 'All is well.' }

/** The page of a report on these findings. */
function pageOf(findings: readonly FileFinding[], summary = BY_RULES): string {
  return renderMarkdown({ ...createReport('x', EMPTY, findings), summary, limits: DEFAULT_LIMITS })
}

describe('the report', () => {
  test('adds up the findings', () => {
    const report = createReport(
      'x',
      { ...EMPTY, unread: [{ status: 'unread', path: 'fifo', reason: 'no regular file' }] },
      FINDINGS,
    )
    expect(report.totals).toEqual({ files: 9, bytes: 159, lines: 19, unread: 2, poison: 1 })
    expect(report.languages.map(({ language, files, lines }) => [language, files, lines])).toEqual([
      ['Python', 1, 9],
      ['TypeScript', 6, 8],
      ['JSON', 1, 2],
    ])
    expect(report.largest[0]).toEqual({ path: 'c.py', bytes: 99, lines: 9 })
    expect(report.duplicates).toEqual([{ hash: 'same', bytes: 10, paths: ['a.ts', 'b.ts'] }])
    expect(report.packages).toEqual([
      { name: 'p', version: '1', license: 'MIT', declaredIn: ['package-lock.json', 'package.json'] },
      { name: 'q', version: '2', license: null, declaredIn: ['package-lock.json'] },
    ])
    expect(report.licenses).toEqual([
      { license: null, packages: 1 },
      { license: 'MIT', packages: 1 },
    ])
    expect(report.comments).toEqual([{ path: 'a.ts', line: 3, mark: 'TODO', text: 'a | b' }])
    expect(report.badFiles.map(({ path }) => path)).toEqual(['d.bin', 'fifo', 'locked'])
    expect(report.syntaxProblems).toHaveLength(1)
    expect(report.secrets).toHaveLength(1)
    expect(report.poison).toEqual([
      { path: 'old/package-lock.json', bytes: 7, hash: 'deep', error: 'RangeError: too *deep*' },
    ])
  })

  test('is the same in whatever order the files were read', () => {
    const expected = createReport('x', EMPTY, FINDINGS)
    fc.assert(
      fc.property(fc.shuffledSubarray([...FINDINGS], { minLength: FINDINGS.length }), (shuffled) => {
        expect(createReport('x', EMPTY, shuffled)).toEqual(expected)
      }),
      { numRuns: 100, seed: 1 },
    )
  })

  test('leaves the findings as they were', () => {
    const findings = FINDINGS.toReversed()
    createReport('x', EMPTY, Object.freeze(findings) as FileFinding[])
    expect(findings).toEqual(FINDINGS.toReversed())
  })
})

describe('the page and the summary', () => {
  test('let no file name break the table or steer the terminal', () => {
    const report = createReport('x', EMPTY, [
      read('a|b`c\n\u001b[2J.ts', { comments: [{ line: 1, mark: 'HACK', text: '<script> [x](y) | z' }] }),
      { status: 'unread', path: '\u001b[31mred', reason: 'no regular file' },
    ])
    const page = renderMarkdown({ ...report, summary: BY_RULES, limits: DEFAULT_LIMITS })
    expect(page).not.toContain('\u001b')
    expect(page).toContain('`` a\\|b`c\\u{a}\\u{1b}[2J.ts:1 ``')
    expect(page).toContain('\\<script\\> \\[x\\](y) \\| z')
    expect(renderSummary(report, createPalette(false))).not.toContain('\u001b')
  })

  test('cut long lists and say how many rows are left out', () => {
    const comments = Array.from({ length: 250 }, (_, line) => ({ line, mark: 'TODO' as const, text: 'x' }))
    const page = pageOf([read('a.ts', { comments })])
    expect(page).toContain('… and 50 more in `report.json`.')
  })

  test('name the first of what needs a look', () => {
    const summary = renderSummary(createReport('x', EMPTY, FINDINGS), createPalette(false))
    expect(summary).toContain('look like secrets     1, c.py:1')
    expect(summary).toContain('not (fully) read      2, first d.bin (binary, not searched)')
    expect(summary).toContain('poison                1, old/package-lock.json (RangeError: too *deep*)')
    expect(summary).toContain('1 group, 10 bytes more than needed')
  })
})

describe('the page', () => {
  test('has a section for poison files, with what each made an analyser throw', () => {
    const page = pageOf(FINDINGS)
    expect(page).toContain('| `old/package-lock.json` | RangeError: too \\*deep\\* | 7 | `deep` |')
    expect(pageOf([])).toMatch(/## Poison[^\n]*\n\nNone\./)
  })
})

describe('the summary in words', () => {
  const figures = figuresOf(createReport('x', EMPTY, FINDINGS))

  test('by rules says what there is, what needs a look, and what was left open', () => {
    expect(sumUp(figures)).toBe(
      [
        '9 files with 19 lines, most of them Python (9) and TypeScript (8). 2 packages declared, most under none declared (1) and MIT (1).',
        'To be looked at: 1 string that looks like a secret, in c.py:1 (npm token); 1 file that does not parse, in e.json:1; 1 file that an analyser failed on, in old/package-lock.json; 2 entries that were not or not fully searched, the first in d.bin.',
        'Marked as left open: 1 TODO; 1 group of files with equal contents.',
      ].join('\n'),
    )
    expect(sumUp(figuresOf(createReport('x', EMPTY, [])))).toContain('Nothing in it needs a look at once.')
  })

  test('is made of figures and places: nothing of what is in a file, and no secret that is part of a name', () => {
    const secret = `ghp_${'a1B2'.repeat(9)}`
    const told = JSON.stringify(
      figuresOf(
        createReport('x', EMPTY, [
          read(`${secret}.json`, { problem: { line: 1, column: 1, message: 'expected content-of-file' } }),
          read('a.ts', { comments: [{ line: 1, mark: 'TODO', text: 'content-of-file' }] }),
        ]),
      ),
    )
    expect(told).not.toContain(secret)
    expect(told).not.toContain('content-of-file')
  })

  test('by a model is marked with its name, and can be nothing but text', () => {
    const text = '- [x](javascript:alert(1)) <img src=x>\n1. **bold** http://a.example www.b.example\n\n# head\u001b[2J'
    const page = pageOf([], { by: 'model', model: 'm`|', text })
    const section = page.slice(page.indexOf('## Summary'), page.indexOf('## Languages'))
    expect(section.split('\n\n').slice(1, -1)).toEqual([
      '\\- \\[x\\](javascript:alert(1)) \\<img src=x\\>',
      '1\\. \\*\\*bold\\*\\* http&#58;//a.example www&#46;b.example',
      '\\# head\\\\u{1b}\\[2J',
      'Written by a model, `` m`\\| ``: check what it says against the tables.',
    ])
  })

  test('stands in the page beside what could be spent at most', () => {
    expect(pageOf([])).toContain('All is well.\n\nWritten by rules.')
    expect(pageOf([])).toContain('10 000 turns, 10 000 tool calls, 10 model calls')
  })
})

describe('pages of findings', () => {
  test('keep order and count, and leave full pages the same objects', () => {
    let pages: FindingPages = []
    for (let index = 0; index < 250; index += 1) {
      const before = pages
      pages = addFinding(pages, read(`f${index}`))
      expect(countFindings(pages)).toBe(index + 1)
      for (const [at, page] of before.entries()) if (page.length === 100) expect(pages[at]).toBe(page)
    }
    expect(pages.flat().map(({ path }) => path)).toEqual(Array.from({ length: 250 }, (_, index) => `f${index}`))
  })
})

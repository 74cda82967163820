import { describe, expect, it } from 'vitest'
import { paragraph } from '../../src/cli/text/paragraph.js'
import { jsonText } from '../../src/cli/text/printable.js'
import { fittedState } from '../../src/cli/text/state-text.js'
import { type Column, tableText } from '../../src/cli/text/table.js'
import { fitted, fittedEnd, padded, widthOf } from '../../src/cli/text/text-width.js'
import { HOSTILE } from './shop.js'
import { expectTame } from './terminal.js'

type Row = readonly [path: string, status: string, note: string, count: number]

const columns: readonly Column<Row>[] = [
  { head: 'path', text: ([path]) => path, least: 8 },
  { head: 'status', text: ([, status]) => status },
  { head: 'note', text: ([, , note]) => note, least: 6, rank: 2 },
  { head: 'count', text: ([, , , count]) => (count === 0 ? '' : String(count)), side: 'right', rank: 1 },
]
const drawn = (rows: readonly Row[], width: number): string => tableText(columns, rows, width, (text) => text)

describe('a table', () => {
  it('is as wide as what is in it, where there is room', () => {
    expect(drawn([['a/b', 'active', 'fine', 12]], 80)).toBe('path  status  note  count\na/b   active  fine     12')
  })

  it('leaves out columns of which no row has anything, but for those that are to stay', () => {
    expect(drawn([['a', 'active', '', 0]], 80)).toBe('path  status\na     active')
    const stays = columns.map((column) => ({ ...column, isKept: true }))
    expect(tableText(stays, [['a', 'active', '', 0]], 80, (text) => text)).toBe(
      'path  status  note  count\na     active',
    )
  })

  it('shrinks the widest columns first, then leaves out the least important', () => {
    const row: Row = ['p'.repeat(30), 'active', 'n'.repeat(30), 7]
    expect(drawn([row], 40).split('\n')[1]).toBe(`${'p'.repeat(10)}…  active  ${'n'.repeat(11)}…      7`)
    expect(drawn([row], 24).split('\n')[1]).toBe(`${'p'.repeat(8)}…  active      7`)
    expect(drawn([row], 10)).toBe('path\npppppppppp'.replace('pppppppppp', `${'p'.repeat(9)}…`))
  })

  it('is never wider than it may be, whatever is in it', () => {
    const texts = [HOSTILE, '漢字'.repeat(40), '👩‍👩‍👧'.repeat(20), 'e\u0301'.repeat(300), 'x'.repeat(1_000_000), '']
    const rows = texts.map((text, index): Row => [text, 'active', text, index])
    for (const width of [20, 40, 80, 200]) expectTame(drawn(rows, width), width)
  })

  it('gives wide characters the room that they take', () => {
    expect(widthOf('漢字')).toBe(4)
    expect(widthOf('e\u0301')).toBe(1)
    expect(padded('漢', 4)).toBe('漢  ')
    expect(fitted('漢字漢字', 5)).toBe('漢字…')
    expect(fitted('漢字', 2)).toBe('…')
  })

  it('keeps the end of what is told apart by it', () => {
    expect(fittedEnd('job/pool/crews/worker-7', 12)).toBe('…ws/worker-7')
    expect(fittedEnd('a/b', 3)).toBe('a/b')
    expect(fittedEnd('漢字漢字', 5)).toBe('…漢字')
    expect(fittedEnd('abc', 0)).toBe('')
    const cut = [{ head: 'path', text: (row: string) => row, cut: fittedEnd }]
    for (const width of [20, 40])
      expectTame(
        tableText(cut, [HOSTILE.repeat(40)], width, (text) => text),
        width,
      )
    expect(tableText(cut, ['job/pool/crews/worker-7'], 12, (text) => text)).toBe('path\n…ws/worker-7')
  })

  it('keeps the innermost states of a state that is too long', () => {
    const state = 'active.job.engaged.delegating + active.clock.inTime + active.mode.full'
    expect(fittedState(state, 80)).toBe(state)
    expect(fittedState(state, 62)).toBe('…job.engaged.delegating + …clock.inTime + …mode.full')
    expect(fittedState(state, 36)).toBe('…delegating + …inTime + …full')
    expect(fittedState(`→ ${state}`, 36)).toBe('→ …delegating + …inTime + …full')
    expect(fittedState(state, 20)).toBe('…delegating + …')
    expect(fittedState(state, 10)).toBe('…delegati…')
    expect(fittedState('', 3)).toBe('')
  })
})

describe('a paragraph', () => {
  it('is wrapped, keeps its indent, and steers nothing', () => {
    expect(paragraph('  one two three four', 14)).toBe('  one two\n    three four\n')
    expectTame(paragraph(`${HOSTILE} ${'x'.repeat(500)} ${'漢'.repeat(200)}`, 40), 40)
  })

  it('says how much of a very long text it leaves out', () => {
    expect(paragraph('x'.repeat(1_000_000), 80)).toContain('… 980000 more characters: see --json')
  })
})

describe('data on a terminal', () => {
  it('is JSON of which nothing steers it', () => {
    const text = jsonText({ [HOSTILE]: `${HOSTILE}\u{E0001}` })
    expectTame(text)
    expect(JSON.parse(text)).toEqual({ [HOSTILE]: `${HOSTILE}\u{E0001}` })
  })
})

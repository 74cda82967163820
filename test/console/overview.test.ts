import { describe, expect, it } from 'vitest'
import { type RosterPicture, treeOf } from '../../src/console/live/roster-picture.js'
import { concernsOf, isInTrouble } from '../../src/console/overview/attention.js'
import { linesOf, type TreeFilter } from '../../src/console/overview/flat-tree.js'
import { Folds } from '../../src/console/overview/folds.js'
import type { ActorRow } from '../../src/control/protocol/actors.js'
import type { Pulse } from '../../src/control/protocol/live.js'
import { rowOf } from './rows.js'

const NO_FILTER: TreeFilter = { search: '', status: '', logic: '', isTrouble: false }

function picture(rows: readonly ActorRow[]): RosterPicture {
  const all = new Map(rows.map((row) => [row.path, row]))
  return { rows: all, below: treeOf(all), isWhole: true, shape: 1 }
}

const shown = (rows: readonly ActorRow[], filter: Partial<TreeFilter> = {}, folds = new Folds()): readonly string[] =>
  linesOf(picture(rows), folds, { ...NO_FILTER, ...filter }).map(({ path, depth }) => `${'-'.repeat(depth)}${path}`)

const TEAM = [
  rowOf('team', { logic: 'boss', order: 1 }),
  rowOf('team/b', { order: 1, state: 'busy.Fetching' }),
  rowOf('team/a', { order: 2, restarts: 3 }),
  rowOf('alone', { order: 0, status: 'failed', error: 'boom' }),
]

describe('the tree', () => {
  it('shows children below their parent, in the order of their start', () => {
    expect(shown(TEAM)).toEqual(['alone', 'team', '-team/b', '-team/a'])
  })

  it('shows an actor whose parent is not told at the top', () => {
    expect(shown([rowOf('gone/child')])).toEqual(['gone/child'])
  })

  it('tells assistive technology each line’s place among its siblings', () => {
    const lines = linesOf(picture(TEAM), new Folds(), NO_FILTER)
    expect(lines.map(({ place, of }) => `${place}/${of}`)).toEqual(['1/2', '2/2', '1/2', '2/2'])
  })

  it('closes and opens a branch, or all', () => {
    const folds = new Folds()
    folds.choose('team', false)
    expect(shown(TEAM, {}, folds)).toEqual(['alone', 'team'])
    folds.chooseAll(true)
    expect(shown(TEAM, {}, folds)).toHaveLength(4)
  })

  it('with very many actors opens those at the top only', () => {
    const many = Array.from({ length: 300 }, (_, i) => rowOf(`top/mid/w${i}`, { order: i }))
    expect(shown([rowOf('top'), rowOf('top/mid'), ...many])).toEqual(['top', '-top/mid'])
  })

  it('lays out ten thousand actors of an open tree', () => {
    const folds = new Folds()
    folds.chooseAll(true)
    const many = Array.from({ length: 10_000 }, (_, i) => rowOf(`top/w${i}`, { order: i }))
    expect(shown([rowOf('top'), ...many], {}, folds)).toHaveLength(10_001)
  })

  it('finds by path, logic and state, whatever the case, and shows what is above', () => {
    expect(shown(TEAM, { search: 'fetch' })).toEqual(['team', '-team/b'])
    expect(shown(TEAM, { search: 'TEAM /a' })).toEqual(['team', '-team/a'])
    expect(shown(TEAM, { search: 'boss' })).toEqual(['team'])
    expect(shown(TEAM, { search: 'nothing' })).toEqual([])
  })

  it('filters by status, logic and trouble', () => {
    expect(shown(TEAM, { status: 'failed' })).toEqual(['alone'])
    expect(shown(TEAM, { logic: 'boss' })).toEqual(['team'])
    expect(shown(TEAM, { isTrouble: true })).toEqual(['alone', 'team', '-team/a'])
    expect(shown([rowOf('a', { isPaused: true }), rowOf('b')], { status: 'paused' })).toEqual(['a'])
  })

  it('takes names like __proto__ for names', () => {
    expect(shown([rowOf('__proto__'), rowOf('__proto__/constructor')])).toEqual(['__proto__', '-__proto__/constructor'])
  })
})

describe('what needs attention', () => {
  it('is what has failed first, then what waits for a person, then what mends itself', () => {
    const rows = [
      rowOf('mends', { status: 'restarting', restarts: 2 }),
      rowOf('asks', { approvals: 2 }),
      rowOf('spent', { budget: { dimension: 'tokens', used: 1 } }),
      rowOf('held', { isPaused: true }),
      rowOf('lost', { status: 'missing' }),
      rowOf('bad', { status: 'failed', error: 'boom' }),
      rowOf('fine', { restarts: 1 }),
      rowOf('over', { status: 'done', approvals: 1 }),
    ]
    expect(concernsOf(rows, undefined).map(({ path, what }) => `${path} ${what}`)).toEqual([
      'bad has failed',
      'lost has no logic',
      'asks waits for 2 approvals',
      'spent has spent its budget',
      'mends restarts (2 times so far)',
      'held is paused',
    ])
    expect(rows.filter(isInTrouble).map(({ path }) => path)).toContain('fine')
  })

  it('is what nobody could take, too, and where that is', () => {
    expect(concernsOf([], { links: [], deadLetters: 2 } as unknown as Pulse)).toMatchObject([
      { icon: 'deadLetters', what: '2 dead letters wait to be sent again or discarded' },
    ])
    expect(concernsOf([], { links: [], deadLetters: 0 } as unknown as Pulse)).toEqual([])
  })

  it('is a node that has halted before all, and a link that is broken', () => {
    const link = (peer: string, state: string, detector: string) => ({ peer, state, detector })
    const links = [link('east', 'up', 'alive'), link('west', 'refused', 'alive'), link('north', 'up', 'down')]
    const told = concernsOf([], { links, halted: 'STORE_FAILED' } as unknown as Pulse)
    expect(told.map(({ key, why }) => [key, why])).toEqual([
      ['halted', 'STORE_FAILED'],
      ['link north', 'Mail for it waits in the outbox.'],
      ['link west', 'Mail for it waits in the outbox.'],
    ])
  })
})

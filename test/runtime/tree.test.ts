import { type ActorNode, startChild, supervisor } from 'roscius'
import { describe, expect, it } from 'vitest'
import { assign, createMachine, setup } from 'xstate'
import { growTree, type TreeRow, UNKNOWN } from '../../src/runtime/actor-tree.js'
import { treeText } from '../../src/runtime/tree-text.js'
import { World } from '../support/world.js'

const worker = setup({ types: { events: {} as { type: 'GO' | 'BREAK' } } }).createMachine({
  initial: 'idle',
  states: { idle: { on: { GO: 'busy' } }, busy: { meta: { defer: ['GO'] } } },
  on: {
    BREAK: {
      actions: assign(() => {
        throw new Error('broken')
      }),
    },
  },
})
const plain = createMachine({ initial: 'on', states: { on: {} } })
const pool = supervisor({
  template: { logic: 'worker', restart: 'transient', backoff: { initialMs: 1_000, jitter: 0 } },
})
const app = supervisor({
  strategy: 'restForOne',
  children: [
    { id: 'store', logic: 'plain' },
    { id: 'pool', logic: 'pool' },
    { id: 'api', logic: 'plain' },
  ],
})

async function running() {
  const world = new World({ worker, plain, pool, app })
  const system = await world.open()
  await system.spawn('app', { id: 'app' })
  await system.spawn('worker', { id: 'cache', durability: 'volatile' })
  await system.settled()
  for (const id of ['w2', 'w1']) await startChild(system.actor('pool', 'app/pool'), { id })
  const w1 = system.actor('worker', 'app/pool/w1')
  await w1.deliver({ type: 'GO' })
  await w1.deliver({ type: 'GO' })
  system
    .actor('worker', 'app/pool/w2')
    .deliver({ type: 'BREAK' })
    .catch(() => {})
  await system.settled()
  return { world, system }
}

describe('the tree of a system', () => {
  it('has every actor under its parent, in the order of their start, with what it is doing', async () => {
    const { world, system } = await running()
    const tree = await system.tree()
    expect(tree).toMatchObject({
      name: 'world',
      counts: { active: 6, restarting: 1 },
      children: [
        {
          id: 'app',
          logic: 'app',
          isSupervisor: true,
          strategy: 'restForOne',
          value: 'running',
          below: 5,
          children: [
            { id: 'store', path: 'app/store', status: 'active', isSupervisor: false, strategy: undefined, value: 'on' },
            {
              id: 'pool',
              isSupervisor: true,
              children: [
                { id: 'w2', status: 'restarting', restarts: 1, mailbox: 1, error: 'Error: broken' },
                { id: 'w1', status: 'active', restarts: 0, value: 'busy', stash: 1 },
              ],
            },
            { id: 'api' },
          ],
        },
        { id: 'cache', durability: 'volatile', isInMemory: true, below: 0, children: [] },
      ],
    })
    expect(structuredClone({ ...tree })).toEqual({ ...tree })
    await world.stop()
  })

  it('is the same for actors that are not in memory, and brings nobody there', async () => {
    const { world, system } = await running()
    const before = await system.tree()
    await world.crash()
    const again = await world.open(undefined, { passivation: { idleMs: 1 } })
    await world.clock.advance(10)
    const after = await again.tree()
    const w1 = nodeAt(after.children, 'app/pool/w1')
    expect(w1).toEqual({ ...nodeAt(before.children, 'app/pool/w1'), isInMemory: false })
    expect(nodeAt((await again.tree()).children, 'app/pool/w1')?.isInMemory).toBe(false)
    expect(nodeAt(after.children, 'app/pool/w2')).toMatchObject({ status: 'restarting', restarts: 1 })
    expect(nodeAt(after.children, 'cache')).toBeUndefined()
    await world.stop()
  })

  it('draws itself in columns', async () => {
    const { world, system } = await running()
    expect(String(await system.tree())).toBe(`world: 7 actors (6 active, 1 restarting)
├─ app       app     active      running  supervisor restForOne
│  ├─ store  plain   active      on
│  ├─ pool   pool    active      running  supervisor oneForOne
│  │  ├─ w2  worker  restarting  idle     1 restart, 1 in its mailbox, Error: broken
│  │  └─ w1  worker  active      busy     1 deferred
│  └─ api    plain   active      on
└─ cache     worker  active      idle     volatile`)
    await world.stop()
  })

  it('shows those who have ended or failed, and those who are quarantined with the reason', async () => {
    const world = new World({ worker: { logic: worker, supervision: { restart: 'temporary' } }, plain })
    const system = await world.open()
    await (await system.spawn('worker', { id: 'failed' })).deliver({ type: 'BREAK' }).catch(() => {})
    await (await system.spawn('worker', { id: 'stopped' })).stop()
    await system.spawn('plain', { id: 'old' })
    const again = await world.restart({ worker, plain: createMachine({ initial: 'off', states: { off: {} } }) })
    const tree = await again.tree()
    expect(tree.children).toMatchObject([
      { id: 'failed', status: 'failed', error: 'Error: broken' },
      { id: 'stopped', status: 'stopped' },
      { id: 'old', logic: 'plain', status: 'quarantined', error: expect.stringContaining('does not have: on') },
    ])
    await world.stop()
  })

  it('of no actors says so', async () => {
    const world = new World({ plain })
    expect(String(await (await world.open()).tree())).toBe('world: no actors')
    await world.stop()
  })
})

function nodeAt(nodes: readonly ActorNode[], path: string): ActorNode | undefined {
  for (const node of nodes) {
    if (node.path === path) return node
    const found = nodeAt(node.children, path)
    if (found !== undefined) return found
  }
  return undefined
}

const row = (path: string, facts: Partial<TreeRow> = {}): TreeRow => ({
  ...UNKNOWN,
  path,
  logic: 'worker',
  status: 'active',
  ...facts,
})
const many = (count: number, facts: (n: number) => Partial<TreeRow> = () => ({})): TreeRow[] =>
  Array.from({ length: count }, (_, n) => row(`pool/w${n}`, { order: n, ...facts(n) }))

describe('a drawn tree', () => {
  it('shows ten of many siblings, those in trouble first, and counts the rest', () => {
    const siblings = many(10_000, (n) => (n === 4_000 || n === 9_000 ? { status: 'restarting' } : {}))
    const lines = String(growTree('n', [row('pool'), ...siblings])).split('\n')
    expect(lines).toHaveLength(13)
    expect(lines.filter((line) => line.includes('restarting')).slice(1)).toEqual([
      expect.stringContaining('w4000'),
      expect.stringContaining('w9000'),
    ])
    expect(lines.at(-1)).toBe('   └─ … 9 990 more, all active')
  })

  it('counts what it leaves out by status, when not all of it can be shown', () => {
    const siblings = many(40, (n) => ({ status: n < 15 ? 'failed' : 'active', error: 'no' }))
    expect(
      String(growTree('n', [row('pool'), ...siblings]))
        .split('\n')
        .at(-1),
    ).toBe('   └─ … 30 more: 25 active, 5 failed')
  })

  it('leaves out nothing of twelve siblings', () => {
    expect(String(growTree('n', many(12)))).not.toContain('more')
    expect(String(growTree('n', many(13)))).toContain('3 more')
  })

  it('ends below a depth, with how many are there', () => {
    const tree = growTree('n', [row('a'), row('a/b'), row('a/b/c'), row('a/b/c/d')])
    expect(treeText(tree, { depth: 2 }).split('\n').slice(1)).toEqual([
      '└─ a     worker  active',
      '   └─ b  worker  active',
      '      └─ … 2 below',
    ])
  })

  it('puts in a parent that nothing is known of', () => {
    const tree = growTree('n', [row('lost/child')])
    expect(tree.children).toMatchObject([{ id: 'lost', status: 'missing', below: 1, children: [{ id: 'child' }] }])
    expect(tree.counts).toEqual({ active: 1, missing: 1 })
  })

  it('prints nothing that steers a terminal, and one line an actor', () => {
    const hostile = row('%1B%5B2J', { status: 'failed', error: 'first\nsecond', value: 'a\u001B[2Jb' })
    const text = String(growTree('n', [hostile]))
    expect(text).not.toContain('\u001B')
    expect(text.split('\n')).toHaveLength(2)
  })

  it('has a bound on its length, whatever the tree', () => {
    const rows = Array.from({ length: 12 }, (_, a) =>
      Array.from({ length: 12 }, (_, b) => Array.from({ length: 12 }, (_, c) => row(`a${a}/b${b}/c${c}`))),
    ).flat(2)
    expect(String(growTree('n', rows)).split('\n').length).toBeLessThan(1_010)
  })

  it('colours statuses where it is told how', () => {
    const tree = growTree('n', [row('a', { status: 'failed' })])
    expect(treeText(tree, { paint: (text, tone) => `<${tone}>${text}</>` })).toContain('<bad>failed</>')
  })
})

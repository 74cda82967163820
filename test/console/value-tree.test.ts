import { describe, expect, test } from 'vitest'
import { gathered, TooLarge } from '../../src/console/actor/context/gather.js'
import { below, segmentsOf, wayText } from '../../src/console/actor/context/pointer.js'
import { type NodeRow, PAGE, type ValueAsk, ValueTree } from '../../src/console/actor/context/value-tree.js'
import type { ValueSlice } from '../../src/control/protocol/value.js'
import { defineRedaction } from '../../src/governance/redaction/redaction.js'
import { Masking } from '../../src/inspect/history/mask.js'
import { sliceOf } from '../../src/inspect/history/value-slice.js'

const masking = new Masking(defineRedaction())

/** A node that has these states, the first of them as record 0, and notes what it is asked. */
function nodeWith(...states: readonly unknown[]) {
  const asked: ValueAsk[] = []
  const state = { now: 0 }
  const load = async (ask: ValueAsk): Promise<ValueSlice> => {
    asked.push(ask)
    const seqNr = ask.at ?? state.now
    const earlier = ask.since === undefined ? undefined : { value: { context: states[ask.since] } }
    return { ...(await sliceOf({ context: states[seqNr] }, { ...ask, earlier }, masking)), seqNr } as ValueSlice
  }
  return { asked, state, load, tree: new ValueTree('/context', load) }
}

const nodes = (tree: ValueTree): NodeRow[] => tree.rows().filter((row) => row.kind === 'node')
const lines = (tree: ValueTree): string[] => nodes(tree).map(({ node }) => `${node.key} ${node.text}`)
const settled = () => new Promise((resolve) => setImmediate(() => setImmediate(() => setImmediate(resolve))))

describe('the tree of a context', () => {
  test('asks for what is open, and no more', async () => {
    const { tree, asked } = nodeWith({ a: { deep: [1, 2] }, b: 'two' })
    await tree.show({})
    expect(lines(tree)).toEqual(['context { 2 fields }', 'a { 1 field }', 'b "two"'])
    expect(asked.map(({ pointer }) => pointer)).toEqual(['/context'])
    tree.toggle('/context/a')
    await settled()
    expect(lines(tree)).toContain('deep [ 2 ]')
    tree.toggle('/context/a')
    expect(lines(tree)).not.toContain('deep [ 2 ]')
  })

  test('of a hundred thousand elements fetches the pages that come into view', async () => {
    const { tree, asked } = nodeWith({ all: Array.from({ length: 100_000 }, (_, index) => index) })
    await tree.show({})
    tree.toggle('/context/all')
    await settled()
    const gaps = tree.rows().filter((row) => row.kind === 'gap')
    expect(gaps).toHaveLength(100_000 / PAGE - 1)
    tree.need('/context/all', 700)
    tree.need('/context/all', 700)
    await settled()
    expect(nodes(tree).map(({ pointer }) => pointer)).toContain(`/context/all/${700 * PAGE}`)
    expect(asked.filter(({ offset }) => offset === 700 * PAGE)).toHaveLength(1)
  })

  test('of the next record reads again only what has changed, and marks it for that record alone', async () => {
    const same = { kept: 1 }
    const { tree, asked, state } = nodeWith(
      { same, n: { of: 1 } },
      { same, n: { of: 2 } },
      { same, n: { of: 2 }, new: true },
    )
    await tree.show({})
    tree.toggle('/context/same')
    tree.toggle('/context/n')
    await settled()
    asked.length = 0
    state.now = 1
    await tree.show({ since: 0 })
    expect(asked.map(({ pointer }) => pointer)).toEqual(['/context', '/context/n'])
    const changed = () =>
      nodes(tree)
        .filter(({ isChanged }) => isChanged)
        .map(({ pointer }) => pointer)
    expect(changed()).toEqual(['/context/n', '/context/n/of'])
    state.now = 2
    await tree.show({ since: 1 })
    expect(changed()).toEqual(['/context/new'])
    expect(nodes(tree).find(({ pointer }) => pointer === '/context/new')?.node.change).toBe('added')
  })

  test('shows what a record has taken away', async () => {
    const { tree } = nodeWith({ a: 1, b: 2 }, { a: 1 })
    await tree.show({ at: 1, since: 0 })
    expect(nodes(tree).find(({ pointer }) => pointer === '/context/b')?.node.change).toBe('removed')
  })

  test('drops what comes for a state that is no longer shown', async () => {
    const { tree, load } = nodeWith({ n: 0 }, { n: 1 })
    let release = (): void => {}
    const slow = new ValueTree('/context', async (ask) => {
      if (ask.at === 0)
        await new Promise<void>((resolve) => {
          release = resolve
        })
      return load(ask)
    })
    const first = slow.show({ at: 0 })
    await slow.show({ at: 1 })
    release()
    await first
    expect(lines(slow)).toContain('n 1')
    expect(tree.rows()).toEqual([])
  })

  test('shows a page of a living value also if that has changed before it came', async () => {
    const { load, state } = nodeWith({ all: Array.from({ length: 500 }, (_, index) => index), n: 0 }, { all: [], n: 1 })
    let release = (): void => {}
    const tree = new ValueTree('/context', async (ask) => {
      const slice = await load(ask)
      if (ask.offset === 300)
        await new Promise<void>((resolve) => {
          release = resolve
        })
      return slice
    })
    await tree.show({})
    tree.toggle('/context/all')
    await settled()
    tree.need('/context/all', 3)
    await settled()
    await tree.show({ since: 0 })
    tree.need('/context/all', 3)
    release()
    await settled()
    expect(state.now).toBe(0)
    expect(nodes(tree).map(({ pointer }) => pointer)).toContain('/context/all/300')
  })

  test('says that a secret is masked, and does not open it', async () => {
    const { tree } = nodeWith({ password: 'hunter2', inner: { apiKey: { a: 1 } } })
    await tree.show({})
    const secret = nodes(tree).find(({ pointer }) => pointer === '/context/password')
    expect(secret?.node).toMatchObject({ isMasked: true, size: 0 })
    expect(JSON.stringify(tree.rows())).not.toContain('hunter2')
  })

  test('says where a page could not be read, and keeps the rest', async () => {
    const { load } = nodeWith({ all: Array.from({ length: 300 }, (_, index) => index) })
    const tree = new ValueTree('/context', (ask) =>
      ask.offset === 200 ? Promise.reject(new Error('gone')) : load(ask),
    )
    await tree.show({})
    tree.toggle('/context/all')
    await settled()
    tree.need('/context/all', 2)
    await settled()
    const gap = tree.rows().find((row) => row.kind === 'gap' && row.page === 2)
    expect(gap).toMatchObject({ problem: 'gone' })
    expect(nodes(tree)).toHaveLength(2 + PAGE)
  })
})

describe('a value for the clipboard', () => {
  test('is put together from its pieces, also fields with hostile names', async () => {
    const value = JSON.parse('{"a":[1,{"b":"x"}],"__proto__":{"c":true},"long":""}')
    value.long = 'x'.repeat(5_000)
    const { load } = nodeWith(value)
    const text = await gathered((pointer, offset, limit) => load({ pointer, offset, limit }), '/context')
    expect(JSON.parse(text)).toEqual(value)
    expect(Object.keys(JSON.parse(text))).toContain('__proto__')
  })

  test('is refused where it is too large', async () => {
    const wide = Object.fromEntries(Array.from({ length: 500 }, (_, index) => [`k${index}`, { n: index }]))
    const { load } = nodeWith(wide)
    const asking = gathered((pointer, offset, limit) => load({ pointer, offset, limit }), '/context')
    await expect(asking).rejects.toBeInstanceOf(TooLarge)
  })
})

describe('the path of a value', () => {
  test('is written as one would write it, whatever the names are', () => {
    const pointer = below(below(below('/context', 'items'), '3'), 'a/b~c')
    expect(segmentsOf(pointer)).toEqual(['context', 'items', '3', 'a/b~c'])
    expect(wayText(pointer)).toBe('context.items[3]["a/b~c"]')
  })
})

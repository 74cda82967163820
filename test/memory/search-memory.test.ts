import { currentEffect } from 'roscius'
import { describe, expect, it } from 'vitest'
import { createMachine, fromPromise, setup } from 'xstate'
import { type MemoryEmbedder, type NewMemory, type SearchMemoryOptions, searchMemory } from '../../src/memory/index.js'
import { World } from '../support/world.js'
import { trigrams } from './trigrams.js'

const HOUR = 3_600_000

/** A world that has a memory. */
async function worldWith(options: SearchMemoryOptions = {}) {
  const memory = searchMemory(options)
  const world = new World({ nobody: createMachine({}) }, { extensions: [memory] })
  await world.open()
  return { memory, world }
}

type Memory = Awaited<ReturnType<typeof worldWith>>['memory']

const tell = (memory: Memory, text: string, more: Partial<NewMemory> = {}) =>
  memory.remember({ namespace: 'bees', text, ...more })

const textsOf = async (memory: Memory, query: string, more: object = {}): Promise<string[]> =>
  (await memory.recall({ namespace: 'bees', query, ...more })).map(({ item }) => item.text)

const allTexts = async (memory: Memory, namespace = 'bees'): Promise<string[]> =>
  (await memory.list({ namespace })).items.map(({ text }) => text)

describe('what is remembered', () => {
  it('is there after a crash, as soon as remember has resolved', async () => {
    const { memory, world } = await worldWith()
    const item = await tell(memory, 'The hives stand behind the barn.', { data: { hives: 12 }, tags: ['place'] })
    await world.crash({ powerLoss: true })
    await world.open()
    expect(await memory.recall({ namespace: 'bees', query: 'where are the hives?' })).toEqual([
      { item, score: expect.closeTo((1 + 0.5 + 1) / 3), relevance: 1 },
    ])
    expect(item).toMatchObject({ kind: 'episodic', importance: 0.5, atMs: 1_000_000, data: { hives: 12 } })
    await world.stop()
  })

  it('is not there if the commit failed, and whoever remembered is told', async () => {
    const { memory, world } = await worldWith()
    await tell(memory, 'first')
    world.store.failBatch(world.store.written.batches + 1, 'before')
    await expect(tell(memory, 'second')).rejects.toMatchObject({ code: 'COMMIT_FAILED' })
    await world.crash()
    await world.open()
    expect(await allTexts(memory)).toEqual(['first'])
    await world.stop()
  })

  it('is found by words in any form, and in any script', async () => {
    const { memory, world } = await worldWith()
    const texts = ['She counted the hives.', 'Die Bienen von Über-Käse', '蜂蜜は納屋の裏にあります', 'Мёд в сарае']
    for (const text of texts) await tell(memory, text)
    expect(await textsOf(memory, 'counting')).toEqual([texts[0]])
    expect(await textsOf(memory, 'über käse')).toEqual([texts[1]])
    expect(await textsOf(memory, '蜂蜜')).toEqual([texts[2]])
    expect(await textsOf(memory, 'мёд?')).toEqual([texts[3]])
    expect(await textsOf(memory, 'nothing of this')).toEqual([])
    await world.stop()
  })

  it('changes nothing under an id that is there already', async () => {
    const { memory, world } = await worldWith()
    const first = await tell(memory, 'one', { id: 'x' })
    expect(await tell(memory, 'two', { id: 'x' })).toEqual(first)
    expect(await tell(memory, 'two', { id: 'x', namespace: 'ants' })).toMatchObject({ text: 'two' })
    expect(await allTexts(memory)).toEqual(['one'])
    await world.stop()
  })

  it('is refused with the path of the field', async () => {
    const { memory, world } = await worldWith()
    const wrong: readonly (readonly [more: object, field: string])[] = [
      [{ text: '' }, 'text'],
      [{ importance: 2 }, 'importance'],
      [{ key: 'k' }, 'key'],
      [{ tags: [''] }, 'tags.0'],
      [{ colour: 'red' }, 'colour'],
      [{ namespace: '\ud800' }, 'namespace'],
    ]
    for (const [more, field] of wrong) {
      const refused = memory.remember({ namespace: 'bees', text: 'text', ...more })
      await expect(refused).rejects.toMatchObject({ code: 'OPTIONS_INVALID', details: { field } })
    }
    await expect(tell(memory, 'text', { data: () => 1 })).rejects.toMatchObject({ code: 'VALUE_NOT_STORABLE' })
    await expect(memory.list({ namespace: 'bees', after: '?' })).rejects.toMatchObject({ code: 'OPTIONS_INVALID' })
    expect(() => searchMemory({ maxItems: 0 })).toThrow('searchMemory: maxItems')
    expect(await allTexts(memory)).toEqual([])
    await world.stop()
  })

  it('needs a running system', async () => {
    const { memory, world } = await worldWith()
    await expect(searchMemory().list({ namespace: 'bees' })).rejects.toMatchObject({ code: 'NOT_IN_SYSTEM' })
    await world.stop()
    await expect(memory.list({ namespace: 'bees' })).rejects.toMatchObject({ code: 'NOT_IN_SYSTEM' })
  })
})

describe('recall', () => {
  it('prefers what is newer and more important among events, but not among facts', async () => {
    const { memory, world } = await worldWith()
    await tell(memory, 'a swarm of old')
    await tell(memory, 'a swarm as a fact', { kind: 'semantic' })
    await world.advance(2_000 * HOUR)
    await tell(memory, 'a swarm of late')
    await tell(memory, 'a swarm that mattered', { importance: 1 })
    expect(await textsOf(memory, 'swarm', { kinds: ['episodic'] })).toEqual([
      'a swarm that mattered',
      'a swarm of late',
      'a swarm of old',
    ])
    expect(await textsOf(memory, 'swarm', { minScore: 0.74 })).toContain('a swarm as a fact')
    expect(await textsOf(memory, 'swarm', { minScore: 0.74 })).not.toContain('a swarm of old')
    await world.stop()
  })

  it('without a question gives the newest and most important', async () => {
    const { memory, world } = await worldWith()
    await tell(memory, 'long ago')
    await world.advance(HOUR)
    await tell(memory, 'just now')
    expect(await textsOf(memory, '')).toEqual(['just now', 'long ago'])
    expect(await textsOf(memory, '', { limit: 1 })).toEqual(['just now'])
    await world.stop()
  })

  it('filters by kinds and by tags', async () => {
    const { memory, world } = await worldWith()
    await tell(memory, 'honey one', { tags: ['a', 'b'] })
    await tell(memory, 'honey two', { tags: ['a'], kind: 'note' })
    expect(await textsOf(memory, 'honey', { tags: ['a', 'b'] })).toEqual(['honey one'])
    expect(await textsOf(memory, 'honey', { kinds: ['note'] })).toEqual(['honey two'])
    await world.stop()
  })

  it('does not cross a namespace unless each is named', async () => {
    const { memory, world } = await worldWith()
    await tell(memory, 'honey of bees')
    await tell(memory, 'honey of ants', { namespace: 'ants' })
    await tell(memory, 'honey below bees', { namespace: 'bees/below' })
    expect(await textsOf(memory, 'honey')).toEqual(['honey of bees'])
    expect(await textsOf(memory, 'honey', { namespace: 'wasps' })).toEqual([])
    const both = await textsOf(memory, 'honey', { namespace: ['ants', 'bees', 'ants'] })
    expect(both.sort()).toEqual(['honey of ants', 'honey of bees'])
    expect(await memory.forget({ namespace: 'ants' })).toBe(1)
    expect(await allTexts(memory)).toEqual(['honey of bees'])
    await world.stop()
  })

  it('finds after forgetting and remembering again, also what comes while the index is built', async () => {
    const { memory, world } = await worldWith()
    for (let n = 0; n < 300; n++) await tell(memory, `honey number ${n}`, { id: `n${n}` })
    await world.restart()
    const found = memory.recall({ namespace: 'bees', query: 'honey', limit: 1_000 })
    const [late] = await Promise.all([
      tell(memory, 'late honey'),
      memory.forget({ namespace: 'bees', ids: ['n1', 'n299'] }),
    ])
    expect((await found).length).toBeGreaterThanOrEqual(298)
    const ids = (await memory.recall({ namespace: 'bees', query: 'honey', limit: 1_000 })).map(({ item }) => item.id)
    expect(ids).toHaveLength(299)
    expect(ids).toContain(late.id)
    await tell(memory, 'honey number 1 again', { id: 'n1' })
    expect(await textsOf(memory, 'again')).toEqual(['honey number 1 again'])
    await world.stop()
  })
})

describe('a fact', () => {
  it('replaces the older one with the same key, durably', async () => {
    const { memory, world } = await worldWith()
    await tell(memory, 'There are 11 hives.', { kind: 'semantic', key: 'hives' })
    await tell(memory, 'There are 12 hives.', { kind: 'semantic', key: 'hives' })
    await tell(memory, 'There are 3 hives.', { kind: 'semantic', key: 'hives', namespace: 'ants' })
    expect(await textsOf(memory, 'hives')).toEqual(['There are 12 hives.'])
    await world.crashAndOpen()
    expect(await allTexts(memory)).toEqual(['There are 12 hives.'])
    await world.stop()
  })

  it('is not replaced by an older one that comes again', async () => {
    const { memory, world } = await worldWith()
    const fact = { kind: 'semantic', key: 'hives' } as const
    await tell(memory, 'There are 11 hives.', { ...fact, id: 'first' })
    await tell(memory, 'There are 12 hives.', { ...fact, id: 'second' })
    await tell(memory, 'There are 13 hives.', { ...fact, id: 'third' })
    await world.crashAndOpen()
    expect(await tell(memory, 'There are 11 hives.', { ...fact, id: 'first' })).toMatchObject({ id: 'third' })
    expect(await allTexts(memory)).toEqual(['There are 13 hives.'])
    await world.stop()
  })
})

describe('a full namespace', () => {
  it('lets go of the least useful, says so, and stays full over a restart', async () => {
    const { memory, world } = await worldWith({ maxItems: 3 })
    await tell(memory, 'dear', { importance: 1 })
    await tell(memory, 'cheap', { importance: 0.1, id: 'cheap' })
    await tell(memory, 'fair', { id: 'fair' })
    await tell(memory, 'elsewhere', { namespace: 'ants' })
    await tell(memory, 'newest', { importance: 0 })
    expect((await allTexts(memory)).sort()).toEqual(['dear', 'fair', 'newest'])
    expect(world.events).toContainEqual({ type: 'memoryEvicted', namespace: 'bees', ids: ['cheap'] })
    await world.crashAndOpen()
    expect((await allTexts(memory)).sort()).toEqual(['dear', 'fair', 'newest'])
    expect(await textsOf(memory, 'cheap')).toEqual([])
    await world.stop()
  })

  it('gives back all that is too much when its bound is lowered', async () => {
    const { memory, world } = await worldWith()
    for (let n = 1; n <= 9; n++) await tell(memory, `number ${n}`, { importance: n / 10 })
    await world.stop()
    const small = searchMemory({ maxItems: 3 })
    await world.open(undefined, { extensions: [small] })
    await tell(small, 'number 10', { importance: 1 })
    expect((await allTexts(small)).sort()).toEqual(['number 10', 'number 8', 'number 9'])
    await world.stop()
  })
})

describe('a list', () => {
  it('goes from page to page, the newest first, whatever comes meanwhile', async () => {
    const { memory, world } = await worldWith()
    for (let n = 1; n <= 7; n++) {
      await tell(memory, `${n}`)
      if (n % 2 === 0) await world.advance(1)
    }
    const seen: string[] = []
    let after: string | undefined
    do {
      const page = await memory.list({ namespace: 'bees', limit: 3, after })
      seen.push(...page.items.map(({ text }) => text))
      after = page.next
      await world.advance(1)
      await tell(memory, 'late')
    } while (after !== undefined)
    expect(seen).toHaveLength(7)
    expect(new Set(seen)).toEqual(new Set(['1', '2', '3', '4', '5', '6', '7']))
    expect(seen[0]).toBe('7')
    await world.stop()
  })

  it('selects by ids, kinds, tags and time, and forget by the same', async () => {
    const { memory, world } = await worldWith()
    await tell(memory, 'old', { tags: ['t'] })
    await world.advance(10)
    await tell(memory, 'new', { tags: ['t'], kind: 'note', id: 'n' })
    const filters = [{ beforeMs: 1_000_010 }, { ids: ['n'] }, { kinds: ['note'] as const }, { tags: ['t'] }]
    const counts = await Promise.all(
      filters.map(async (each) => (await memory.list({ namespace: 'bees', ...each })).items.length),
    )
    expect(counts).toEqual([1, 1, 1, 2])
    expect(await memory.forget({ namespace: 'bees', beforeMs: 1_000_010 })).toBe(1)
    await world.crashAndOpen()
    expect(await allTexts(memory)).toEqual(['new'])
    await world.stop()
  })
})

describe('an embedder', () => {
  it('finds by likeness what no word of the question finds, and ranks by both', async () => {
    const { memory, world } = await worldWith({ embedder: trigrams() })
    for (const text of ['beekeeping for beginners', 'the barn is red', 'keeping accounts']) await tell(memory, text)
    const plain = await worldWith()
    await tell(plain.memory, 'beekeeping for beginners')
    expect(await textsOf(plain.memory, 'apiary keepings')).toEqual([])
    expect((await textsOf(memory, 'beekeepings'))[0]).toBe('beekeeping for beginners')
    expect(await textsOf(memory, 'housekeeping')).toContain('beekeeping for beginners')
    expect((await textsOf(memory, 'keeping accounts'))[0]).toBe('keeping accounts')
    await plain.world.stop()
    await world.stop()
  })

  it('is asked once for each item, also over restarts', async () => {
    const embedder = trigrams()
    const { memory, world } = await worldWith({ embedder })
    await tell(memory, 'beekeeping')
    await tell(memory, 'beekeeping', { id: 'same' })
    await tell(memory, 'beekeeping', { id: 'same' })
    await world.crashAndOpen()
    expect(await textsOf(memory, 'housekeeping')).toHaveLength(2)
    expect(embedder.embedded).toEqual(['beekeeping', 'beekeeping', 'housekeeping'])
    await world.stop()
  })

  it('that has changed is said, and items are found by their words until they are embedded anew', async () => {
    const { memory, world } = await worldWith({ embedder: trigrams() })
    await tell(memory, 'beekeeping')
    await world.stop()
    const other = searchMemory({ embedder: trigrams({ name: 'other', dimensions: 64 }) })
    await world.open(undefined, { extensions: [other] })
    expect(await textsOf(other, 'housekeeping')).toEqual([])
    expect(await textsOf(other, 'beekeeping')).toEqual(['beekeeping'])
    expect(world.events).toContainEqual({
      type: 'memoryEmbedderChanged',
      from: 'trigrams/256',
      to: 'other/64',
      items: 1,
    })
    expect(await other.reembed()).toBe(1)
    expect(await other.reembed()).toBe(0)
    expect(await textsOf(other, 'housekeeping')).toEqual(['beekeeping'])
    await world.crash()
    await world.open(undefined, { extensions: [other] })
    expect(await textsOf(other, 'housekeeping')).toEqual(['beekeeping'])
    expect(world.events.filter(({ type }) => type === 'memoryEmbedderChanged')).toEqual([])
    await world.stop()
  })

  it.each<[string, MemoryEmbedder['embed']]>([
    ['fails', () => Promise.reject(new Error('no model'))],
    ['gives a vector of another length', async () => [1, 2]],
  ])('that %s loses nothing, and is told of', async (_, embed) => {
    const { memory, world } = await worldWith({ embedder: { ...trigrams(), embed } })
    await tell(memory, 'beekeeping')
    expect(await textsOf(memory, 'beekeeping')).toEqual(['beekeeping'])
    expect(world.events.filter(({ type }) => type === 'memoryEmbeddingFailed')).toHaveLength(2)
    await world.stop()
  })
})

describe('an effect that remembers', () => {
  /** Remembers two things and then waits; in its second life it ends. */
  function rememberer(memory: Memory, lives: { count: number }) {
    const note = fromPromise(async () => {
      const own = { namespace: 'bees', kind: 'semantic' } as const
      await memory.remember({ ...own, text: `life ${++lives.count}`, key: 'life' })
      await memory.remember({ ...own, text: 'twice' })
      if (lives.count === 1) await new Promise(() => {})
      return currentEffect()?.attempt
    })
    return setup({ actors: { note } }).createMachine({
      initial: 'noting',
      states: { noting: { invoke: { src: 'note', onDone: 'noted' } }, noted: {} },
    })
  }

  it('adds nothing when it runs again after a crash at any commit', async () => {
    for (let batch = 1; batch <= 6; batch++) {
      const memory = searchMemory()
      const lives = { count: 0 }
      const world = new World({ rememberer: rememberer(memory, lives) }, { extensions: [memory] })
      const system = await world.open()
      const ref = await system.spawn('rememberer', { id: 'r' })
      world.store.crashAtBatch(world.store.written.batches + batch, batch % 2 === 0 ? 'before' : 'after')
      await Promise.race([world.store.crashed, rounds(20)])
      await world.crash()
      lives.count = Math.max(lives.count, 1)
      const again = await world.open()
      await again.settled()
      expect(again.actor('rememberer', 'r').getSnapshot().value).toBe('noted')
      const { items } = await memory.list({ namespace: 'bees' })
      expect(items.map(({ text }) => text.split(' ')[0]).sort()).toEqual(['life', 'twice'])
      expect(items.every(({ by, id }) => by === 'r' && /#[12]$/.test(id))).toBe(true)
      expect(ref.path).toBe('r')
      await world.stop()
    }
  })

  it('does not put an old fact over a newer one', async () => {
    const memory = searchMemory()
    const lives = { count: 0 }
    const world = new World({ rememberer: rememberer(memory, lives) }, { extensions: [memory] })
    const system = await world.open()
    await system.spawn('rememberer', { id: 'r' })
    await rounds(20)
    await tell(memory, 'newer', { kind: 'semantic', key: 'life' })
    await world.crashAndOpen()
    await world.system.settled()
    expect(lives.count).toBe(2)
    expect((await allTexts(memory)).sort()).toEqual(['newer', 'twice'])
    await world.stop()
  })
})

/** Rounds of the event loop. */
async function rounds(count: number): Promise<void> {
  for (let round = 0; round < count; round++) await new Promise((resolve) => setImmediate(resolve))
}

describe('the end of an actor', () => {
  const owned = { namespace: 'n', text: 'mine' }

  it.each([['loaded'], ['not yet read']])(
    'takes its own namespace when it is deleted, if that is %s',
    async (state) => {
      const { memory, world } = await worldWith()
      const ref = await world.system.spawn('nobody', { id: 'n' })
      await memory.remember(owned)
      await tell(memory, 'shared')
      if (state !== 'loaded') await world.restart()
      await world.system.actor('nobody', ref.path).delete()
      await world.crashAndOpen()
      expect(await allTexts(memory, 'n')).toEqual([])
      expect(await allTexts(memory)).toEqual(['shared'])
      await world.system.spawn('nobody', { id: 'n' })
      await memory.remember(owned)
      await world.crashAndOpen()
      expect(await allTexts(memory, 'n')).toEqual(['mine'])
      await world.stop()
    },
  )

  it('leaves everything when it only ends, or if that is wanted', async () => {
    const { memory, world } = await worldWith({ deleteWithActor: false })
    const ref = await world.system.spawn('nobody', { id: 'n' })
    await memory.remember(owned)
    await ref.stop()
    expect(await allTexts(memory, 'n')).toEqual(['mine'])
    await ref.delete()
    expect(await allTexts(memory, 'n')).toEqual(['mine'])
    await world.stop()
  })
})

describe('a long memory', () => {
  it('leaves the thread to others while it is read and indexed', async () => {
    const { memory, world } = await worldWith()
    const items = Array.from(
      { length: 400 },
      (_, n) => `item ${n} ${'honey from the hives behind the barn '.repeat(5)}`,
    )
    await Promise.all(items.map((text) => tell(memory, text)))
    await world.restart()
    let turns = 0
    let isOver = false
    const others = (async () => {
      for (; !isOver; turns++) await rounds(1)
    })()
    expect(await textsOf(memory, 'honey', { limit: 1 })).toHaveLength(1)
    isOver = true
    await others
    expect(turns).toBeGreaterThan(15)
    await world.stop()
  })
})

import { afterEach, describe, expect, it } from 'vitest'
import { causalOrder } from '../../../src/remote/conversation/causal-order.js'
import { ConversationLog, type ConversationNote } from '../../../src/remote/conversation/conversation-log.js'
import type { ConversationOptions } from '../../../src/remote/conversation/conversation-options.js'
import { all, World } from '../../support/world.js'

const HOUR_MS = 3_600_000

/** A log that stands beside the system's own. */
class SecondLog extends ConversationLog {
  override readonly name = 'talks'
}

let world = new World({})
let log: ConversationLog

/** A node that keeps conversations; on the same store as before, if it is opened again. */
async function open(options: ConversationOptions = {}): Promise<void> {
  log = new SecondLog(options)
  await world.open({}, { name: 'a', audit: false, extensions: [log] })
}

async function openNew(options?: ConversationOptions): Promise<void> {
  world = new World({})
  await open(options)
}

const note = (id: string, more: Partial<ConversationNote> = {}): ConversationNote => ({
  id,
  conversation: 'order-17',
  direction: 'sent',
  from: 'roscius://a/x',
  to: 'roscius://b/y',
  type: 'GO',
  ...more,
})

const idsOf = async (conversation = 'order-17'): Promise<string[]> =>
  (await log.records(conversation)).map(({ id }) => id)

const stored = async (): Promise<number> => (await all(world.store.range({ gte: 'u/talks/', lt: 'u/talks0' }))).length

describe('the log of conversations', () => {
  afterEach(() => world.stop())

  it('gives back what was noted, in order, with the node, its time, its count and its clock', async () => {
    await openNew()
    const sent = log.note(note('1'))
    await world.advance(5)
    const answer = { direction: 'received', from: 'roscius://b/y', to: 'roscius://a/x', causation: '1' } as const
    log.note(note('2', { ...answer, type: 'GONE', clock: { a: 1, b: 4 } }))
    expect(await log.records('order-17')).toEqual([
      { ...note('1'), node: 'a', at: 1_000_000, n: 0, clock: { a: 1 } },
      { ...note('2'), ...answer, type: 'GONE', node: 'a', at: 1_000_005, n: 1, clock: { a: 2, b: 4 } },
    ])
    expect(sent.clock).toEqual({ a: 1 })
  })

  it('keeps conversations apart, whatever they are called', async () => {
    await openNew()
    const names = ['a', 'a/b', 'a:00000000', 'a%2Fb', 'ä ', '\ud800', '']
    for (const conversation of names) log.note(note(`of ${conversation}`, { conversation }))
    for (const conversation of names) expect(await idsOf(conversation)).toEqual([`of ${conversation}`])
    expect(await idsOf('nobody')).toEqual([])
  })

  it('has what was committed after a crash, and goes on counting', async () => {
    await openNew()
    log.note(note('1', { direction: 'received', clock: { b: 7 } }))
    await log.records('order-17')
    await world.crash({ powerLoss: true })
    await open()
    expect(log.note(note('2')).clock).toEqual({ a: 2, b: 7 })
    expect(await idsOf()).toEqual(['1', '2'])
  })

  it('has a record exactly if the commit that it is part of is durable', async () => {
    for (const when of ['before', 'after'] as const) {
      await openNew()
      await world.system.settled()
      world.store.crashAtBatch(world.store.written.batches + 1, when, { powerLoss: true })
      log.note(note('1'))
      await log.records('order-17').catch(() => undefined)
      await world.crash()
      await open()
      expect(await idsOf()).toEqual(when === 'after' ? ['1'] : [])
      await world.stop()
    }
    await openNew()
  })

  it('keeps the newest records only', async () => {
    await openNew({ maxRecords: 3 })
    for (let i = 0; i < 10; i++) log.note(note(`${i}`))
    expect(await idsOf()).toEqual(['7', '8', '9'])
    expect(await stored()).toBe(1 + 3)
  })

  it('drops with a new record what has become too old', async () => {
    await openNew({ maxAgeMs: 10_000 })
    log.note(note('1'))
    await world.advance(6_000)
    log.note(note('2'))
    await world.advance(6_000)
    log.note(note('3'))
    expect(await idsOf()).toEqual(['2', '3'])
  })

  it('drops what is too old of a conversation in which nobody says anything, also after a restart', async () => {
    await openNew({ maxAgeMs: 24 * HOUR_MS })
    for (let i = 0; i < 2_500; i++) log.note(note(`${i}`))
    await world.advance(12 * HOUR_MS)
    await world.stop()
    await open({ maxAgeMs: 24 * HOUR_MS })
    expect((await idsOf()).length).toBe(2_500)
    await world.advance(14 * HOUR_MS)
    expect(await idsOf()).toEqual([])
    expect(await stored()).toBe(1)
  })

  it('counts on when a conversation begins again, until no node can have a record of it', async () => {
    await openNew({ maxAgeMs: 10 * HOUR_MS })
    log.note(note('1'))
    await world.advance(15 * HOUR_MS)
    expect(await idsOf()).toEqual([])
    expect(log.note(note('2')).clock).toEqual({ a: 2 })
    await world.advance(30 * HOUR_MS)
    expect(await stored()).toBe(0)
    expect(log.note(note('3')).clock).toEqual({ a: 1 })
  })

  it('does not believe what a peer says of this node', async () => {
    await openNew()
    log.note(note('1'))
    const lie = { a: Number.MAX_SAFE_INTEGER, b: 1 }
    expect(log.note(note('2', { direction: 'received', clock: lie })).clock).toEqual({ a: 2, b: 1 })
  })

  it('makes records of two nodes that are ordered together', async () => {
    await openNew()
    const sent = log.note(note('1'))
    const here = await log.records('order-17')
    await world.stop()
    world = new World({})
    log = new SecondLog()
    await world.open({}, { name: 'b', extensions: [log] })
    log.note(note('1', { direction: 'received', clock: sent.clock }))
    log.note(note('2', { from: 'roscius://b/y', to: 'roscius://a/x', causation: '1' }))
    const order = causalOrder([...(await log.records('order-17')), ...here])
    expect(order.map(({ record: { node, id } }) => `${node} ${id}`)).toEqual(['a 1', 'b 1', 'b 2'])
    expect(order.some(({ concurrent }) => concurrent)).toBe(false)
  })
})

describe('the options of conversations', () => {
  it('are refused with the path of the field', () => {
    const refused =
      (options: object): (() => void) =>
      () =>
        new ConversationLog(options)
    expect(refused({ maxRecords: 0 })).toThrow(
      expect.objectContaining({ code: 'OPTIONS_INVALID', details: { field: 'conversations.maxRecords' } }),
    )
    expect(refused({ keep: 1 })).toThrow(expect.objectContaining({ code: 'OPTIONS_INVALID' }))
  })
})

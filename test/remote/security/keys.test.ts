import { describe, expect, test } from 'vitest'
import { freePort } from '../transport/sockets.js'
import { LinkedSystems, type NodeOptions } from './linked-systems.js'

const systems = new LinkedSystems()
const OLD = { id: 'old', secret: Buffer.from('the secret of the old days') }
const NEW = { id: 'new', secret: Buffer.from('the secret of the new days') }

/** `a` dials, `b` listens; each may do everything to the other. */
async function ends(): Promise<{
  readonly a: (keys: object[]) => NodeOptions
  readonly b: (keys: object[]) => NodeOptions
}> {
  const port = await freePort()
  const allow = 'everything' as const
  return {
    a: (keys) => ({ peers: { b: { address: `ws://127.0.0.1:${port}`, allow } }, auth: { keys: keys as never } }),
    b: (keys) => ({ listen: { port }, peers: { a: { allow } }, auth: { keys: keys as never } }),
  }
}

async function linked(ofA: object[], ofB: object[]): Promise<void> {
  const { a, b } = await ends()
  await systems.open('b', b(ofB))
  await systems.open('a', a(ofA))
}

describe('two nodes', () => {
  test('with the same key are linked, and actors are reached', async () => {
    await linked([OLD], [OLD])
    const t = await systems.system('a').peer('b').spawn('tally', { id: 't' })
    expect(await t.deliver({ type: 'ADD', n: 1 })).toMatchObject({ outcome: 'handled' })
    expect(systems.system('b').actor('tally', 't').getSnapshot().context.seen).toEqual([1])
  })

  test.each([
    ['another secret under the same id', { id: 'old', secret: NEW.secret }],
    ['a key that the other does not know', NEW],
  ])('with %s are not, and nothing is reached', async (_, key) => {
    await linked([key], [OLD])
    await systems.system('b').spawn('tally', { id: 't' })
    systems.system('a').actor('tally', 'roscius://b/t').send({ type: 'ADD', n: 1 })
    expect(await systems.faultOf('a', 'b')).toMatchObject({ code: 'AUTH_FAILED', by: 'peer' })
    expect(systems.system('b').actor('tally', 't').getSnapshot().context.seen).toEqual([])
    expect(systems.events('linkRefused').map(({ code }) => code)).toContain('AUTH_FAILED')
  })

  test('of which one has a name that the other does not know are not, and it is told no more than with a wrong key', async () => {
    const { a, b } = await ends()
    await systems.open('b', b([OLD]))
    await systems.open('x', a([OLD]))
    const ofName = await systems.faultOf('x', 'b')
    await systems.open('a', a([NEW]))
    expect(ofName).toEqual(await systems.faultOf('a', 'b'))
  })
})

test('a key is changed in three rounds of restarts, and no message is lost, doubled or out of order', async () => {
  const { a, b } = await ends()
  await systems.open('b', b([OLD]))
  await systems.open('a', a([OLD]))
  await systems.system('b').spawn('tally', { id: 't' })
  const t = systems.system('a').actor('tally', 'roscius://b/t')
  await systems.system('a').spawn('relay', { id: 'r', input: { to: t } })
  let passed = 0
  const pass = async (): Promise<void> => {
    for (let n = 0; n < 5; n++) await systems.system('a').actor('relay', 'r').deliver({ type: 'PASS', n: ++passed })
  }

  for (const keys of [[OLD, NEW], [NEW, OLD], [NEW]]) {
    await systems.stop('b')
    await pass()
    await systems.open('b', b(keys))
    await systems.isUp('a', 'b')
    await pass()
    await systems.stop('a')
    await systems.open('a', a(keys))
    await pass()
    await systems.isUp('a', 'b')
  }
  await systems.system('a').actor('tally', 'roscius://b/t').deliver({ type: 'ADD', n: 0 })
  const { seen } = systems.system('b').actor('tally', 't').getSnapshot().context
  expect(seen).toEqual([...Array.from({ length: passed }, (_, n) => n + 1), 0])
  expect(systems.events('linkRefused')).toEqual([])

  await systems.stop('a')
  await systems.open('a', a([OLD]))
  expect(await systems.faultOf('a', 'b')).toMatchObject({ code: 'AUTH_FAILED' })
})

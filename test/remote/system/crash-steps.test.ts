import { afterEach, describe, expect, test } from 'vitest'
import { hasCrashed, Nodes } from '../../support/nodes.js'
import { logic } from './actors.js'

let nodes: Nodes<typeof logic>
afterEach(() => nodes.close())

const MESSAGES = [1, 2, 3]
type When = 'before' | 'after'

/** Runs the node again if its store has crashed. */
async function revive(name: string): Promise<void> {
  if (hasCrashed(nodes.store(name))) await nodes.crashAndOpen(name)
}

async function passed(n: number): Promise<void> {
  const relay = nodes.system('a').actor('relay', 'r')
  const passing = relay.deliver({ type: 'PASS', n }, { idempotencyKey: `pass ${n}` })
  await nodes.run(passing).catch(async () => {
    await revive('a')
    await passed(n)
  })
}

/** What has arrived at b of what was passed on by a, of which `victim` crashes at its `step`th batch from now. */
async function arrivedOver(step: number, when: When, victims: readonly string[]): Promise<readonly number[]> {
  nodes = new Nodes(logic)
  const { a, b } = await nodes.pair()
  await nodes.run(b.spawn('tally', { id: 't' }))
  await nodes.run(a.spawn('relay', { id: 'r', input: { to: a.actor('tally', 'roscius://b/t') } }))
  for (const victim of victims) {
    const store = nodes.store(victim)
    store.crashAtBatch(store.written.batches + step, when, { powerLoss: true })
  }
  for (const n of MESSAGES) {
    await passed(n)
    await nodes.clock.advance(5)
    for (const victim of victims) await revive(victim)
  }
  const seen = () => nodes.system('b').actor('tally', 't').getSnapshot().context.seen
  await nodes.clock.advance(100)
  for (const victim of victims) await revive(victim)
  await nodes.until(() => seen().length >= MESSAGES.length).catch(() => undefined)
  await nodes.clock.advance(2_000)
  return seen()
}

describe.each([
  ['the sender', ['a']],
  ['the receiver', ['b']],
  ['both', ['a', 'b']],
])('what a durable actor sends arrives exactly once and in order if %s lose(s) power', (_, victims) => {
  test.each(['before', 'after'] as const)('%s any of the batches', async (when) => {
    for (let step = 1; step <= 10; step++) {
      const seen = await arrivedOver(step, when, victims)
      await nodes.close()
      expect({ step, seen }).toEqual({ step, seen: MESSAGES })
    }
  })
})

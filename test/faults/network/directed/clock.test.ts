/** Clocks of nodes that jump, and that never agree. */
import { type RosciusRef, withDelivery } from 'roscius'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { sendTo, setup } from 'xstate'
import { logic as common, type TallyRef } from '../../../remote/system/actors.js'
import { Nodes } from '../../../support/nodes.js'
import { all } from '../../../support/world.js'
import { HASTY_LINKS } from '../links.js'
import { OwnClock } from '../memory/own-clock.js'

const HOUR_MS = 3_600_000

/** Sends a while after it was told to. */
const alarm = setup({
  types: {
    context: {} as { to: TallyRef },
    input: {} as { to: TallyRef },
    events: {} as { type: 'SET'; n: number; ms: number },
  },
}).createMachine({
  context: ({ input }) => input,
  on: {
    SET: {
      actions: sendTo(
        ({ context }) => context.to,
        ({ event }) => ({ type: 'ADD', n: event.n }),
        { delay: ({ event }) => event.ms },
      ),
    },
  },
})
const logic = { ...common, alarm }

let nodes: Nodes<typeof logic>
let clocks: { readonly a: OwnClock; readonly b: OwnClock }
beforeEach(() => {
  nodes = new Nodes(logic, { links: HASTY_LINKS })
  clocks = { a: new OwnClock(nodes.clock), b: new OwnClock(nodes.clock) }
})
afterEach(() => nodes.close())

async function paired() {
  const { a, b } = await nodes.pair({ a: { clock: clocks.a }, b: { clock: clocks.b } })
  await nodes.run(b.spawn('tally', { id: 't' }))
  const to = a.actor('tally', 'roscius://b/t')
  await nodes.run(to.deliver({ type: 'ADD', n: 0 }))
  return { a, b, to }
}

const seen = (): readonly number[] => nodes.system('b').actor('tally', 't').getSnapshot().context.seen
const told = (name: string): string[] => (nodes.events.get(name) ?? []).map(({ type }) => type)

test.each([
  ['an hour forwards', HOUR_MS],
  ['an hour back', -HOUR_MS],
])('a clock that jumps %s takes no link down, and fires no timer early or late', async (_, jumpMs) => {
  const { a, to } = await paired()
  const alarmed = await nodes.run(a.spawn('alarm', { id: 'alarm', input: { to: to as RosciusRef as TallyRef } }))
  await nodes.run(alarmed.deliver({ type: 'SET', n: 1, ms: 1_000 }))
  clocks.a.aheadMs = jumpMs
  clocks.b.aheadMs = -2 * jumpMs
  await nodes.clock.advance(900)
  expect(seen()).toEqual([0])
  await nodes.clock.advance(200)
  expect(seen()).toEqual([0, 1])
  await nodes.clock.advance(5_000)
  expect([...told('a'), ...told('b')]).not.toContain('nodeDown')
  expect(a.peers()[0]?.state).toBe('up')
})

test('a deadline counts what has gone by, whatever the clocks of the nodes show', async () => {
  clocks.b.aheadMs = 24 * HOUR_MS
  const { a, to } = await paired()
  const hasty = withDelivery(to, { deadlineMs: 500 })
  hasty.send({ type: 'ADD', n: 1 })
  await nodes.until(() => seen().includes(1))
  nodes.network.strike({ kind: 'partition', groups: [['a'], ['b']] })
  hasty.send({ type: 'ADD', n: 2 })
  clocks.a.aheadMs = HOUR_MS
  await nodes.clock.advance(3_000)
  nodes.network.strike({ kind: 'heal' })
  await nodes.until(() => a.peer('b').figures()?.state === 'up')
  await nodes.run(to.deliver({ type: 'ADD', n: 3 }))
  expect(seen()).toEqual([0, 1, 3])
  const letters = [...(await all(a.deadLetters.list())), ...(await all(nodes.system('b').deadLetters.list()))]
  expect(letters.map(({ reason }) => reason)).toEqual(['expired'])
})

test('clocks that are days apart change nothing of what is exactly once', async () => {
  clocks.a.aheadMs = -48 * HOUR_MS
  clocks.b.aheadMs = 48 * HOUR_MS
  const { to } = await paired()
  for (const n of [1, 2, 3]) {
    await nodes.run(to.deliver({ type: 'ADD', n }, { idempotencyKey: `${n}` }))
    await nodes.crashAndOpen('b')
    await nodes.run(to.deliver({ type: 'ADD', n }, { idempotencyKey: `${n}` }))
  }
  expect(seen()).toEqual([0, 1, 2, 3])
})

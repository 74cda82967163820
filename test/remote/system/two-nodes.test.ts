import type { ReplyRef, RosciusRef } from 'roscius'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { assign, sendTo, setup } from 'xstate'
import { Nodes } from '../../support/nodes.js'

const counter = setup({
  types: {
    context: {} as { n: number },
    events: {} as { type: 'INC' } | { type: 'GET'; replyTo: ReplyRef<{ type: 'N'; n: number }> },
  },
}).createMachine({
  context: { n: 0 },
  on: {
    INC: { actions: assign({ n: ({ context }) => context.n + 1 }) },
    GET: {
      actions: sendTo(
        ({ event }) => event.replyTo,
        ({ context }) => ({ type: 'N' as const, n: context.n }),
      ),
    },
  },
})

const boss = setup({
  types: {
    context: {} as { worker: RosciusRef<typeof counter> },
    input: {} as { worker: RosciusRef<typeof counter> },
    events: {} as { type: 'GO' },
  },
}).createMachine({
  context: ({ input }) => input,
  on: { GO: { actions: sendTo(({ context }) => context.worker, { type: 'INC' }) } },
})

let nodes: Nodes<typeof logic>
const logic = { counter, boss }
beforeEach(() => {
  nodes = new Nodes(logic)
})
afterEach(() => nodes.close())

test('a question to an actor of another node is answered', async () => {
  const { a, b } = await nodes.pair()
  await b.spawn('counter', { id: 'c' })
  const c = a.actor('counter', 'roscius://b/c')
  await nodes.run(c.deliver({ type: 'INC' }))
  expect(await nodes.run(c.ask((replyTo) => ({ type: 'GET', replyTo })))).toEqual({ type: 'N', n: 1 })
})

test('what a transition sends to another node arrives once', async () => {
  const { a, b } = await nodes.pair()
  const c = await b.spawn('counter', { id: 'c' })
  const ref = await a.spawn('boss', { id: 'boss', input: { worker: a.actor('counter', 'roscius://b/c') } })
  for (let i = 0; i < 10; i++) await ref.deliver({ type: 'GO' })
  await nodes.until(() => c.getSnapshot().context.n === 10)
})

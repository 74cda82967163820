import { describe, expect, it } from 'vitest'
import { assign, createMachine, sendTo } from 'xstate'
import { all, refIn, World } from '../support/world.js'

const log = createMachine({
  context: { seen: [] as number[] },
  on: { N: { actions: assign({ seen: ({ context, event }) => [...context.seen, event.n] }) } },
})

const n = (value: number) => ({ type: 'N', n: value })

describe('a full mailbox', () => {
  it('refuses mail from outside by default: send throws, deliver and ask reject', async () => {
    const world = new World({ log: { logic: log, mailbox: { capacity: 2 } } })
    await using system = await world.open()
    const ref = await system.spawn('log', { id: 'a' })
    ref.send(n(1))
    ref.send(n(2))
    expect(() => ref.send(n(3))).toThrowError(
      expect.objectContaining({ code: 'MAILBOX_FULL', address: 'a', details: { capacity: 2 } }),
    )
    await expect(ref.deliver(n(4))).rejects.toMatchObject({ code: 'MAILBOX_FULL' })
    await expect(ref.ask(() => n(5))).rejects.toMatchObject({ code: 'MAILBOX_FULL' })
    await system.settled()
    expect(ref.getSnapshot().context.seen).toEqual([1, 2])
    expect(await all(system.deadLetters.list())).toEqual([])
    ref.send(n(6))
    await system.settled()
    expect(ref.getSnapshot().context.seen).toEqual([1, 2, 6])
  })

  it('with dropNewest makes the arriving event a dead letter', async () => {
    const world = new World({ log: { logic: log, mailbox: { capacity: 2, overflow: 'dropNewest' } } })
    await using system = await world.open()
    const ref = await system.spawn('log', { id: 'a' })
    for (const value of [1, 2, 3]) ref.send(n(value))
    await expect(ref.deliver(n(4))).rejects.toMatchObject({ code: 'DEAD_LETTER', details: { reason: 'mailboxFull' } })
    await system.settled()
    expect(ref.getSnapshot().context.seen).toEqual([1, 2])
    expect((await all(system.deadLetters.list())).map(({ event, reason }) => [event, reason])).toEqual([
      [n(3), 'mailboxFull'],
      [n(4), 'mailboxFull'],
    ])
  })

  it('with dropOldest makes the event at the front a dead letter and rejects its delivery', async () => {
    const world = new World({ log: { logic: log, mailbox: { capacity: 2, overflow: 'dropOldest' } } })
    await using system = await world.open()
    const ref = await system.spawn('log', { id: 'a' })
    const first = ref.deliver(n(1))
    ref.send(n(2))
    ref.send(n(3))
    await expect(first).rejects.toMatchObject({ code: 'DEAD_LETTER' })
    await system.settled()
    expect(ref.getSnapshot().context.seen).toEqual([2, 3])
    expect((await all(system.deadLetters.list())).map(({ event }) => event)).toEqual([n(1)])
  })

  it("never makes a sendTo inside a turn throw: the overflow is a durable dead letter of the sender's commit", async () => {
    const flood = createMachine({
      context: { to: undefined as unknown, sent: 0 },
      on: {
        TO: { actions: assign({ to: ({ event }) => event.to }) },
        GO: {
          actions: [
            sendTo(({ context }) => refIn(context, 'to'), n(1)),
            sendTo(({ context }) => refIn(context, 'to'), n(2)),
            sendTo(({ context }) => refIn(context, 'to'), n(3)),
            assign({ sent: 3 }),
          ],
        },
      },
    })
    const world = new World({ log: { logic: log, mailbox: { capacity: 2 } }, flood })
    const system = await world.open()
    const ref = await system.spawn('log', { id: 'a' })
    const sender = await system.spawn('flood', { id: 'f' })
    await sender.deliver({ type: 'TO', to: ref })
    await sender.deliver({ type: 'GO' })
    await system.settled()
    expect(sender.getSnapshot()).toMatchObject({ status: 'active', context: { sent: 3 } })
    expect(ref.getSnapshot().context.seen).toEqual([1, 2])
    const again = await world.crashAndOpen()
    expect(
      (await all(again.deadLetters.list())).map(({ path, event, from, reason }) => [path, event, from, reason]),
    ).toEqual([['a', n(3), 'f', 'mailboxFull']])
    await world.stop()
  })
})

import { describe, expect, it } from 'vitest'
import { assign, createMachine, fromPromise, sendTo, setup } from 'xstate'
import type { ReplyRef, RosciusRef } from '../../src/index.js'
import { World } from '../support/world.js'

const counter = createMachine({
  types: {} as { context: { n: number } },
  context: { n: 0 },
  on: { INC: { actions: assign({ n: ({ context }) => context.n + 1 }) } },
})

/** A promise that tells the counter, under an id derived from its effect's. */
const teller = fromPromise(async ({ input }: { input: { to: RosciusRef<typeof counter> } }) => {
  input.to.send({ type: 'INC' })
})

describe('a new life of an actor', () => {
  it('has effect ids of its own, so nothing it sends is taken for a repeat', async () => {
    const world = new World({ counter, teller: { logic: teller, durability: 'volatile' as const } })
    let system = await world.open()
    const to = await system.spawn('counter', { id: 'c' })
    await system.spawn('teller', { id: 't', input: { to } })
    await system.settled()
    system = await world.restart()
    await system.spawn('teller', { id: 't', input: { to: system.actor('counter', 'c') } })
    await system.settled()
    expect(system.actor('counter', 'c').getSnapshot().context.n).toBe(2)
    await world.stop()
  })

  it('after a deletion too', async () => {
    const world = new World({ counter, teller })
    const system = await world.open()
    const to = await system.spawn('counter', { id: 'c' })
    for (let life = 0; life < 2; life++) {
      const ref = await system.spawn('teller', { id: 't', input: { to } })
      await system.settled()
      await ref.delete()
    }
    expect(to.getSnapshot().context.n).toBe(2)
    await world.stop()
  })
})

describe('an observer', () => {
  it('runs in nobody’s effect, whoever set off the turn', async () => {
    const world = new World({ counter, teller })
    const system = await world.open()
    const to = await system.spawn('counter', { id: 'c' })
    const { currentEffect } = await import('roscius')
    const seen: unknown[] = []
    to.subscribe(() => seen.push(currentEffect()))
    await system.spawn('teller', { id: 't', input: { to } })
    await system.settled()
    expect(seen).toEqual([undefined])
    await world.stop()
  })
})

describe('an idempotency key', () => {
  it('that begins with "$" is refused, and one with "#" settles nothing of anybody else', async () => {
    const world = new World({ counter })
    const system = await world.open()
    const ref = await system.spawn('counter', { id: 'c' })
    await expect(ref.deliver({ type: 'INC' }, { idempotencyKey: '$effect/c#1' })).rejects.toMatchObject({
      code: 'OPTIONS_INVALID',
    })
    await ref.deliver({ type: 'INC' }, { idempotencyKey: 'c#1' })
    expect(await ref.deliver({ type: 'INC' }, { idempotencyKey: 'c#1' })).toMatchObject({ seqNr: 2 })
    await world.stop()
  })
})

describe('spawn with ifExists: use', () => {
  it('refuses an actor of another logic', async () => {
    const world = new World({ counter, other: createMachine({}) })
    const system = await world.open()
    await system.spawn('counter', { id: 'c' })
    await expect(system.spawn('other', { id: 'c', ifExists: 'use' })).rejects.toMatchObject({ code: 'ACTOR_EXISTS' })
    await world.stop()
  })
})

describe('a repeated ask', () => {
  it('gets the answer to the question that is still open', async () => {
    const late = createMachine({
      types: {} as {
        events: { type: 'ASK'; replyTo: ReplyRef } | { type: 'GO' }
        context: { to: ReplyRef | undefined }
      },
      context: { to: undefined },
      on: {
        ASK: { actions: assign({ to: ({ event }) => event.replyTo }) },
        GO: { actions: sendTo(({ context }) => context.to as ReplyRef, { type: 'ANSWER' }) },
      },
    })
    const world = new World({ late })
    const system = await world.open()
    const ref = await system.spawn('late', { id: 'l' })
    const asks = [1, 2].map(() => ref.ask((replyTo) => ({ type: 'ASK', replyTo }), { idempotencyKey: 'q' }))
    await system.settled()
    ref.send({ type: 'GO' })
    expect(await Promise.all(asks)).toEqual([{ type: 'ANSWER' }, { type: 'ANSWER' }])
    await world.stop()
  })
})

describe('an actor that sends itself ever more', () => {
  it('is held to the bound of its mailbox; the rest are dead letters', async () => {
    const doubler = createMachine({
      on: {
        GROW: { actions: [sendTo(({ self }) => self, { type: 'GROW' }), sendTo(({ self }) => self, { type: 'GROW' })] },
      },
    })
    const world = new World({ doubler: { logic: doubler, durability: 'volatile' as const, mailbox: { capacity: 50 } } })
    const system = await world.open()
    const ref = await system.spawn('doubler', { id: 'd' })
    ref.send({ type: 'GROW' })
    let refused = 0
    system.on(({ type }) => {
      if (type === 'deadLetter') refused++
    })
    while (refused === 0) await new Promise((resolve) => setImmediate(resolve))
    expect(refused).toBeGreaterThan(0)
    await world.stop()
  })
})

describe('a migration', () => {
  it('that keeps the version still counts, and may rename a child', async () => {
    const work = fromPromise(() => new Promise<never>(() => {}))
    const machineWith = (child: string) =>
      setup({ actors: { work } }).createMachine({
        context: { n: 1 },
        initial: 'on',
        states: { on: { invoke: { id: child, src: 'work' }, on: child === 'new' ? { MORE: {} } : {} } },
      })
    const world = new World({ thing: { logic: machineWith('old'), durability: 'durable' as const } })
    const system = await world.open()
    await system.spawn('thing', { id: 't' })
    const rename = (persisted: unknown) => {
      const { context, children, ...rest } = persisted as { context: { n: number }; children: { old: unknown } }
      return { ...rest, context: { n: context.n + 1 }, children: { new: children.old } }
    }
    const again = await world.restart({ thing: { logic: machineWith('new'), migrations: { '': rename } } })
    const ref = again.actor('thing', 't')
    ref.send({ type: 'MORE' } as never)
    await new Promise((resolve) => setImmediate(resolve))
    const snapshot = ref.getSnapshot()
    expect(snapshot.context).toEqual({ n: 2 })
    expect(Object.keys(snapshot.children)).toEqual(['new'])
    await world.stop()
  })
})

import { describe, expect, it } from 'vitest'
import { assign, createMachine, fromPromise } from 'xstate'
import type { RosciusRef } from '../../src/index.js'
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

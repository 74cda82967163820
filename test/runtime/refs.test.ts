import { childRef, spawnActor } from 'roscius'
import { describe, expect, it } from 'vitest'
import { type AnyActorRef, type AnyEventObject, assign, createMachine, sendTo, setup } from 'xstate'
import { refIn, World } from '../support/world.js'

const target = createMachine({
  context: { hits: 0 },
  on: { HIT: { actions: assign({ hits: ({ context }) => context.hits + 1 }) } },
})

/** Whatever the events put there. */
interface Held {
  plain?: AnyActorRef
  list?: AnyActorRef[]
  map?: Map<string, AnyActorRef>
  set?: Set<AnyActorRef>
  self?: AnyActorRef
  own?: AnyActorRef
  owns?: Map<string, AnyActorRef>
  ownSet?: Set<AnyActorRef>
  noted?: boolean
}

const holder = setup({
  types: { context: {} as Held, events: {} as AnyEventObject },
  actors: { target },
}).createMachine({
  context: {},
  on: {
    KEEP: {
      actions: assign({
        plain: ({ event }) => event.ref,
        list: ({ event }) => [event.ref],
        map: ({ event }) => new Map<string, AnyActorRef>([['a', event.ref]]),
        set: ({ event }) => new Set<AnyActorRef>([event.ref]),
        self: ({ self }) => self,
      }),
    },
    OWN: {
      actions: assign({
        own: ({ spawn }) => spawn('target', { id: 'own' }),
        owns: ({ spawn }) => new Map<string, AnyActorRef>([['x', spawn('target', { id: 'mapped' })]]),
        ownSet: ({ spawn }) => new Set<AnyActorRef>([spawn('target', { id: 'in-set' })]),
      }),
    },
    HIT_ALL: {
      actions: [
        sendTo(({ context }) => context.plain!, { type: 'HIT' }),
        sendTo(({ context }) => context.list![0]!, { type: 'HIT' }),
        sendTo(({ context }) => context.map!.get('a')!, { type: 'HIT' }),
        sendTo(({ context }) => [...context.set!][0]!, { type: 'HIT' }),
      ],
    },
    HIT_OWN: {
      actions: [
        sendTo(({ context }) => context.own!, { type: 'HIT' }),
        sendTo(({ context }) => context.owns!.get('x')!, { type: 'HIT' }),
        sendTo(({ context }) => [...context.ownSet!][0]!, { type: 'HIT' }),
      ],
    },
    NOTE_SELF: { actions: sendTo(({ context }) => context.self!, { type: 'NOTED' }) },
    NOTED: { actions: assign({ noted: true }) },
  },
})

describe('a ref in a context', () => {
  it('to another actor works after a restart: plain, in an array, a Map and a Set', async () => {
    const world = new World({ holder, target })
    const system = await world.open()
    const ref = await system.spawn('target', { id: 't' })
    const keeper = await system.spawn('holder', { id: 'h' })
    await keeper.deliver({ type: 'KEEP', ref })
    await keeper.deliver({ type: 'HIT_ALL' })
    await system.settled()
    expect(ref.getSnapshot().context.hits).toBe(4)
    const again = await world.crashAndOpen()
    await again.actor('holder', 'h').deliver({ type: 'HIT_ALL' })
    await again.settled()
    expect(again.actor('target', 't').getSnapshot().context.hits).toBe(8)
    const kept = again.actor('holder', 'h').getSnapshot().context as Record<string, unknown>
    expect((kept.plain as { address: string }).address).toBe('roscius://world/t')
    await world.stop()
  })

  it('to the actor itself works after a restart', async () => {
    const world = new World({ holder, target })
    const system = await world.open()
    const ref = await system.spawn('target', { id: 't' })
    await (await system.spawn('holder', { id: 'h' })).deliver({ type: 'KEEP', ref })
    const again = await world.crashAndOpen()
    await again.actor('holder', 'h').deliver({ type: 'NOTE_SELF' })
    await again.settled()
    expect(again.actor('holder', 'h').getSnapshot().context).toMatchObject({ noted: true })
    await world.stop()
  })

  it('to a child inside its own cell is that child again after a restart: plain, in a Map and a Set', async () => {
    const world = new World({ holder, target })
    const system = await world.open()
    const keeper = await system.spawn('holder', { id: 'h' })
    await keeper.deliver({ type: 'OWN' })
    await keeper.deliver({ type: 'HIT_OWN' })
    const again = await world.crashAndOpen()
    await again.actor('holder', 'h').deliver({ type: 'HIT_OWN' })
    await again.settled()
    const { children, context } = again.actor('holder', 'h').getSnapshot()
    const hits = Object.fromEntries(
      Object.entries(children as Record<string, { getSnapshot(): { context: { hits: number } } }>).map(
        ([id, child]) => [id, child.getSnapshot().context.hits],
      ),
    )
    expect(hits).toEqual({ own: 2, mapped: 2, 'in-set': 2 })
    const { own, owns, ownSet } = context as unknown as { own: object; owns: Map<string, object>; ownSet: Set<object> }
    expect([own, owns.get('x'), [...ownSet][0]]).toEqual([
      children['own' as never],
      children['mapped' as never],
      children['in-set' as never],
    ])
    await world.stop()
  })

  it('made by childRef in the same transition as the spawn works', async () => {
    const boss = createMachine({
      context: { worker: undefined as unknown },
      entry: [spawnActor(target, { id: 'w' }), assign({ worker: ({ self }) => childRef(self, target, 'w') })],
      on: { HIT: { actions: sendTo(({ context }) => refIn(context, 'worker'), { type: 'HIT' }) } },
    })
    const world = new World({ boss, target })
    const system = await world.open()
    await (await system.spawn('boss', { id: 'b' })).deliver({ type: 'HIT' })
    const again = await world.crashAndOpen()
    await again.actor('boss', 'b').deliver({ type: 'HIT' })
    await again.settled()
    expect(again.actor('target', 'b/w').getSnapshot().context.hits).toBe(2)
    await world.stop()
  })
})

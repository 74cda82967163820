/** A shop of actors on a LevelDB folder, in which something of everything is going on: what the commands are tried on. */
import { createSystem, type RosciusRef, type System, serveControl, startChild, supervisor, withBudget } from 'roscius'
import { assign, fromPromise, sendTo, setup } from 'xstate'
import { z } from 'zod'

/** An id and an event that would move the cursor, clear the screen, and turn the direction of text. */
export const HOSTILE = 'a\u001B[2J\u001B[31m\u202Eb\n\u009B31m\u200Bc'

export const desk = setup({
  types: {
    context: {} as { n: number; password: string; note: string; lines: string[] },
    events: {} as
      | { type: 'OPEN' | 'CLOSE' | 'LATER' | 'ADD' | 'BREAK' }
      | { type: 'NOTE'; note: string }
      | { type: string },
  },
  actors: { fetch: fromPromise(() => new Promise<void>(() => undefined)) },
  schemas: { events: { NOTE: z.object({ type: z.literal('NOTE'), note: z.string() }) } },
}).createMachine({
  id: 'desk',
  version: '3',
  context: { n: 0, password: 'hunter2', note: 'quiet', lines: ['one', 'two', 'three'] },
  initial: 'closed',
  on: {
    ADD: { actions: assign({ n: ({ context }) => context.n + 1 }) },
    NOTE: { actions: assign({ note: ({ event }) => (event as { note: string }).note }) },
    [HOSTILE]: { actions: assign({ n: ({ context }) => context.n + 1 }) },
    PASS: {
      actions: sendTo(({ event }) => (event as unknown as { to: RosciusRef }).to as never, { type: 'ADD' } as never),
    },
    BREAK: {
      actions: () => {
        throw new Error(`it broke ${HOSTILE}`)
      },
    },
  },
  states: {
    closed: { meta: { defer: ['LATER'] }, on: { OPEN: 'open' }, after: { 3600000: 'open' } },
    open: { invoke: { src: 'fetch', id: 'prices' }, on: { CLOSE: 'closed', LATER: {} } },
  },
})

const floor = supervisor({ children: [{ id: 'till', logic: 'desk' }], template: { logic: 'desk' } })
const logic = { desk, floor }
export type Shop = System<typeof logic>

export function openShop(folder: string): Promise<Shop> {
  const supervision = { intensity: { maxRestarts: 0 } }
  return createSystem({ name: 'shop', store: folder, logic, logger: () => {}, supervision, onRootFailure: () => {} })
}

/**
 * `floor` with `till` (open, with an effect) and `back`; `front` has a budget, defers an event and is paused with one in its mailbox;
 * `broken` has failed, and there is a dead letter for it; one has a hostile name.
 */
export async function stock(shop: Shop): Promise<void> {
  const floorRef = await shop.spawn('floor', { id: 'floor' })
  await startChild(floorRef, { id: 'back' })
  await shop.actor('desk', 'floor/till').deliver({ type: 'OPEN' })
  const front = await shop.spawn('desk', { id: 'front', ...withBudget({ costUsd: 2, tokens: 1_000 }) })
  await front.deliver({ type: 'LATER' })
  await front.deliver({ type: 'ADD' })
  const broken = await shop.spawn('desk', { id: 'broken' })
  await broken.deliver({ type: 'BREAK' }).catch(() => undefined)
  await broken.deliver({ type: 'ADD' }).catch(() => undefined)
  const hostile = await shop.spawn('desk', { id: HOSTILE })
  await hostile.deliver({ type: HOSTILE })
  await hostile.deliver({ type: 'NOTE', note: `${HOSTILE}${'x'.repeat(1_000_000)}` })
  await front.pause({ by: 'ada', reason: 'lunch' })
  // From an actor: what it has sent is stored with the rest of its turn.
  await shop.actor('desk', 'floor/back').deliver({ type: 'PASS', to: front } as never)
}

/** A shop that lets programs in. */
export async function servedShop(folder: string): Promise<{ readonly shop: Shop } & AsyncDisposable> {
  const shop = await openShop(folder)
  await stock(shop)
  const door = await serveControl(shop as unknown as System, { folder })
  const close = async (): Promise<void> => {
    await door.close()
    await shop.stop()
  }
  return { shop, [Symbol.asyncDispose]: close }
}

/** The same, closed: its folder is a store that nobody has open. */
export async function closedShop(folder: string): Promise<void> {
  await using shop = await openShop(folder)
  await stock(shop)
}

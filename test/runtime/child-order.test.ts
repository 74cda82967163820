/** In which order a supervisor sees to its children, and that many of them leave the event loop its rounds. */
import { startChild, supervisor } from 'roscius'
import { describe, expect, it } from 'vitest'
import { assign, fromPromise, setup } from 'xstate'
import { World } from '../support/world.js'

const ADDED = ['a', 'b', 'c']
const broken = (): never => {
  throw new Error('broken')
}

/** Lets time go by; effects may go on running. */
async function pass({ clock }: { readonly clock: { advance(ms: number): Promise<void> } }, ms: number): Promise<void> {
  for (let left = ms; left >= 0; left -= 100) {
    for (let round = 0; round < 20; round++) await clock.advance(0)
    if (left > 0) await clock.advance(100)
  }
}

/** A world whose slow actors take 100 ms to come back from an abort; `aborted` has who was told when, in ms. */
function slowWorld(isTemplate: boolean) {
  const aborted: string[] = []
  const slow = setup({
    types: { input: {} as string, context: {} as { name: string } },
    actors: {
      hold: fromPromise<void, string>(
        ({ input, signal }) =>
          new Promise((resolve) => {
            signal.addEventListener('abort', () => {
              aborted.push(`${input} ${world.clock.monotonic() - beganMs}`)
              world.clock.schedule(resolve, 100)
            })
          }),
      ),
    },
  }).createMachine({
    context: ({ input }) => ({ name: input }),
    invoke: { src: 'hold', input: ({ context }) => context.name },
  })
  const lead = setup({}).createMachine({
    initial: 'on',
    states: { on: { on: { END: 'off', BREAK: { actions: assign(broken) } } }, off: { type: 'final' } },
  })
  const top = supervisor({
    strategy: 'oneForAll',
    autoShutdown: 'anySignificant',
    children: [
      { id: 'x', logic: 'slow', input: 'x' },
      { id: 'lead', logic: 'lead', restart: 'transient', significant: true, maxDeliveries: 1 },
    ],
    ...(isTemplate && { template: { logic: 'slow' } }),
  })
  const world = new World({ slow, lead, top })
  let beganMs = 0
  const begin = async () => {
    const system = await world.open()
    const ref = await system.spawn('top', { id: 'top' })
    for (const id of ADDED) await startChild(ref, { id, logic: 'slow', input: id })
    beganMs = world.clock.monotonic()
    return { system, lead: system.actor('lead', 'top/lead') }
  }
  return { world, aborted, begin }
}

const ONE_BY_ONE = ['c 0', 'b 100', 'a 200', 'x 300']
const TOGETHER = ['c 0', 'b 0', 'a 0', 'x 100']

for (const [who, isTemplate, expected] of [
  ['children added with specs of their own', false, ONE_BY_ONE],
  ['children of a template', true, TOGETHER],
] as const) {
  const how = isTemplate
    ? 'at once, each with its own deadline, before those of the definition'
    : 'one by one, the last started first, before those of the definition'

  describe(who, () => {
    it(`are suspended ${how}`, async () => {
      const { world, aborted, begin } = slowWorld(isTemplate)
      const { lead } = await begin()
      void lead.deliver({ type: 'BREAK' }).catch(() => undefined)
      await pass(world, 500)
      expect(aborted).toEqual(expected)
      await world.stop()
    })

    it(`are ended ${how}`, async () => {
      const { world, aborted, begin } = slowWorld(isTemplate)
      const { system, lead } = await begin()
      void lead.deliver({ type: 'END' })
      await pass(world, 500)
      expect(aborted).toEqual(expected)
      expect(system.actor('top', 'top').getSnapshot().status).toBe('done')
      await world.stop()
    })

    it(`are started ${isTemplate ? 'at once' : 'one by one, in their order'}, after those of the definition`, async () => {
      const leaf = setup({}).createMachine({})
      const inner = { logic: supervisor({ children: [{ id: 'w', logic: 'leaf' }] }), durability: 'volatile' } as const
      const top = supervisor({
        children: [{ id: 'x', logic: 'inner' }],
        ...(isTemplate && { template: { logic: 'inner' } }),
      })
      const world = new World({ leaf, inner, top })
      const ref = await (await world.open()).spawn('top', { id: 'top' })
      for (const id of ADDED) await startChild(ref, { id, logic: 'inner' })
      // The crash takes all that is volatile: the supervisor has to start every child again.
      const system = await world.crashAndOpen()
      await system.settled()
      const started = world.events.flatMap((event) => (event.type === 'actorStarted' ? [event.path.slice(4)] : []))
      const tree = (id: string) => [id, `${id}/w`]
      const together = [...ADDED, ...ADDED.map((id) => `${id}/w`)]
      expect(started).toEqual([...tree('x'), ...(isTemplate ? together : ADDED.flatMap(tree))])
      await world.stop()
    })
  })
}

describe('a group of five thousand children that restarts', () => {
  it('leaves the event loop its rounds', async () => {
    const CHILDREN = 5_000
    const ROUND = 256
    const member = setup({}).createMachine({ on: { BREAK: { actions: assign(broken) } } })
    const pool = supervisor({ strategy: 'oneForAll', template: { logic: 'member', maxDeliveries: 1 } })
    const volatile = { durability: 'volatile' } as const
    // A turn takes them all, so that it is the supervisor alone who makes pauses.
    const world = new World(
      { member: { logic: member, ...volatile }, pool: { logic: pool, ...volatile } },
      { development: false, turn: { maxEvents: 1_000_000 } },
    )
    const system = await world.open()
    const ref = await system.spawn('pool', { id: 'pool' })
    await Promise.all(Array.from({ length: CHILDREN }, (_, n) => startChild(ref, { id: `m${n}` })))
    await system.settled()

    let restarted = 0
    const inRounds: number[] = []
    system.on(({ type }) => {
      if (type === 'childRestarted') restarted++
    })
    system.actor('member', 'pool/m7').send({ type: 'BREAK' })
    while (inRounds.reduce((sum, n) => sum + n, 0) < CHILDREN) {
      await new Promise((resolve) => setImmediate(resolve))
      inRounds.push(restarted)
      restarted = 0
    }
    expect(Math.max(...inRounds)).toBeLessThanOrEqual(ROUND)
    // They are suspended in as many rounds as they are started.
    expect(inRounds.filter((n) => n === 0).length).toBeGreaterThanOrEqual(Math.floor(CHILDREN / ROUND))
    await world.stop()
  })
})

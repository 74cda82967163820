import fc from 'fast-check'
import { type RosciusRef, spawnActor } from 'roscius'
import { describe, expect, it } from 'vitest'
import { type AnyEventObject, fromCallback, fromPromise, setup } from 'xstate'
import { all, World } from '../support/world.js'

const DURABILITIES = ['durable', 'relaxed', 'volatile'] as const
const KINDS = ['idle', 'stubborn', 'obedient', 'callback', 'tidy', 'slowlyTidy'] as const
const DEADLINE_MS = 1_000

type Kind = (typeof KINDS)[number]

/** One actor of a tree: below which of those before it, and what it does. */
interface Plant {
  readonly above: number
  readonly durability: (typeof DURABILITIES)[number]
  readonly kind: Kind
}

const plant = fc.record({
  above: fc.nat(),
  durability: fc.constantFrom(...DURABILITIES),
  kind: fc.constantFrom(...KINDS),
})

const scenario = fc.record({
  plants: fc.array(plant, { minLength: 1, maxLength: 14 }),
  /** Asked for right before the cancel, and right after. */
  early: fc.array(plant, { maxLength: 4 }),
  late: fc.array(plant, { maxLength: 4 }),
  target: fc.nat(),
  /** What else somebody asks for at the same time. */
  also: fc.option(fc.record({ target: fc.nat(), what: fc.constantFrom('stop', 'cancel') })),
  maxEvents: fc.constantFrom(1, 3, 1_024),
  crashAtBatch: fc.option(fc.record({ batch: fc.integer({ min: 1, max: 12 }), isAfter: fc.boolean() })),
})

/** The logic of a tree, and the promises in it that ignore their signal. */
function cast() {
  const stubborn: (() => void)[] = []
  const never = fromPromise(() => new Promise<void>((resolve) => stubborn.push(resolve)))
  const node = setup({
    types: { context: {} as { kind: Kind }, events: {} as AnyEventObject, input: {} as { kind: Kind } },
    actors: {
      never,
      obedient: fromPromise(
        ({ signal }) => new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
      ),
      callback: fromCallback(({ sendBack }) => {
        sendBack({ type: 'POKE' })
        return () => sendBack({ type: 'POKE' })
      }),
    },
  }).createMachine({
    context: ({ input }) => ({ kind: input.kind }),
    initial: 'choosing',
    after: { 60000: '.over' },
    on: {
      POKE: {},
      ...Object.fromEntries(
        DURABILITIES.map((durability) => [
          `GROW.${durability}`,
          {
            actions: spawnActor(durability, {
              id: ({ event }) => (event as AnyEventObject).id,
              input: (({ event }: { event: AnyEventObject }) => ({ kind: event.kind })) as never,
            }),
          },
        ]),
      ),
    },
    states: {
      choosing: {
        always: KINDS.map((kind) => ({
          guard: ({ context }: { context: { kind: Kind } }) => context.kind === kind,
          target: kind,
        })),
      },
      idle: {},
      stubborn: { invoke: { src: 'never', onDone: 'over' } },
      obedient: { invoke: { src: 'obedient', onError: 'over' } },
      callback: { invoke: { src: 'callback' } },
      tidy: { invoke: { src: 'never' }, on: { 'roscius.cancel': 'over' } },
      slowlyTidy: { on: { 'roscius.cancel': 'tidying' } },
      tidying: { invoke: { src: 'never', onDone: 'over' } },
      over: { type: 'final' },
    },
  })
  const logic = Object.fromEntries(DURABILITIES.map((durability) => [durability, { logic: node, durability }]))
  return { stubborn, logic }
}

type Forest = World<Record<string, { logic: never }>>

class Tree {
  readonly paths: string[] = []

  constructor(private readonly world: Forest) {}

  refOf(target: number): RosciusRef {
    return this.world.system.actor('durable', this.paths[target % this.paths.length] as string)
  }

  /** Resolves when the actor is asked for: it may not have started, or never start. */
  async grow({ above, durability, kind }: Plant): Promise<void> {
    const parent = this.paths[above % this.paths.length] as string
    const id = `n${this.paths.length}`
    this.paths.push(`${parent}/${id}`)
    const asked = this.world.system.actor('durable', parent).deliver({ type: `GROW.${durability}`, id, kind } as never)
    await asked.catch(() => undefined)
  }
}

const isBelow = (path: string, root: string): boolean => path === root || path.startsWith(`${root}/`)

const alive = async (world: Forest, root: string): Promise<string[]> =>
  (await all(world.system.actors()))
    .filter(({ path, status }) => isBelow(path, root) && status === 'active')
    .map(({ path }) => path)

/** Timers, running effects, waiting mail and notes that the store holds for the subtree. */
const keysOf = async (world: Forest, root: string): Promise<string[]> => {
  const keys: string[] = []
  for await (const [key] of world.store.range({ gte: 'a', lt: 'zz' })) keys.push(key)
  return keys.filter((key) => {
    const [, kind = '', rest = ''] = /^(\w)\/(.*)$/.exec(key) ?? []
    const path = (kind === 't' ? rest.split(':')[1] : rest.split(':')[0]) ?? ''
    return 'temz'.includes(kind) && isBelow(path, root)
  })
}

const counts = async (world: Forest, root: string): Promise<unknown[]> =>
  (await all(world.system.actors())).filter(({ path }) => isBelow(path, root)).map(({ path, seqNr }) => [path, seqNr])

/** Lets time go by until it is so; the deadline begins only when all effects have been aborted, which takes turns. */
async function passTime(world: Forest, isSo: () => boolean): Promise<void> {
  for (let step = 0; step < 200 && !isSo(); step++) await world.clock.advance(DEADLINE_MS / 10)
}

/** The stops of the subtree, in the order in which they were told, must be the reverse of its starts. */
function expectReverseOrder(world: Forest, root: string): void {
  const started = world.events.flatMap((event) => (event.type === 'actorStarted' ? [event.path] : []))
  const stopped = world.events
    .flatMap((event) => (event.type === 'actorStopped' ? [event.path] : []))
    .filter((path) => isBelow(path, root))
  for (const [index, path] of stopped.entries()) {
    for (const later of stopped.slice(index + 1)) {
      expect(isBelow(later, path), `${later} after its parent`).toBe(false)
      const [one, other] = branches(path, later)
      if (one !== undefined && other !== undefined)
        expect(started.indexOf(one), `${one} before ${other}`).toBeGreaterThan(started.indexOf(other))
    }
  }
}

/** Where two paths part: the siblings that they are, or are below. */
function branches(a: string, b: string): [string | undefined, string | undefined] {
  if (isBelow(a, b) || isBelow(b, a)) return [undefined, undefined]
  const left = a.split('/')
  const right = b.split('/')
  const fork = left.findIndex((segment, index) => segment !== right[index])
  return [left.slice(0, fork + 1).join('/'), right.slice(0, fork + 1).join('/')]
}

describe('after a cancel', () => {
  it('nobody below is alive, nothing of it is left in the store, and its stops were its starts backwards', async () => {
    await fc.assert(
      fc.asyncProperty(scenario, async ({ plants, early, late, target, also, maxEvents, crashAtBatch }) => {
        const { stubborn, logic } = cast()
        const world = new World(logic, { turn: { maxEvents } }) as unknown as Forest
        await world.open()
        const tree = new Tree(world)
        await world.system.spawn('durable', { id: 'top', input: { kind: 'idle' } } as never)
        tree.paths.push('top')
        const pendingAtRest = world.clock.pending
        for (const one of plants) await tree.grow(one)
        for (const one of early) void tree.grow(one)
        const ref = tree.refOf(target)
        const root = ref.path
        if (crashAtBatch !== null) {
          const { batch, isAfter } = crashAtBatch
          world.store.crashAtBatch(world.store.written.batches + batch, isAfter ? 'after' : 'before')
        }
        const outcomes: string[] = []
        const expectEnd = async (index: number, ended: Promise<void>): Promise<void> => {
          outcomes[index] = 'waiting'
          await ended.then(
            () => {
              outcomes[index] = 'over'
            },
            (error) => {
              outcomes[index] = error.code
            },
          )
        }
        void expectEnd(0, ref.cancel({ deadlineMs: DEADLINE_MS }))
        if (also !== null) void expectEnd(1, tree.refOf(also.target)[also.what]({ deadlineMs: DEADLINE_MS }))
        for (const one of late) void tree.grow(one)
        await passTime(world, () => !outcomes.includes('waiting'))
        const [outcome] = outcomes
        if (outcome === 'ACTOR_NOT_FOUND') return world.crash()
        if (crashAtBatch !== null) {
          await world.crash()
          const isNoted = world.store.get(`z/${root}`) !== undefined
          await world.open()
          if (!isNoted && outcome !== 'over') return world.crash()
          await passTime(world, () => tree.paths.every((path) => world.store.get(`z/${path}`) === undefined))
        } else {
          expect(outcome).toBe('over')
          if (also === null) expectReverseOrder(world, root)
        }
        expect(await alive(world, root)).toEqual([])
        expect(await keysOf(world, root)).toEqual([])
        if (root === 'top') expect(world.clock.pending).toBeLessThanOrEqual(pendingAtRest)
        const before = await counts(world, root)
        for (const resolve of stubborn) resolve()
        await world.clock.advance(0)
        expect(await counts(world, root)).toEqual(before)
        await world.crash()
      }),
      { numRuns: Number(process.env.RUNS ?? 100) },
    )
  })
})

import { type ChildSpec, type Explanation, type SupervisorOptions, supervisor } from 'roscius'
import { describe, expect, it } from 'vitest'
import { assign, createMachine, fromPromise } from 'xstate'
import { World } from '../support/world.js'

/** Fails by order, and can have an effect that does not heed its signal. */
const worker = createMachine({
  initial: 'idle',
  states: {
    idle: { on: { WORK: 'working' } },
    working: { invoke: { src: fromPromise(() => new Promise<never>(() => undefined)) } },
  },
  on: {
    BREAK: {
      actions: assign(() => {
        throw new Error('broken')
      }),
    },
    GIVE_UP: {
      actions: assign(() => {
        throw Object.assign(new Error('hopeless'), { failureClass: 'permanent' })
      }),
    },
  },
})

const POISON = { maxDeliveries: 1 }

function worldOf(
  options: Omit<SupervisorOptions, 'children'>,
  children: readonly (Partial<ChildSpec> & { id: string })[],
) {
  const specs = children.map((child): ChildSpec => ({ logic: 'worker', ...POISON, ...child }))
  const top = supervisor({ children: [{ id: 's', logic: 'sub' }] })
  return new World({ worker, sub: supervisor({ ...options, children: specs }), top })
}

async function opened(...[options, children]: Parameters<typeof worldOf>) {
  const world = worldOf(options, children)
  const system = await world.open()
  await system.spawn('top', { id: 't' })
  const at = (id: string) => system.actor('worker', `t/s/${id}`)
  const fail = async (id: string, type: 'BREAK' | 'GIVE_UP' = 'BREAK') => {
    await at(id)
      .deliver({ type })
      .catch(() => undefined)
    await system.settled()
  }
  return { world, system, at, fail, boss: system.actor('sub', 't/s') }
}

describe('explain() of an actor that was given up', () => {
  it.each([
    ['temporary', { restart: 'temporary' }, 'BREAK', 'bug', 'stop', 'temporary'],
    ['stopped by directive', { directives: { permanent: 'stop' } }, 'GIVE_UP', 'permanent', 'stop', 'directiveStop'],
  ] as const)('%s tells the class of its failure and the rule', async (_, spec, type, failureClass, decision, rule) => {
    const { world, at, fail } = await opened({}, [{ id: 'a', ...spec }])
    await fail('a', type)
    const failed = { status: 'failed', failures: undefined, failure: { event: type, failureClass, decision, rule } }
    expect(at('a').explain()).toMatchObject(failed)
    expect(String(at('a').explain())).toContain(`by the rule "${rule}"`)
    const again = await world.restart()
    expect(again.actor('worker', 't/s/a').explain()).toMatchObject(failed)
    await world.stop()
  })

  it('tells that it failed too often, if that is why, and not of a failure that it survived', async () => {
    const world = new World({ worker: { logic: worker, supervision: POISON } }, { onRootFailure: () => undefined })
    const ref = await (await world.open()).spawn('worker', { id: 'w' })
    for (let n = 0; n < 4; n++) await ref.deliver({ type: 'BREAK' }).catch(() => undefined)
    expect(ref.explain()).toMatchObject({
      status: 'failed',
      failures: { restarts: 3, last: undefined },
      failure: { failureClass: 'bug', decision: 'escalate', rule: 'intensityExceeded' },
    })
    expect(String(ref.explain())).toContain('Its restarts\n  Restarted 3 times in all.')
    expect(String(ref.explain())).not.toContain('nothing spoke against a restart')
    await world.stop()
  })

  it('that is volatile tells the same', async () => {
    const { world, at, fail } = await opened({}, [{ id: 'a', restart: 'temporary', durability: 'volatile' }])
    await fail('a')
    expect(at('a').explain()).toMatchObject({ failure: { failureClass: 'bug', decision: 'stop', rule: 'temporary' } })
    await world.stop()
  })

  it('that is temporary is not said to restart from anything', async () => {
    const { world, at } = await opened({}, [{ id: 'a', restart: 'temporary' }])
    expect(String(at('a').explain())).toContain('t/s (oneForOne); it is temporary, and never restarted.')
    expect(String(at('a').explain())).not.toContain('restarts from')
    await world.stop()
  })
})

/** A supervisor in the middle of stopping its children: the effects of `b` may take 8 s. */
async function stopping(options: Omit<SupervisorOptions, 'children'>, type: 'BREAK' | 'GIVE_UP') {
  const all = await opened(options, [{ id: 'a' }, { id: 'b', shutdownMs: 8_000 }, { id: 'c' }])
  await all.at('b').deliver({ type: 'WORK' })
  all.at('a').send({ type })
  await all.world.clock.advance(1_000)
  return all
}

describe('explain() of a supervisor', () => {
  it('that restarts a group tells whose failure is the reason, and whom it waits for', async () => {
    const { world, boss } = await stopping({ strategy: 'oneForAll' }, 'BREAK')
    expect(boss.explain()).toMatchObject({
      status: 'active',
      position: { value: { restarting: 'stopping' } },
      supervises: { trouble: { child: 'a', why: 'group', error: 'Error: broken' } },
      waitsFor: [{ kind: 'children', doing: 'stopping', children: ['b'] }],
    })
    expect(String(boss.explain())).toContain('It restarts all its children, because a failed with Error: broken.')
    expect(String(boss.explain())).toContain(
      '  its children, which are stopped for a restart, the last started first; now: b',
    )
    // Not settled(): the effect begins again.
    await world.clock.advance(8_000)
    expect(boss.explain()).toMatchObject({ position: { value: 'running' }, supervises: { trouble: undefined } })
    await world.stop()
  })

  it('that gives up tells for which child, why, and whom it waits for', async () => {
    const { world, boss } = await stopping({}, 'GIVE_UP')
    expect(boss.explain()).toMatchObject({
      position: { value: 'escalating' },
      supervises: { trouble: { child: 'a', why: 'directive', error: 'Error: hopeless' } },
      waitsFor: [{ kind: 'children', doing: 'stopping', children: ['b'] }],
    })
    expect(String(boss.explain())).toContain('It gives up, because a failed with Error: hopeless')
    await world.stop()
  })

  it('that runs waits for nothing', async () => {
    const { world, boss } = await opened({}, [{ id: 'a' }])
    expect(boss.explain()).toMatchObject({ waitsFor: [], supervises: { trouble: undefined } })
    expect(String(boss.explain())).toContain('  nothing: it watches over its children')
    await world.stop()
  })
})

describe('explain() of a child whose group restarts', () => {
  it('tells that it handles nothing until its effects have come back, and how long they may take', async () => {
    const { world, at } = await stopping({ strategy: 'oneForAll' }, 'BREAK')
    expect(at('b').explain()).toMatchObject({
      status: 'active',
      failures: undefined,
      waitsFor: [
        { kind: 'suspension', of: 't/s', shutdownMs: 8_000 },
        { kind: 'effect', status: 'over' },
      ],
    })
    const words = String(at('b').explain())
    expect(words).toContain('t/s/b (worker) is being suspended in working')
    expect(words).toContain('to come back, for 8 s at most: t/s stops its children for a restart')
    await world.stop()
  })

  it('and never failed itself says so, and how often it was restarted', async () => {
    const { world, at, fail } = await opened({ strategy: 'oneForAll' }, [{ id: 'a' }, { id: 'b' }])
    expect(at('b').explain().failures).toBeUndefined()
    await fail('a')
    await fail('a')
    expect(at('b').explain().failures).toEqual({ restarts: 2, last: undefined })
    const words = String(at('b').explain())
    expect(words).toContain('Its restarts\n  Restarted 2 times in all, never for a failure of its own.')
    expect(words).not.toContain('Failures it survived')
    await world.stop()
  })
})

describe('how often an actor was restarted', () => {
  /** What its last `childRestarted`, the tree and `explain` say. */
  async function countsOf(world: ReturnType<typeof worldOf>, path: string): Promise<unknown[]> {
    const told = world.events.flatMap((event) =>
      event.type === 'childRestarted' && event.path === path ? [event.restarts] : [],
    )
    const explained: Explanation = world.system.actor('worker', path).explain()
    const inTree = JSON.stringify(await world.system.tree())
    const [, restarts] = inTree.match(new RegExp(`"path":"${path}".*?"restarts":(\\d+)`)) ?? []
    return [told.length, told.at(-1), explained.failures?.restarts, Number(restarts)]
  }

  it.each([
    ['its own failure', 'a', 'oneForOne', 'BREAK'],
    ['its group', 'b', 'oneForAll', 'BREAK'],
    ['its own failure, in a group', 'a', 'oneForAll', 'BREAK'],
    ['a failure that it escalated', 'a', 'oneForOne', 'GIVE_UP'],
    ['the failure of its supervisor', 'b', 'oneForOne', 'GIVE_UP'],
  ] as const)('counts %s, and event, tree and explanation say the same', async (_, id, strategy, type) => {
    const { world, fail } = await opened({ strategy }, [{ id: 'a' }, { id: 'b' }])
    await fail('a', type)
    expect(await countsOf(world, `t/s/${id}`)).toEqual([1, 1, 1, 1])
    await fail('a', type)
    expect(await countsOf(world, `t/s/${id}`)).toEqual([2, 2, 2, 2])
    await world.stop()
  })
})

describe('explain() of a child that is no longer in the definition', () => {
  it('tells that it belongs to no group, and counts its restarts alone', async () => {
    const before = worldOf({ strategy: 'oneForAll' }, [{ id: 'a' }, { id: 'b' }])
    await (await before.open()).spawn('top', { id: 't' })
    const { logic } = worldOf({ strategy: 'oneForAll' }, [{ id: 'a' }])
    const again = await before.restart(logic)
    const left = again.actor('worker', 't/s/b').explain()
    expect(left).toMatchObject({ supervision: { strategy: 'oneForAll', isOrphan: true, used: 0 } })
    expect(String(left)).toContain('t/s (oneForAll), whose definition no longer has it')
    expect(String(left)).not.toContain('all its siblings')
    await before.stop()
  })
})

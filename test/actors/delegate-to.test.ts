import { supervisor, withBudget } from 'roscius'
import { defineAgent, defineBrain, delegateTo } from 'roscius/actors'
import type { AgentOutput } from 'roscius/machines'
import { describe, expect, test } from 'vitest'
import { assign, setup } from 'xstate'
import { all, World } from '../support/world.js'

/** A boss that delegates one task to a worker who answers in time or hangs, under one supervisor. */
function team(answer: () => Promise<string> | string) {
  const asked: string[] = []
  const worker = defineAgent({
    brain: defineBrain(async ({ goal }) => {
      asked.push(goal)
      return { event: { type: 'FINISH', output: `${goal}: ${await answer()}` }, reason: 'done' }
    }),
  })
  const boss = defineAgent({
    peers: ['worker', 'nobody'],
    brain: defineBrain(({ goal, observations }) => {
      const seen = observations.at(-1)
      if (seen?.kind === 'peer') return { event: { type: 'FINISH', output: seen.data ?? seen.text }, reason: 'heard' }
      return { event: { type: 'DELEGATE', to: goal, task: 'count the bees' }, reason: 'not my job' }
    }),
    delegate: delegateTo({ worker: { supervisor: 'workers' } }),
  })
  const workers = supervisor({ template: { logic: 'worker', restart: 'temporary' } })
  const world = new World({ boss, worker, workers })
  const start = async (goal: string) => {
    await world.open()
    await world.system.spawn('workers', { id: 'workers', ...withBudget({ turns: 5 }) })
    await world.system.spawn('boss', { id: 'boss', input: { goal } })
  }
  /** The only one there is. */
  const hired = async () => {
    const [path = ''] = (await all(world.system.actors())).flatMap((each) => (each.logic === 'worker' ? each.path : []))
    return world.system.actor('worker', path)
  }
  return { world, asked, start, hired, boss: () => world.system.actor('boss', 'boss') }
}

/** What the agent was told by the worker. */
const NOTE = {
  type: 'note',
  params: ({ event }: { event: { output: AgentOutput } }) =>
    event.output.status === 'done' ? event.output.output : undefined,
} as const

describe('delegateTo', () => {
  test('gives the task to an agent of its own under the supervisor, whose budget it spends', async () => {
    const { world, asked, start, boss } = team(() => '42')
    await start('worker')
    expect(await boss().result()).toMatchObject({ status: 'done', output: { output: 'count the bees: 42' } })
    expect(asked).toEqual(['count the bees'])
    expect(world.system.budget('workers')?.lines[0]).toMatchObject({ dimension: 'turns', settled: 1 })
    await world.stop()
  })

  test('tells the brain that there is no such peer', async () => {
    const { world, start, boss } = team(() => '')
    await start('nobody')
    expect(await boss().result()).toMatchObject({ output: { error: { code: 'ACTOR_NOT_FOUND' } } })
    await world.stop()
  })

  test('asks the same agent again after a crash, and gives the task to no second one', async () => {
    let isUp = false
    const { world, asked, start, boss } = team(() => (isUp ? '42' : new Promise<string>(() => undefined)))
    await start('worker')
    await expect.poll(() => asked).toHaveLength(1)
    isUp = true
    await world.crashAndOpen()
    expect(await boss().result()).toMatchObject({ status: 'done', output: { output: 'count the bees: 42' } })
    const started = world.events.filter(({ type }) => type === 'actorStarted')
    expect(started).toEqual([])
    await world.stop()
  })

  test('takes the answer of an agent that ended while nobody was there to hear it', async () => {
    let finish: () => void = () => undefined
    const { world, asked, start, boss, hired } = team(() => new Promise((resolve) => (finish = () => resolve('42'))))
    await start('worker')
    await expect.poll(() => asked).toHaveLength(1)
    await expect
      .poll(() =>
        boss()
          .getSnapshot()
          .matches({ active: { job: { engaged: { working: 'delegating' } } } }),
      )
      .toBe(true)
    finish()
    await (await hired()).result()
    await world.crashAndOpen()
    expect(asked).toHaveLength(1)
    expect(await boss().result()).toMatchObject({ status: 'done', output: { output: 'count the bees: 42' } })
    await world.stop()
  })

  test('takes no answer that was given to another life of the same path', async () => {
    const { world, asked, start, boss } = team(() => `answer ${asked.length}`)
    await start('worker')
    expect(await boss().result()).toMatchObject({ output: { output: 'count the bees: answer 1' } })
    await boss().delete()
    await world.system.spawn('boss', { id: 'boss', input: { goal: 'worker' } })
    expect(await boss().result()).toMatchObject({ output: { output: 'count the bees: answer 2' } })
    await world.stop()
  })

  test('gives each agent in one cell its own answer', async () => {
    const asked: string[] = []
    const worker = defineAgent({
      brain: defineBrain(({ goal }) => {
        asked.push(goal)
        return { event: { type: 'FINISH', output: `${goal}: done` }, reason: 'done' }
      }),
    })
    const bossOf = (task: string) =>
      defineAgent({
        goal: 'delegate',
        peers: ['worker'],
        brain: defineBrain(({ observations }) => {
          const seen = observations.at(-1)
          const event =
            seen === undefined ? { type: 'DELEGATE', to: 'worker', task } : { type: 'FINISH', output: seen.data }
          return { event, reason: '' }
        }),
        delegate: delegateTo({ worker: { supervisor: 'workers' } }),
      })
    const office = setup({
      types: { context: {} as { answers: unknown[] } },
      actors: { bees: bossOf('bees'), ants: bossOf('ants') },
      actions: {
        note: assign({ answers: ({ context }, output: unknown) => [...context.answers, output] }),
      },
    }).createMachine({
      context: { answers: [] },
      initial: 'one',
      states: {
        one: { invoke: { src: 'bees', onDone: { target: 'two', actions: NOTE } } },
        two: { invoke: { src: 'ants', onDone: { target: 'end', actions: NOTE } } },
        end: { type: 'final' },
      },
    })
    const workers = supervisor({ template: { logic: 'worker', restart: 'temporary' } })
    const world = new World({ office, worker, workers })
    await world.open()
    await world.system.spawn('workers', { id: 'workers' })
    const ref = await world.system.spawn('office', { id: 'office' })
    await world.system.settled()
    expect(ref.getSnapshot().context.answers).toMatchObject([{ output: 'bees: done' }, { output: 'ants: done' }])
    await world.stop()
  })

  test.each(['cancel', 'stop', 'delete'] as const)(
    'cancels the agent when its own ends from outside: %s',
    async (end) => {
      const { world, asked, start, boss, hired } = team(() => new Promise<string>(() => undefined))
      await start('worker')
      await expect.poll(() => asked).toHaveLength(1)
      await boss()[end]()
      expect(await (await hired()).result()).toMatchObject({ status: 'cancelled' })
      await world.stop()
    },
  )

  test('leaves the agent alone when the system stops: it goes on when that is opened again', async () => {
    let isUp = false
    const { world, asked, start, boss } = team(() => (isUp ? '42' : new Promise<string>(() => undefined)))
    await start('worker')
    await expect.poll(() => asked).toHaveLength(1)
    isUp = true
    await world.restart()
    expect(await boss().result()).toMatchObject({ status: 'done', output: { output: 'count the bees: 42' } })
    await world.stop()
  })

  test('cancels the agent when its own is cancelled', async () => {
    const { world, asked, start, boss, hired } = team(() => new Promise<string>(() => undefined))
    await start('worker')
    await expect.poll(() => asked).toHaveLength(1)
    await boss().deliver({ type: 'CANCEL', by: 'Ann' })
    expect(await (await hired()).result()).toMatchObject({
      status: 'cancelled',
      reason: 'Nobody waits for it any more.',
    })
    await world.stop()
  })
})

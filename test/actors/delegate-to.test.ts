import { supervisor, withBudget } from 'roscius'
import { defineAgent, defineBrain, delegateTo } from 'roscius/actors'
import { describe, expect, test } from 'vitest'
import { World } from '../support/world.js'

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
  return { world, asked, start, boss: () => world.system.actor('boss', 'boss') }
}

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
    const { world, start, boss } = team(() => (isUp ? '42' : new Promise<string>(() => undefined)))
    await start('worker')
    await expect.poll(() => world.system.actor('workers', 'workers/boss-t1').getSnapshot().status).toBe('active')
    isUp = true
    await world.crashAndOpen()
    expect(await boss().result()).toMatchObject({ status: 'done', output: { output: 'count the bees: 42' } })
    const started = world.events.filter(({ type }) => type === 'actorStarted')
    expect(started).toEqual([])
    await world.stop()
  })

  test('takes the answer of an agent that ended while nobody was there to hear it', async () => {
    let finish: () => void = () => undefined
    const { world, asked, start, boss } = team(() => new Promise((resolve) => (finish = () => resolve('42'))))
    await start('worker')
    const worker = () => world.system.actor('worker', 'workers/boss-t1')
    await expect.poll(() => asked).toHaveLength(1)
    await expect
      .poll(() =>
        boss()
          .getSnapshot()
          .matches({ active: { job: { engaged: { working: 'delegating' } } } }),
      )
      .toBe(true)
    finish()
    await worker().result()
    await world.crashAndOpen()
    expect(asked).toHaveLength(1)
    expect(await boss().result()).toMatchObject({ status: 'done', output: { output: 'count the bees: 42' } })
    await world.stop()
  })

  test('cancels the agent when its own is cancelled', async () => {
    const { world, start, boss } = team(() => new Promise<string>(() => undefined))
    await start('worker')
    const worker = () => world.system.actor('worker', 'workers/boss-t1')
    await expect.poll(() => worker().getSnapshot().status).toBe('active')
    await boss().deliver({ type: 'CANCEL', by: 'Ann' })
    expect(await worker().result()).toMatchObject({ status: 'cancelled', reason: 'Nobody waits for it any more.' })
    await world.stop()
  })
})

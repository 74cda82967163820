import { metered, withBudget } from 'roscius'
import { defineAgent, defineBrain } from 'roscius/actors'
import { expect, test } from 'vitest'
import { World } from '../support/world.js'

/** What an agent has spent whose brain fails once with `error` and then finishes, having used 10 tokens each time. */
async function spentBy(error: unknown) {
  let isFirst = true
  const decide = async () => {
    if (isFirst) {
      isFirst = false
      throw error
    }
    return { value: { event: { type: 'FINISH', output: '' }, reason: '' }, usage: { inputTokens: 10 } }
  }
  const agent = defineAgent({ goal: 'go', brain: defineBrain(() => metered({ inputTokens: 100 }, decide)) })
  const world = new World({ agent })
  await world.open()
  const ref = await world.system.spawn('agent', { id: 'a', ...withBudget({ turns: 5, tokens: 1_000 }) })
  await world.advance(5_000)
  expect(ref.getSnapshot().output).toMatchObject({ status: 'done' })
  const lines = world.system.budget('a')?.lines ?? []
  await world.stop()
  return Object.fromEntries(lines.map(({ dimension, settled, overdraft }) => [dimension, [settled, overdraft]]))
}

test('a turn is counted once it was taken, and what a failed answer has used is counted once', async () => {
  const error = Object.assign(new Error('cut off'), { usage: { inputTokens: 10 } })
  expect(await spentBy(error)).toMatchObject({ turns: [1, 0], tokens: [20, 0] })
})

test('an error that can not be changed is told as it is', async () => {
  expect(await spentBy(Object.freeze(new Error('frozen')))).toMatchObject({ turns: [1, 0], tokens: [110, 0] })
})

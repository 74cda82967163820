import { simulatedClock } from 'roscius/testing'
import { expect, it } from 'vitest'
import { DeadLetterCount } from '../../../src/inspect/live/dead-letter-count.js'

/** Letters that are listed when the test says so. */
function listed(letters: string[]) {
  const waiting: (() => void)[] = []
  const list = async function* () {
    const now = [...letters]
    await new Promise<void>((resolve) => waiting.push(resolve))
    yield* now
  }
  const settle = async () => {
    for (let n = 0; n < 20; n++) {
      waiting.shift()?.()
      await new Promise((resolve) => setImmediate(resolve))
    }
  }
  return { deadLetters: { list } as never, settle }
}

it('counts each letter once, also if it is asked again while it counts', async () => {
  const letters = ['a']
  const clock = simulatedClock({ now: 0 })
  const { deadLetters, settle } = listed(letters)
  const count = new DeadLetterCount({ deadLetters }, clock, () => {})
  await clock.advance(1)
  void count.read()
  void count.read()
  await settle()
  expect(count.count).toBe(1)
  letters.pop()
  // One that is asked for while another is under way sees what is there then.
  void count.read()
  await settle()
  expect(count.count).toBe(0)
  count.stop()
})

/** Durable agents asleep on a delayed transition. Opening the system arms all of them. */
import { join } from 'node:path'
import { createSystem } from 'roscius'
import { collectGarbage } from '../../harness/rounds.js'
import type { Opened } from '../site.js'
import { sleeper } from '../statecharts.js'
import type { SleepService } from '../works/sleep.js'

export async function openSleep({ folder }: Opened): Promise<SleepService> {
  const woken = { count: 0, lastAt: 0 }
  // A custom action runs once its state is durable.
  const noteWoken = (): void => {
    woken.count++
    woken.lastAt = Date.now()
  }
  const system = await createSystem({
    name: 'agents',
    store: join(folder, 'store'),
    logic: { sleeper: sleeper.provide({ actions: { woken: noteWoken } }) },
    development: false,
  })
  return {
    calls: {
      async sleep({ from, count, dueAt }) {
        const ids = Array.from({ length: count }, (_, n) => `sleeper-${from + n}`)
        await Promise.all(ids.map((id) => system.spawn('sleeper', { id, input: { dueAt } })))
      },
      woken: () => woken,
      rest: collectGarbage,
    },
    [Symbol.asyncDispose]: () => system.stop(),
  }
}

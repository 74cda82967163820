/** Virtual objects that are woken by a delayed message: what the documentation recommends over a handler that sleeps for long. */
import { handlers, type ObjectContext, type ObjectSharedContext, object } from '@restatedev/restate-sdk'
import { collectGarbage } from '../../harness/rounds.js'
import type { SleepService } from '../works/sleep.js'
import { type Reached, served } from './endpoint.js'
import type { Ingress } from './ingress.js'

export async function openSleep(reached: Reached): Promise<SleepService> {
  // A handler that is run again has woken once.
  const awake = new Set<string>()
  let lastAt = 0
  const noteWoken = (key: string): void => {
    if (awake.size < awake.add(key).size) lastAt = Date.now()
  }
  const ingress = await served(reached, [sleeper(noteWoken)])
  await everyPartition(ingress)
  return {
    calls: {
      async sleep({ from, count, dueAt }) {
        const keys = Array.from({ length: count }, (_, n) => from + n)
        await Promise.all(keys.map((key) => ingress.send(`sleeper/${key}/wake`, null, dueAt - Date.now())))
      },
      woken: () => ({ count: awake.size, lastAt }),
      rest: collectGarbage,
    },
    [Symbol.asyncDispose]: ingress[Symbol.asyncDispose],
  }
}

/** So many that none of the server's partitions is without one. */
const KEYS = 64

/** The timers are in the partitions: those of one are armed before it handles anything. */
async function everyPartition(ingress: Ingress): Promise<void> {
  await Promise.all(Array.from({ length: KEYS }, (_, n) => ingress.call(`sleeper/none-${n}/isAwake`, null)))
}

function sleeper(noteWoken: (key: string) => void) {
  return object({
    name: 'sleeper',
    handlers: {
      async wake(ctx: ObjectContext): Promise<void> {
        ctx.set('isAwake', true)
        noteWoken(ctx.key)
      },
      isAwake: handlers.object.shared(
        async (ctx: ObjectSharedContext): Promise<boolean> => (await ctx.get<boolean>('isAwake')) ?? false,
      ),
    },
  })
}

/** One durable agent with a history that grows. */
import { join } from 'node:path'
import { createSystem } from 'roscius'
import type { Opened } from '../site.js'
import { type Count, historian } from '../statecharts.js'
import { type GrowingService, growth } from '../works/growing.js'

export async function openGrowing({ folder }: Opened): Promise<GrowingService> {
  const system = await createSystem({
    name: 'agents',
    store: join(folder, 'store'),
    logic: { historian },
    development: false,
  })
  const ref = await system.spawn('historian', { id: 'historian', ifExists: 'use' })
  const add = async (message: string): Promise<number> =>
    (await ref.ask<Count>((replyTo) => ({ type: 'QUESTION', message, replyTo }))).count
  return {
    calls: {
      grow: (steps) => growth(steps, add),
      length: async () => ref.getSnapshot().context.history.length,
    },
    [Symbol.asyncDispose]: () => system.stop(),
  }
}

/** The node of the durable agents. */
import { join } from 'node:path'
import { createSystem } from 'roscius'
import type { Service } from '../../harness/second-process.js'
import type { Opened } from '../site.js'
import { agent } from '../statecharts.js'

export const idOf = (n: number): string => `agent-${n}`

export type Far = Awaited<ReturnType<typeof openFar>>

export async function openFar({ folder }: Opened) {
  const system = await createSystem({
    name: 'agents',
    store: join(folder, 'store'),
    logic: { agent },
    development: false,
    listen: { port: 0 },
    peers: { caller: { allow: 'everything' } },
    auth: { unauthenticated: 'loopback' },
  })
  return {
    calls: {
      address: (): string | undefined => system.listening,
      async spawn(n: number): Promise<void> {
        await system.spawn('agent', { id: idOf(n), ifExists: 'use' })
      },
    },
    [Symbol.asyncDispose]: () => system.stop(),
  } satisfies Service
}

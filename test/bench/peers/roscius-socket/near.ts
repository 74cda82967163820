/** The node of the callers: it asks the agents of the other one. */
import { join } from 'node:path'
import { createSystem, type RosciusRef } from 'roscius'
import { type SecondProcess, secondProcess } from '../../harness/second-process.js'
import type { Opened } from '../site.js'
import { agent, type Count } from '../statecharts.js'
import { BESIDE } from '../works/remote.js'
import { loading, type StepService } from '../works/step.js'
import { type Far, idOf, openFar } from './far.js'

type AgentRef = RosciusRef<typeof agent>

export async function openSteps({ folder }: Opened): Promise<StepService> {
  const module = new URL('far.js', import.meta.url).href
  const far = await secondProcess<Far>(
    { module, name: openFar.name, argument: { folder: join(folder, 'far') } },
    BESIDE,
  )
  const system = await createSystem({
    name: 'caller',
    store: join(folder, 'near'),
    logic: { agent },
    development: false,
    peers: { agents: (await far.call('address')) ?? '' },
    auth: { unauthenticated: 'loopback' },
  })
  const agents = spawning(far, (n) => system.actor('agent', `roscius://agents/${idOf(n)}`))
  return {
    calls: loading(async (n, message) => {
      const ref = await agents(n)
      return (await ref.ask<Count>((replyTo) => ({ type: 'QUESTION', message, replyTo }))).count
    }),
    async [Symbol.asyncDispose]() {
      await system.stop()
      await far[Symbol.asyncDispose]()
    },
  }
}

/** Each agent is started in its own process the first time that it is asked for. */
function spawning(far: SecondProcess<Far>, refOf: (n: number) => AgentRef): (n: number) => Promise<AgentRef> {
  const refs = new Map<number, Promise<AgentRef>>()
  return (n) => {
    const ref = refs.get(n) ?? far.call('spawn', n).then(() => refOf(n))
    refs.set(n, ref)
    return ref
  }
}

/** Durable agents on LevelDB: the steps, and the crash. */
import { appendFileSync } from 'node:fs'
import { join } from 'node:path'
import { createSystem, type RosciusRef } from 'roscius'
import type { Opened } from '../site.js'
import { agent, type Count, effective, type Question } from '../statecharts.js'
import { type CrashService, effectsIn } from '../works/crash.js'
import { loading, type StepService } from '../works/step.js'

type AgentRef = RosciusRef<typeof agent>

export async function openSteps({ folder }: Opened): Promise<StepService> {
  const { system, ask } = await openAgents(folder, agent)
  return {
    calls: loading((n, message) => ask(n, message)),
    [Symbol.asyncDispose]: () => system.stop(),
  }
}

/** Each message is its own idempotency key: sent again, it is answered as before. */
export async function openCrash({ folder }: Opened): Promise<CrashService> {
  const path = effectsIn(folder)
  const effect = ({ event }: { event: unknown }): void => appendFileSync(path, `${(event as Question).message}\n`)
  const { system, refOf, ask } = await openAgents(folder, effective.provide({ actions: { effect } }))
  return {
    calls: {
      step: ({ agent: n, message }) => ask(n, message, message),
      state: async (n) => (await refOf(n)).getSnapshot().context,
    },
    [Symbol.asyncDispose]: () => system.stop(),
  }
}

async function openAgents(folder: string, logic: typeof agent) {
  const system = await createSystem({
    name: 'agents',
    store: join(folder, 'store'),
    logic: { agent: { logic, actions: { effect: 'atLeastOnce' } } },
    development: false,
  })
  const refs = new Map<number, Promise<AgentRef>>()
  const refOf = (n: number): Promise<AgentRef> => {
    const ref = refs.get(n) ?? system.spawn('agent', { id: `agent-${n}`, ifExists: 'use' })
    refs.set(n, ref)
    return ref
  }
  const ask = async (n: number, message: string, idempotencyKey?: string): Promise<number> => {
    const ref = await refOf(n)
    return (await ref.ask<Count>((replyTo) => ({ type: 'QUESTION', message, replyTo }), { idempotencyKey })).count
  }
  return { system, refOf, ask }
}

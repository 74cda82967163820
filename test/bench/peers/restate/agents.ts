/** Virtual objects: the steps, and the crash. */
import { appendFileSync } from 'node:fs'
import {
  handlers,
  type ObjectContext,
  type ObjectSharedContext,
  object,
  type RetryPolicy,
} from '@restatedev/restate-sdk'
import { type CrashService, effectsIn } from '../works/crash.js'
import { type AgentState, afterMessage, loading, type StepService } from '../works/step.js'
import { type Reached, served } from './endpoint.js'

/** Soon again while the process is being started, where the default is after 0.5 s, 1 s, 2 s; for as long as that takes. */
const RETRY: RetryPolicy = { initialInterval: 50, maxInterval: 100, maxAttempts: 10_000 }

const NEW: AgentState = { count: 0, last: [] }

async function keep(ctx: ObjectContext, message: string): Promise<number> {
  const state = afterMessage((await ctx.get<AgentState>('state')) ?? NEW, message)
  ctx.set('state', state)
  return state.count
}

/** With the journals retained, as by default: without, neither a step nor the server's processor time for it is any shorter. */
export async function openSteps(reached: Reached): Promise<StepService> {
  const agent = object({ name: 'agent', handlers: { step: keep } })
  const ingress = await served(reached, [agent])
  return {
    calls: loading((n, message) => ingress.call(`agent/${n}/step`, message)),
    [Symbol.asyncDispose]: ingress[Symbol.asyncDispose],
  }
}

/** Each message is its own idempotency key: sent again, it is answered as before, or with what comes of it. */
export async function openCrash(reached: Reached): Promise<CrashService> {
  const ingress = await served(reached, [effective(effectsIn(reached.folder))])
  return {
    calls: {
      step: ({ agent, message }) => ingress.call(`agent/${agent}/step`, message, { 'idempotency-key': message }),
      state: (agent) => ingress.call(`agent/${agent}/state`, null),
    },
    [Symbol.asyncDispose]: ingress[Symbol.asyncDispose],
  }
}

function effective(path: string) {
  return object({
    name: 'agent',
    handlers: {
      async step(ctx: ObjectContext, message: string): Promise<number> {
        await ctx.run('effect', () => appendFileSync(path, `${message}\n`))
        return await keep(ctx, message)
      },
      state: handlers.object.shared(
        async (ctx: ObjectSharedContext): Promise<AgentState> => (await ctx.get<AgentState>('state')) ?? NEW,
      ),
    },
    options: { retryPolicy: RETRY },
  })
}

/** A system whose actors are served, and a client of it. */
import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import { withBudget } from 'roscius'
import { fromRules } from 'roscius/actors'
import { createAgentMachine } from 'roscius/machines'
import { assign, emit, fromPromise, setup } from 'xstate'
import { z } from 'zod'
import { type HttpTransport, type McpHttpService, serveMcp } from '../../../actors/mcp/index.js'
import { World } from '../../support/world.js'

/** Counts letters, and says how it goes on. */
const clerk = createAgentMachine({
  brain: fromRules([
    {
      when: { goal: 'hopeless' },
      decide: { event: { type: 'GIVE_UP', reason: 'there is no hope' }, reason: 'none' },
    },
    {
      decide: ({ goal }) => ({ event: { type: 'FINISH', output: { letters: goal.length } }, reason: 'counted' }),
    },
  ]),
})

/** Goes on when it is told to, and emits what it is told. */
const waiter = setup({
  types: {
    context: {} as { order: string },
    input: {} as { order: string },
    events: {} as { type: 'STEP'; what: string } | { type: 'SERVE' },
    emitted: {} as { type: 'step'; what: string } | { type: 'token'; text: string },
  },
}).createMachine({
  context: ({ input }) => ({ order: input.order }),
  initial: 'waiting',
  states: {
    waiting: {
      on: {
        STEP: {
          actions: [
            emit(({ event }) => ({ type: 'step' as const, what: event.what })),
            emit({ type: 'token' as const, text: 'w' }),
          ],
        },
        SERVE: 'served',
      },
    },
    served: { type: 'final' },
  },
  output: ({ context }) => `one ${context.order}`,
})

/** Fails in the way that its input says. */
const fragile = setup({
  types: { input: {} as { how: string } },
  actors: { fail: fromPromise(async ({ input }: { input: string }) => Promise.reject(new Error(input))) },
}).createMachine({
  context: ({ input }) => ({ how: input.how }),
  initial: 'trying',
  states: { trying: { invoke: { src: 'fail', input: ({ context }) => String(Reflect.get(context, 'how')) } } },
})

/** Sees whether somebody wanted its work to end. */
const worker = setup({ types: { context: {} as { cancelled: boolean } } }).createMachine({
  context: { cancelled: false },
  initial: 'working',
  states: { working: { on: { 'roscius.cancel': { actions: assign({ cancelled: true }) } } } },
})

const logic = {
  clerk,
  waiter,
  fragile: { logic: fragile, supervision: { restart: 'temporary' as const } },
  worker,
}

export class Desk {
  readonly world = new World(logic, { development: false })
  #service: McpHttpService | undefined
  readonly #clients: Client[] = []

  get service(): McpHttpService {
    if (this.#service === undefined) throw new Error('The desk is not open.')
    return this.#service
  }

  async open(transport: HttpTransport = { port: 0 }): Promise<this> {
    const system = await this.world.open()
    this.#service = await serveMcp(system, {
      name: 'desk',
      version: '1.2.3',
      instructions: 'Ask for one thing at a time.',
      agents: {
        count: {
          logic: 'clerk',
          title: 'Count',
          description: 'Counts the letters of a text.',
          input: z.object({ text: z.string().min(1) }),
          output: z.object({ letters: z.number() }),
          toInput: ({ text }) => ({ goal: text }),
          risk: 'read',
          spawn: withBudget({ tokens: 1_000 }),
        },
        order: {
          logic: 'waiter',
          description: 'Serves what is ordered.',
          input: z.object({ order: z.string() }),
          timeoutMs: 60_000,
        },
        promise: {
          logic: 'waiter',
          description: 'Promises a number, and answers something else.',
          input: z.object({ order: z.string() }),
          output: z.number(),
        },
        fail: { logic: 'fragile', description: 'Fails.', input: z.object({ how: z.string() }) },
        work: { logic: 'worker', description: 'Works for ever.', input: z.object({}) },
      },
      transport,
      clock: this.world.clock,
    })
    return this
  }

  async client(): Promise<Client> {
    const client = new Client({ name: 'test', version: '1.0.0' })
    await client.connect(new StreamableHTTPClientTransport(new URL(this.service.url ?? '')))
    this.#clients.push(client)
    return client
  }

  /** The ref of the only actor of this logic, as soon as there is one. */
  async only(name: 'waiter' | 'worker' | 'clerk') {
    for (;;) {
      for await (const { logic, path } of this.world.system.actors())
        if (logic === name) return this.world.system.actor(name, path)
      await new Promise((resolve) => setImmediate(resolve))
    }
  }

  async close(): Promise<void> {
    await Promise.all(this.#clients.map((client) => client.close()))
    if (this.#service === undefined) return
    await this.#service.close()
    await this.world.stop()
  }
}

/** What a tool answered, without the types of all that it could have. */
export interface Answer {
  readonly content: { readonly type: string; readonly text: string }[]
  readonly structuredContent?: unknown
  readonly isError?: boolean
  readonly _meta?: Record<string, unknown>
}

export async function call(
  client: Client,
  name: string,
  args: Record<string, unknown>,
  { key, ...options }: { key?: string; signal?: AbortSignal; onprogress?: (progress: unknown) => void } = {},
): Promise<Answer> {
  const _meta = key === undefined ? undefined : { 'roscius/idempotencyKey': key }
  return (await client.callTool({ name, arguments: args, _meta }, undefined, options)) as Answer
}

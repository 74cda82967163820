/** A system with a few actors, and a console on it, for the tests of the control API. */
import { createSystem, memoryStore, type System } from 'roscius'
import { afterEach, beforeEach } from 'vitest'
import { assign, setup } from 'xstate'
import { z } from 'zod'
import { createConsole, type RunningConsole } from '../../src/control/console.js'
import type { ConsoleOptions } from '../../src/control/control-options.js'
import { agentLogic } from '../governance/approvals/desk-world.js'
import { ask, post, type RawAnswer } from './raw.js'

export const TOKEN = 'operator-operator-operator-operator'
export const VIEWER = 'viewer-viewer-viewer-viewer-viewer'

export const lamp = setup({
  types: { context: {} as { n: number; name: string; password: string } },
  schemas: {
    events: {
      TOGGLE: z.object({ type: z.literal('TOGGLE'), by: z.string().optional() }),
      NAME: z.strictObject({
        type: z.literal('NAME'),
        name: z.string().min(1),
        at: z.object({ floor: z.number() }).optional(),
      }),
      DIM: z.object({ percent: z.number().max(100) }),
    },
  },
}).createMachine({
  id: 'lamp',
  context: { n: 0, name: 'hall', password: 'hunter2' },
  initial: 'off',
  on: {
    NAME: { actions: assign({ name: ({ event }) => event.name }), description: 'gives it a name' },
    DIM: {},
    'any.*': {},
  },
  states: {
    off: { on: { TOGGLE: 'on' } },
    on: {
      entry: assign({ n: ({ context }) => context.n + 1 }),
      on: {
        TOGGLE: { guard: ({ context }) => context.n < 3, target: 'off' },
        BURST: {
          actions: () => {
            throw new Error('it burst, and its key was Bearer abcdefghijklmnop')
          },
        },
      },
    },
  },
})

export class ConsoleWorld {
  system!: System
  running!: RunningConsole
  readonly errors: unknown[] = []

  get port(): number {
    return this.running.port
  }

  /** Headers of an operator, and of a viewer. */
  readonly operator = { authorization: `Bearer ${TOKEN}` }
  readonly viewer = { authorization: `Bearer ${VIEWER}` }

  async open(options: ConsoleOptions = {}): Promise<void> {
    const logic = { lamp, agent: agentLogic([]) }
    const system = await createSystem({ name: 'house', store: memoryStore(), logic, logger: () => {} })
    this.system = system as unknown as System
    await system.spawn('lamp', { id: 'hall' })
    await system.spawn('agent', { id: 'janitor' })
    await system.settled()
    const onError = (error: unknown): void => void this.errors.push(error)
    this.running = await createConsole(system, { port: 0, token: TOKEN, viewerToken: VIEWER, onError, ...options })
  }

  async close(): Promise<void> {
    await this.running.close()
    await this.system.stop()
  }

  async reopen(options: ConsoleOptions): Promise<void> {
    await this.close()
    await this.open(options)
  }

  get(path: string, headers: Readonly<Record<string, string>> = this.operator): Promise<RawAnswer> {
    return ask(this.port, path, { headers })
  }

  post(path: string, body: unknown, headers: Readonly<Record<string, string>> = this.operator): Promise<RawAnswer> {
    return post(this.port, path, body, headers)
  }

  /** Headers of the console's own page in a browser that has signed in. */
  async signedIn(token = TOKEN): Promise<{ readonly cookie: string; readonly origin: string }> {
    const origin = `http://127.0.0.1:${this.port}`
    const { headers } = await this.post('/api/session', { token }, { origin })
    const [cookie = ''] = (headers['set-cookie']?.[0] ?? '').split(';')
    return { cookie, origin }
  }

  /** What operators have done, as the audit trail tells. */
  async interventions(): Promise<{ readonly subject: string; readonly payload: unknown }[]> {
    const found = []
    for await (const { kind, subject, payload } of this.system.audit.records())
      if (kind === 'intervention') found.push({ subject, payload })
    return found
  }
}

/** One for each test of the file. */
export function consoleWorld(): ConsoleWorld {
  const world = new ConsoleWorld()
  beforeEach(() => world.open())
  afterEach(() => world.close())
  return world
}

// A process that serves actors over its standard input and output. The folder of its store is its argument.
import { randomUUID } from 'node:crypto'
import { createSystem } from 'roscius'
import { assign, createMachine, emit } from 'xstate'
import { z } from 'zod'

const [, , mcp = '', store = ''] = process.argv
const { serveMcp } = await import(mcp)

/** Takes a while, over restarts of the process too; answers with what it was born with. */
const cook = createMachine({
  context: () => ({ mark: randomUUID() }),
  initial: 'started',
  states: {
    started: { entry: emit(({ context }) => ({ type: `mark ${context.mark}` })), after: { 300: 'done' } },
    done: { type: 'final', entry: assign({}) },
  },
  output: ({ context }) => ({ mark: context.mark }),
})

const system = await createSystem({ name: 'kitchen', store, logic: { cook }, logger: console.error })
const service = await serveMcp(system, {
  name: 'kitchen',
  version: '1.0.0',
  agents: { cook: { logic: 'cook', description: 'Cooks.', input: z.object({}) } },
  transport: 'stdio',
})
await service.closed
await system.stop()
console.error('closed in order')

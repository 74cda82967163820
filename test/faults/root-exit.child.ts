/** The process of `root-exit.test.ts`: a system whose top actor fails, which is to end the process. */
import { createSystem } from 'roscius'
import { assign, createMachine } from 'xstate'

const [, , folder = ''] = process.argv

const counter = createMachine({
  context: { count: 0 },
  on: { INC: { actions: assign({ count: ({ context }) => context.count + 1 }) } },
})
const fragile = createMachine({
  on: {
    BREAK: {
      actions: assign(() => {
        throw new Error('the top has failed')
      }),
    },
  },
})

const system = await createSystem({
  name: 'doomed',
  store: folder,
  logic: { counter, fragile: { logic: fragile, supervision: { directives: { bug: 'escalate' } } } },
  onRootFailure: 'exit',
})
system.on(({ type }) => type === 'rootFailed' && console.log(type))
const count = await system.spawn('counter', { id: 'count', durability: 'relaxed' })
const top = await system.spawn('fragile', { id: 'top' })
for (let n = 0; n < 3; n++) count.send({ type: 'INC' })
top.send({ type: 'BREAK' })
// Only the failure ends the process.
setInterval(() => undefined, 1_000)

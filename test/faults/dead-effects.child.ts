/**
 * The process of `dead-effects.test.ts`: a supervised actor whose effect goes wrong, in the way that is asked for, after its
 * incarnation has died. Prints what became of the actor and of its sibling.
 */
import { createSystem, memoryStore, supervisor } from 'roscius'
import { assign, fromCallback, fromPromise, setup } from 'xstate'

const [, , how] = process.argv

/** Real time: what a dead effect does must come from a later round of the event loop than its end. */
const later = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

const inPromise: Record<string, (signal: AbortSignal) => Promise<unknown>> = {
  'rejects when it is aborted': (signal) =>
    new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('aborted')))),
  'rejects long after it was aborted': async () => {
    await later(20)
    throw new Error('late')
  },
  'leaves a rejection behind that nobody hears': async () => {
    void later(20).then(() => Promise.reject(new Error('unheard')))
    await later(60_000)
  },
  'throws in a timer of its own': async () => {
    setTimeout(() => {
      throw new Error('in a timer')
    }, 20)
    await later(60_000)
  },
  'throws in its abort listener': async (signal) => {
    signal.addEventListener('abort', () => {
      throw new Error('in the listener')
    })
    await later(60_000)
  },
}

const inCallback: Record<string, () => () => void> = {
  'throws as it cleans up': () => () => {
    throw new Error('in the clean-up')
  },
  'rejects as it cleans up': () => () => void Promise.reject(new Error('in the clean-up')),
}

let attempts = 0
const fragile = setup({
  actors: {
    effect: fromPromise(async ({ signal }) => {
      if (++attempts === 1) await inPromise[how as string]?.(signal)
      return 'of the living'
    }),
    callback: fromCallback(() => inCallback[how as string]?.()),
  },
}).createMachine({
  context: { result: undefined as unknown },
  invoke: [
    { src: 'effect', onDone: { actions: assign({ result: ({ event }) => event.output }) } },
    { src: 'callback' },
  ],
  on: {
    BREAK: {
      actions: assign(() => {
        throw new Error('broken')
      }),
    },
  },
})
const steady = setup({}).createMachine({ on: { PING: { actions: () => undefined } } })

const top = supervisor({
  children: [
    { id: 'fragile', logic: 'fragile', maxDeliveries: 1 },
    { id: 'steady', logic: 'steady' },
  ],
})
const system = await createSystem({ name: 'dead', store: memoryStore(), logic: { fragile, steady, top } })
await system.spawn('top', { id: 'top' })
const ref = system.actor('fragile', 'top/fragile')
await ref.deliver({ type: 'BREAK' }).catch(() => undefined)
await later(60)
console.log(`the new attempt: ${ref.getSnapshot().context.result}`)
console.log(`its sibling: ${(await system.actor('steady', 'top/steady').deliver({ type: 'PING' })).outcome}`)
await system.stop()
console.log('stopped')
process.exit(0)

/**
 * The process of `late-errors.test.ts`: a system with one actor, whose effect goes wrong in the way that is asked for, and
 * another that must go on. Prints what became of both.
 */
import { createSystem, memoryStore } from 'roscius'
import { fromCallback, fromPromise, setup } from 'xstate'

const [, , how] = process.argv

const never = (): Promise<never> => new Promise(() => undefined)

/** Ways for an effect to fail after it has given back control. */
const inEffect: Record<string, () => Promise<unknown>> = {
  'a timer of an effect': () => {
    setTimeout(() => {
      throw new Error('late, in a timer')
    }, 5)
    return never()
  },
  'a rejection in an effect': () => {
    void Promise.reject(new Error('nobody listens'))
    return never()
  },
  'a rejection after a wait in an effect': () => {
    const work = async (): Promise<void> => {
      // A real wait: the error must come from a later round of the event loop than the effect's start.
      await new Promise((resolve) => setTimeout(resolve, 5))
      throw new Error('nobody listens, later')
    }
    void work()
    return never()
  },
}

const inCallback: Record<string, () => void> = {
  'a timer of a callback': () => {
    setTimeout(() => {
      throw new Error('late, in a callback')
    }, 5)
  },
}

const inAction: Record<string, () => void> = {
  'a timer of an action': () => {
    setTimeout(() => {
      throw new Error('late, of an action')
    }, 5)
  },
  'an action': () => {
    throw new Error('at once')
  },
}

const fragile = setup({
  actors: {
    effect: fromPromise(() => inEffect[how as string]?.() ?? never()),
    callback: fromCallback(() => inCallback[how as string]?.()),
  },
  actions: { act: () => inAction[how as string]?.() },
}).createMachine({ entry: 'act', invoke: [{ src: 'effect' }, { src: 'callback' }] })

const steady = setup({}).createMachine({ on: { PING: { actions: () => undefined } } })

const logic = { fragile: { logic: fragile, supervision: { restart: 'temporary' } }, steady } as const
const system = await createSystem({ name: 'late', store: memoryStore(), logic })
system.on((event) => {
  if (event.type === 'actorFailed') console.log(`failed: ${event.path}: ${(event.error as Error).message}`)
})
const other = await system.spawn('steady', { id: 'steady' })
await system.spawn('fragile', { id: 'fragile' })

const outside: Record<string, () => void> = {
  'a timer outside': () => {
    setTimeout(() => {
      throw new Error('not of an actor')
    }, 5)
  },
  'a rejection outside': () => {
    void Promise.reject(new Error('rejected outside'))
  },
  'a rejection outside, after the system has stopped': () => {
    void system.stop().then(() => Promise.reject(new Error('rejected after the end')))
  },
}
outside[how as string]?.()

// Real time for errors outside of everything to end the process; a process that lives on is what the test looks for.
await new Promise((resolve) => setTimeout(resolve, 60))
console.log(`delivered: ${(await other.deliver({ type: 'PING' })).outcome}`)
await system.stop()
console.log('stopped')

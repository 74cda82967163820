/** What a careful user of XState writes: an error observer that starts the next actor and sends the event again. */
import { createActor } from 'xstate'
import { askOf, Faults, fragile } from './fragile.js'

/** A plain actor; each call makes it throw, and resolves with the ms from the throw to the answer of the next one. */
export function restartingByHand(): () => Promise<number> {
  const faults = new Faults()
  let answered = (): void => undefined
  const logic = fragile(faults).provide({ actions: { answer: () => answered() } })
  const start = (onError: () => void) => {
    const next = createActor(logic, { input: { notesKb: 0 } })
    next.subscribe({ error: onError })
    return next.start()
  }
  let event = askOf(0, undefined as never)
  const restart = (): void => {
    actor = start(restart)
    actor.send(event)
  }
  let actor = start(restart)
  let n = 0
  return async () => {
    faults.arm(n)
    event = askOf(n++, undefined as never)
    await new Promise<void>((resolve) => {
      answered = resolve
      actor.send(event)
    })
    return performance.now() - faults.thrownAt
  }
}

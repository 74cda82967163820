import type { AnyStateMachine, EventObject } from 'xstate'
import type { Host } from '../hosts/host.js'
import { type Observation, observe } from './observe.js'

/** A case where a runtime that holds effects is easily wrong, written by hand. */
export interface Trap {
  /** A claim about behaviour. */
  readonly title: string
  build(note: Note): AnyStateMachine
  /** What happens from outside: an event to the machine, several at once, or milliseconds that pass. */
  readonly steps: readonly (EventObject | readonly EventObject[] | number)[]
  /** What the custom actions and the emitted events must log, in order, a list for the start and one for each step. */
  readonly log: readonly (readonly string[])[]
  /** The state value in the end. */
  readonly ends: unknown
}

/** Makes a custom action that logs a text, or what it makes of its arguments. */
export type Note = <Args>(text: string | ((args: Args) => string)) => (args: Args) => void

export interface TrapOutcome {
  readonly log: string[][]
  readonly end: Observation
}

export async function runTrap(host: Host, { build, steps }: Trap): Promise<TrapOutcome> {
  const lines: string[] = []
  const note: Note = (text) => (args) => void lines.push(typeof text === 'string' ? text : text(args))
  const stage = await host.open(
    { main: build(note) },
    { onEmit: (_, event) => lines.push(`emitted ${event.type}`), onError: (_, error) => lines.push(`failed ${error}`) },
  )
  try {
    await stage.spawn('main')
    const log = [lines.splice(0)]
    for (const step of steps) {
      if (typeof step === 'number') await stage.advance(step)
      else await stage.send('main', ...[step].flat())
      log.push(lines.splice(0))
    }
    return { log, end: observe(stage.snapshot('main')) }
  } finally {
    await stage.close()
  }
}

/**
 * A machine that is given again what its actor was given, one record after the other, while the test that will do the same is
 * written: so what the test expects is what the machine does.
 */
import type { AnyMachineSnapshot, AnyStateMachine, EventObject } from 'xstate'
import { type Frame, toPersisted } from '../../../runtime/xstate/frame.js'
import { type Given, givenBy } from '../given-events.js'
import { inertScope, restored } from '../inert-machine.js'
import type { Masking } from '../mask.js'
import type { Seen } from '../moments.js'
import { portable } from './source-text.js'

/** Events that a machine sends to itself for one event. */
const MAX_SELF_SENT = 100

export class ReplayedMachine {
  #state: AnyMachineSnapshot | undefined

  constructor(
    readonly machine: AnyStateMachine,
    private readonly masking: Masking,
  ) {}

  get state(): AnyMachineSnapshot | undefined {
    return this.#state
  }

  /** What is written is what is run. */
  shown<T>(value: T): T {
    return portable(this.masking.value(value)) as T
  }

  /** Goes on from a stored state; answers it as it is to be written. */
  resume({ snapshot }: Frame): Readonly<Record<string, unknown>> {
    const persisted = this.shown(toPersisted(snapshot))
    this.#state = restored(this.machine, persisted)
    return persisted
  }

  /** Starts with the input, and handles what it then sends itself. */
  start(input: unknown): readonly Given[] {
    const { scope, sent } = inertScope()
    this.#state = this.machine.getInitialSnapshot(scope, input as never)
    return this.#selfSent(sent.filter(({ to }) => to === 'self').map(({ event }) => event))
  }

  /** Gives it the events, and what it sends itself; answers all of that. Throws what the machine throws. */
  handle(events: readonly Given[]): readonly Given[] {
    return events.flatMap((given) => [given, ...this.#selfSent(this.#take(given.event))])
  }

  /** What it throws for an event, as a text; `undefined` if it throws nothing. It stays in its state. */
  errorOn(event: EventObject): string | undefined {
    const state = this.#state
    try {
      this.handle([{ event, note: undefined }])
      return undefined
    } catch (error) {
      return error instanceof Error ? error.message : ''
    } finally {
      this.#state = state
    }
  }

  #take(event: EventObject): readonly EventObject[] {
    if (this.#state === undefined) return []
    const { scope, sent } = inertScope()
    this.#state = this.machine.transition(this.#state, event as never, scope)
    return sent.filter(({ to }) => to === 'self').map((one) => one.event)
  }

  #selfSent(events: readonly EventObject[]): readonly Given[] {
    const queue = [...events]
    const given: Given[] = []
    for (let event = queue.shift(); event !== undefined && given.length < MAX_SELF_SENT; event = queue.shift()) {
      given.push({ event: this.shown(event), note: 'which it sent itself' })
      queue.push(...this.#take(event))
    }
    return given
  }

  givenBy(seen: Seen, before: Frame): readonly Given[] {
    return givenBy(seen, before, {
      machine: this.machine,
      shown: (value) => this.shown(value),
      logicOf: (id) => (this.#state?.children[id] as { readonly logic?: unknown } | undefined)?.logic,
    })
  }
}

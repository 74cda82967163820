/**
 * An actor that a test puts among the others, to hear what it is sent.
 *
 * 1. What it has heard is its durable context: a crash loses nothing that was delivered.
 * 2. It waits by the clock of its system. A simulated clock is moved on by the wait itself, due time by due time, and stops
 *    where the event came; any other clock is waited for.
 */
import {
  type ActorLogic,
  type AnyEventObject,
  assign,
  enqueueActions,
  fromCallback,
  type SnapshotFrom,
  setup,
} from 'xstate'
import type { Clock } from '../core/clock.js'
import { RosciusError } from '../core/errors.js'
import { currentEffect } from '../runtime/effect-run.js'
import { type Watchable, watch } from '../runtime/watch.js'
import type { SimulatedClock } from './simulated-clock.js'

/** The type of the event, or what it must satisfy. */
export type Expected = string | ((event: AnyEventObject) => boolean)

export interface ProbeInput {
  /** Actors whose end it is told, as `terminated` events. */
  readonly watch?: readonly Watchable[]
}

interface ProbeContext {
  readonly watched: readonly Watchable[]
  readonly received: readonly AnyEventObject[]
}

export interface WithinOptions {
  /** In ms of the system's clock. Default 5 000. */
  readonly withinMs?: number
}

/** Actor logic, with what its actor has heard. */
export type Probe = ProbeLogic & {
  /** All that it was sent, in order. */
  readonly received: readonly AnyEventObject[]
  /**
   * The next event like this that none of these calls has answered yet; it may have come already. Rejects with
   * `EXPECTATION_FAILED` when none has come in time.
   */
  expectEvent(expected: Expected, options?: WithinOptions): Promise<AnyEventObject>
  /**
   * Resolves when no such event (default: none at all) has come by the end of that time, besides those that `expectEvent` has
   * answered. Rejects with `EXPECTATION_FAILED`.
   */
  expectNone(expected?: Expected, options?: WithinOptions): Promise<void>
}

/** XState's `setup` infers an input that has to be given. */
type ProbeLogic = ActorLogic<SnapshotFrom<ReturnType<typeof probeMachine>>, AnyEventObject, ProbeInput | undefined>

/**
 * Logic for one actor that records what it is sent: a target for what agents and machines send, and a watcher. Put it into the
 * logic table, and spawn it once.
 *
 * @example
 * ```ts
 * import { createSystem, memoryStore } from 'roscius'
 * import { probe, simulatedClock } from 'roscius/testing'
 *
 * const listener = probe()
 * const clock = simulatedClock()
 * await using system = await createSystem({ name: 'test', store: memoryStore(), clock, logic: { listener } })
 * const ref = await system.spawn('listener', { id: 'ear' })
 * ref.send({ type: 'DONE', by: 'me' })
 * const { by } = await listener.expectEvent('DONE', { withinMs: 1_000 })
 * await listener.expectNone('FAILED', { withinMs: 60_000 })
 * console.log(by)
 * ```
 */
export function probe(): Probe {
  const hearing = new Hearing()
  const logic = probeMachine(hearing)
  const methods = {
    expectEvent: (expected: Expected, options?: WithinOptions) => hearing.next(expected, options?.withinMs),
    expectNone: (expected?: Expected, options?: WithinOptions) => hearing.none(expected, options?.withinMs),
  }
  const withMethods = Object.assign(logic, methods)
  Object.defineProperty(withMethods, 'received', { get: () => hearing.received })
  return withMethods as unknown as Probe
}

function probeMachine(hearing: Hearing) {
  const attached = fromCallback(() => {
    const effect = currentEffect()
    // Not by the invocation's input: after a crash that is the one of the first start.
    const own = effect?.actor(effect.path).getSnapshot() as { readonly context: ProbeContext } | undefined
    hearing.attach(effect?.clock, own?.context.received ?? [])
  })
  return setup({
    types: {
      context: {} as ProbeContext,
      input: {} as ProbeInput | undefined,
      events: {} as AnyEventObject,
    },
    actors: { attached },
    actions: {
      keep: assign({ received: ({ context, event }) => [...context.received, event] }),
      show: ({ context }) => hearing.hear(context.received),
      watchAll: enqueueActions(({ context, enqueue }) => {
        for (const target of context.watched) enqueue(watch(target))
      }),
    },
  }).createMachine({
    id: 'probe',
    context: ({ input }) => ({ watched: input?.watch ?? [], received: [] }),
    initial: 'listening',
    entry: 'watchAll',
    invoke: { src: 'attached' },
    states: {
      listening: {
        meta: {
          roscius: { suppress: [{ rule: 'wait-without-timeout', reason: 'it listens as long as it is there' }] },
        },
        on: { '*': { actions: ['keep', 'show'] } },
      },
    },
  })
}

/** What the probe's actor has heard, as far as it was committed, and who waits for more. */
class Hearing {
  received: readonly AnyEventObject[] = []
  #clock: Clock | undefined
  readonly #answered = new Set<number>()
  readonly #waiting = new Set<() => void>()

  attach(clock: Clock | undefined, received: readonly AnyEventObject[]): void {
    this.#clock = clock
    // It may be less than before: a power loss, or another life.
    this.received = []
    for (const index of this.#answered) if (index >= received.length) this.#answered.delete(index)
    this.hear(received)
  }

  hear(received: readonly AnyEventObject[]): void {
    if (received.length > this.received.length) this.received = received
    for (const wake of [...this.#waiting]) wake()
  }

  async next(expected: Expected, withinMs = 5_000): Promise<AnyEventObject> {
    let found: AnyEventObject | undefined
    await this.#until(() => {
      found ??= this.#take(expected)
      return found !== undefined
    }, withinMs)
    if (found === undefined) throw this.#failed(`No ${nameOf(expected)} came within ${withinMs} ms`)
    return found
  }

  async none(expected: Expected = () => true, withinMs = 5_000): Promise<void> {
    const found = (): number => this.#indexOf(expected)
    await this.#until(() => found() >= 0, withinMs)
    if (found() >= 0) throw this.#failed(`There came ${this.received[found()]?.type}, which was not to come`)
  }

  #take(expected: Expected): AnyEventObject | undefined {
    const index = this.#indexOf(expected)
    if (index >= 0) this.#answered.add(index)
    return this.received[index]
  }

  #indexOf(expected: Expected): number {
    const matches = matcher(expected)
    return this.received.findIndex((event, at) => !this.#answered.has(at) && matches(event))
  }

  async #until(isOver: () => boolean, withinMs: number): Promise<void> {
    if (isOver()) return
    const clock = this.#clock
    if (clock === undefined) throw this.#failed('The probe has not been spawned')
    if (isSimulated(clock)) await moveOn(clock, isOver, withinMs)
    else await this.#waitFor(clock, isOver, withinMs)
  }

  #waitFor(clock: Clock, isOver: () => boolean, withinMs: number): Promise<void> {
    return new Promise((resolve) => {
      const end = (): void => {
        this.#waiting.delete(wake)
        cancel()
        resolve()
      }
      const wake = (): void => {
        if (isOver()) end()
      }
      const cancel = clock.schedule(end, withinMs)
      this.#waiting.add(wake)
    })
  }

  #failed(what: string): RosciusError {
    const types = this.received.map(({ type }) => type)
    const message = `${what}. The probe has received: ${types.length === 0 ? 'nothing' : types.join(', ')}.`
    return new RosciusError('EXPECTATION_FAILED', message, { details: { received: types } })
  }
}

/** Rounds of the event loop in which whatever was set off at one due time has come to rest. */
const ROUNDS = 20

async function moveOn(clock: SimulatedClock, isOver: () => boolean, withinMs: number): Promise<void> {
  const end = clock.monotonic() + withinMs
  for (;;) {
    for (let round = 0; round < ROUNDS && !isOver(); round++) await clock.advance(0)
    const leftMs = end - clock.monotonic()
    if (isOver() || leftMs <= 0) return
    await clock.advance(Math.min(clock.nextInMs ?? leftMs, leftMs))
  }
}

function isSimulated(clock: Clock): clock is SimulatedClock {
  return 'advance' in clock && 'nextInMs' in clock
}

function matcher(expected: Expected): (event: AnyEventObject) => boolean {
  return typeof expected === 'string' ? ({ type }) => type === expected : expected
}

function nameOf(expected: Expected): string {
  return typeof expected === 'string' ? expected : 'such event'
}

import { simulatedClock } from 'roscius/testing'
import {
  type ActorOptions,
  type AnyActor,
  type AnyActorLogic,
  type AnyActorRef,
  createActor,
  type EventObject,
  type InspectionEvent,
} from 'xstate'
import type { Cancel, Clock } from '../../src/core/clock.js'
import { advanceBySteps } from './advance.js'
import { Answers, type Host, type Machines, type Stage, type StageOptions } from './host.js'
import { hasNoLostChildren, hasNoLostDelays, isConsistent } from './soundness.js'

/** XState as it is: `createActor` on a simulated clock. What it does is right by definition. */
export const plainHost: Host = {
  name: 'createActor',
  stores: false,
  open: async (machines, options = {}) => new PlainStage(machines, options),
}

class PlainStage implements Stage {
  readonly #clock = simulatedClock()
  /** Every actor that XState has made, children too. */
  readonly #made: AnyActorRef[] = []
  #isSound = true
  readonly #actors = new Map<string, AnyActor>()

  constructor(
    private readonly machines: Machines,
    private readonly options: StageOptions,
  ) {}

  async spawn(name: string, input?: unknown): Promise<void> {
    const { onEmit, onError } = this.options
    const clock = asXStateClock(this.#clock)
    const inspect = ({ type, actorRef }: InspectionEvent): void => {
      if (type === '@xstate.actor') this.#made.push(actorRef as AnyActorRef)
    }
    const actor: AnyActor = createActor(this.machines[name]!, { id: name, clock, input, logger: () => {}, inspect })
    this.#actors.set(name, actor)
    actor.on('*', (event) => onEmit?.(name, event))
    actor.subscribe({ error: (error) => onError?.(name, error) })
    actor.start()
    await this.#settle()
  }

  ref(name: string): AnyActor {
    return this.#actors.get(name)!
  }

  async send(name: string, ...events: readonly EventObject[]): Promise<void> {
    for (const event of events) this.ref(name).send(event)
    await this.#settle()
  }

  async advance(ms: number): Promise<void> {
    await advanceBySteps(this.#clock, ms, () => this.#settle())
  }

  snapshot(name: string): ReturnType<Stage['snapshot']> {
    return this.ref(name).getSnapshot()
  }

  isSound(): boolean {
    return this.#isSound
  }

  async close(): Promise<void> {
    for (const actor of this.#actors.values()) actor.stop()
  }

  #looksSound(): boolean {
    const actors = [...this.#actors.values()]
    if (!hasNoLostDelays(this.#clock, actors) || !hasNoLostChildren(this.#made)) return false
    return actors.every((actor) => isConsistent(actor.getSnapshot()))
  }

  async #settle(): Promise<void> {
    const { answers = new Answers() } = this.options
    do {
      await this.#clock.advance(0)
      this.#isSound &&= this.#looksSound()
    } while (answers.giveNext())
  }
}

function asXStateClock(clock: Clock): NonNullable<ActorOptions<AnyActorLogic>['clock']> {
  const pending = new Map<number, Cancel>()
  let last = 0
  return {
    setTimeout(fn, ms) {
      last += 1
      pending.set(last, clock.schedule(fn, ms))
      return last
    },
    clearTimeout: (id: number) => pending.get(id)?.(),
  }
}

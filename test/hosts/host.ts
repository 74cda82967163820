import type { AnyActorRef, AnyMachineSnapshot, AnyStateMachine, EventObject } from 'xstate'

/**
 * Where machines run: plain XState, Roscius actors, or Roscius actors that are restarted between every two events.
 *
 * A suite that speaks only to this interface says the same of each of them.
 */
export interface Host {
  readonly name: string
  /** Whether it keeps a machine's state in a store, so that only data may be in it. */
  readonly stores: boolean
  open(machines: Machines, options?: StageOptions): Promise<Stage>
}

/** The machines of a run; each is started at most once, under its own name. */
export type Machines = Readonly<Record<string, AnyStateMachine>>

export interface StageOptions {
  readonly onEmit?: (name: string, event: EventObject) => void
  readonly onError?: (name: string, error: unknown) => void
  /** Answers of effects that are given one by one, each when what came before has settled; default none. */
  readonly answers?: Answers
}

/**
 * What effects have to say, in the order in which they were started. In plain XState an effect can answer in the midst of
 * the transition that started it, in Roscius only after its commit; a test that waits makes them comparable.
 */
export class Answers {
  readonly #waiting: (() => void)[] = []

  add(answer: () => void): void {
    this.#waiting.push(answer)
  }

  /** Gives the next answer; false when none was waiting. */
  giveNext(): boolean {
    const answer = this.#waiting.shift()
    answer?.()
    return answer !== undefined
  }
}

/** Running machines; every method that changes them resolves when all of them have come to rest. */
export interface Stage {
  spawn(name: string, input?: unknown): Promise<void>
  /** A ref to give to another machine. */
  ref(name: string): AnyActorRef
  /** Sends the events at once, one behind the other. */
  send(name: string, ...events: readonly EventObject[]): Promise<void>
  /** Lets simulated time pass, in ms. */
  advance(ms: number): Promise<void>
  snapshot(name: string): AnyMachineSnapshot
  /** False once XState has fallen into one of its own defects, of which a restored machine is free: see `soundness.ts`. */
  isSound(): boolean
  close(): Promise<void>
}

/** The figures of the node: the newest, and those of the last minute. */
import type { Pulse } from '../../control/protocol/live.js'
import type { Live } from './live-socket.js'

const KEPT_MS = 60_000
const NONE: readonly Pulse[] = []

export class PulseFeed {
  readonly #live: Live
  readonly #listeners = new Set<() => void>()
  #pulses: readonly Pulse[] = NONE
  #end: (() => void) | undefined

  constructor(live: Live) {
    this.#live = live
  }

  readonly all = (): readonly Pulse[] => this.#pulses
  readonly newest = (): Pulse | undefined => this.#pulses.at(-1)

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    this.#end ??= this.#live.subscribe({ topic: 'pulse' }, (frame) => {
      if (frame.kind === 'pulse') this.#take(frame.pulse)
    })
    return () => {
      this.#listeners.delete(listener)
      if (this.#listeners.size > 0) return
      this.#end?.()
      this.#end = undefined
    }
  }

  #take(pulse: Pulse): void {
    this.#pulses = [...this.#pulses.filter(({ atMs }) => atMs > pulse.atMs - KEPT_MS), pulse]
    for (const listener of this.#listeners) listener()
  }
}

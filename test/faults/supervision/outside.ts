/** The world outside the actors: what they are made to fail of, and what they are seen to do. All of it is in the ledger. */
import { type Clock, currentEffect } from 'roscius'
import type { Ledger, Line } from './ledger.js'

export class Outside {
  /** How often each cause has made something throw, over all lives. */
  readonly #thrown = new Map<string, number>()
  readonly #calls = new Map<string, AbortSignal>()

  constructor(
    private readonly ledger: Ledger,
    private readonly clock: Clock,
    private readonly life: number,
    before: readonly Line[],
  ) {
    for (const line of before) if (line.t === 'threw') this.#count(line.what)
  }

  /** Throws as often as `times` says, over all lives, also when the failure itself is lost in a crash. */
  failFirst(what: string, path: string, times: number, failureClass = 'bug'): void {
    if ((this.#thrown.get(what) ?? 0) >= times) return
    this.#count(what)
    this.ledger.write({ t: 'threw', what, path, at: this.clock.now() })
    throw Object.assign(new Error(`injected: ${what}`), { failureClass })
  }

  #count(what: string): void {
    this.#thrown.set(what, (this.#thrown.get(what) ?? 0) + 1)
  }

  /** A leaf runs from here on; the answer is to be called when it stops. */
  begin(path: string): () => void {
    const { life } = this
    this.ledger.write({ t: 'begin', path, life, at: this.clock.now() })
    return () => this.ledger.write({ t: 'end', path, life })
  }

  /** The beginning of an effect that settles. Of two attempts the first must have been aborted. */
  call(n: string): void {
    const { effectId, attempt, signal } = currentEffect() as NonNullable<ReturnType<typeof currentEffect>>
    const { life } = this
    if (this.#calls.get(effectId)?.aborted === false) this.complain('twice', `two attempts of ${effectId} run`)
    this.#calls.set(effectId, signal)
    this.ledger.write({ t: 'call', n, effectId, attempt, life })
  }

  note(n: string, path: string): void {
    this.ledger.write({ t: 'noted', n, path, life: this.life })
  }

  complain(invariant: string, message: string): void {
    this.ledger.write({ t: 'breach', invariant, message, life: this.life })
  }
}

/**
 * The world outside a system: what effects and actions did to it, by effect id. A crash does not touch it.
 */
import { currentEffect } from 'roscius'

export interface Deed {
  /** What was done, in words that are the same in every run: `work w1 job-3`. */
  readonly label: string
  readonly effectId: string
  readonly attempt: number
  /** Promises are begun again after a crash, marked actions are run again, plain actions are not. */
  readonly kind: 'promise' | 'callback' | 'atLeastOnce' | 'atMostOnce'
  /** How many times the system had been opened when it was done. */
  readonly life: number
}

export class Outside {
  readonly deeds: Deed[] = []
  /** Effect ids that a system reported as of unknown outcome. */
  readonly unknown = new Set<string>()
  readonly complaints: string[] = []
  life = 0

  /** Called by an effect, at its beginning. */
  note(kind: Deed['kind'], label: string): void {
    const effect = currentEffect()
    if (effect === undefined) {
      this.complain(`${label} ran outside an effect`)
      return
    }
    const { effectId, attempt } = effect
    this.keep({ label, kind, effectId, attempt, life: this.life })
  }

  /** Something that must not happen has happened. */
  complain(message: string): void {
    this.complaints.push(message)
  }

  protected keep(deed: Deed): void {
    this.deeds.push(deed)
  }
}

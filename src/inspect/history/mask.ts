/**
 * What may be shown of a value: secrets are taken out by the names of fields and by what texts look like.
 *
 * 1. A text is masked before it is cut. Of a text far longer than what is shown only the beginning is looked at; what is left of
 *    it is shown up to a margin before its end, so that a secret that the end went through is not shown by half.
 * 2. What the mask can't answer is not shown.
 */
import type { Redaction } from '../../governance/redaction/redaction.js'

/** What stands in the place of a secret. */
export const MASKED = '[redacted]'

/** How far beyond the cut a secret is looked for: no half of one that is shorter is shown. */
const MARGIN = 1_024
const FAR_MARGIN = 16 * MARGIN
const PROBE = 'a'

export class Masking {
  constructor(private readonly mask: Redaction) {}

  /** Whether a field of this name holds a secret. */
  isSecret(name: string | undefined): boolean {
    return name !== undefined && this.#orHidden(() => this.#hides(name), true)
  }

  /** A mask that doesn't say is asked what it makes of such a field. */
  #hides(name: string): boolean {
    if (this.mask.isSecretKey !== undefined) return this.mask.isSecretKey(name)
    return Object.values(this.mask.value(Object.fromEntries([[name, PROBE]])) as object)[0] !== PROBE
  }

  /** As much of a text as may be shown, `max` characters of it at most, and whether something was taken out. */
  text(text: string, max: number): { readonly text: string; readonly isMasked: boolean } {
    const near = this.#beginning(text, max, MARGIN)
    // Long secrets leave little of what was read.
    const { shown, isMasked } = near.isShort ? this.#beginning(text, max, FAR_MARGIN) : near
    return { text: shown.slice(0, max).toWellFormed() || (isMasked ? MASKED : ''), isMasked }
  }

  #beginning(text: string, max: number, margin: number) {
    const read = text.slice(0, max + margin)
    const masked = this.#orHidden<unknown>(() => this.mask.text(read), MASKED)
    if (typeof masked !== 'string' || masked === MASKED) return { shown: MASKED, isMasked: true, isShort: false }
    // What is near the cut may be the half of a secret, which looks like none.
    const isCut = read.length < text.length
    const shown = isCut ? masked.slice(0, Math.max(0, masked.length - MARGIN)) : masked
    return { shown, isMasked: masked !== read, isShort: isCut && shown.length < max }
  }

  /** A whole value, for where it is needed whole. */
  value(value: unknown): unknown {
    return this.#orHidden(() => this.mask.value(value), MASKED)
  }

  #orHidden<T>(ask: () => T, hidden: T): T {
    try {
      return ask()
    } catch {
      return hidden
    }
  }
}

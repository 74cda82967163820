/**
 * The ledger of the crash suite: an append-only file that the effects and the driver write to, and nobody else. What was
 * written when a process was killed stays; the system under test never reads it.
 */
import { LineFile, readLines } from '../line-file.js'
import { type Deed, Outside } from '../society/outside.js'
import type { Step } from '../society/script.js'

export type Line =
  | { readonly t: 'life'; readonly life: number }
  /** A step is about to be asked for. */
  | { readonly t: 'asked'; readonly n: string; readonly step: Step }
  /** It was acknowledged; `seqNr` for a delivery. */
  | { readonly t: 'acknowledged'; readonly n: string; readonly seqNr?: number }
  | ({ readonly t: 'deed' } & Deed)
  | { readonly t: 'unknown'; readonly effectId: string }
  | { readonly t: 'breach'; readonly invariant: string; readonly message: string; readonly life: number }

export class Ledger extends LineFile<Line> {}

export const readLedger = (path: string): Line[] => readLines<Line>(path)

/** The world outside, kept in the ledger. */
export class LedgerOutside extends Outside {
  constructor(
    private readonly ledger: Ledger,
    life: number,
  ) {
    super()
    this.life = life
  }

  override complain(message: string): void {
    this.ledger.write({ t: 'breach', invariant: 'I6', message, life: this.life })
  }

  protected override keep(deed: Deed): void {
    this.ledger.write({ t: 'deed', ...deed })
  }
}

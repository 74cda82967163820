/**
 * The ledger of the crash suite: an append-only file that the effects and the driver write to, and nobody else. What was
 * written when a process was killed stays; the system under test never reads it.
 */
import { closeSync, openSync, readFileSync, writeSync } from 'node:fs'
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

export class Ledger {
  readonly #file: number

  constructor(path: string) {
    this.#file = openSync(path, 'a')
  }

  write(line: Line): void {
    writeSync(this.#file, `${JSON.stringify(line)}\n`)
  }

  close(): void {
    closeSync(this.#file)
  }
}

/** The lines so far. A last one without its end was being written when the process was killed. */
export function readLedger(path: string): Line[] {
  const lines = readFileSync(path, 'utf8').split('\n')
  lines.pop()
  return lines.map((line) => JSON.parse(line) as Line)
}

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

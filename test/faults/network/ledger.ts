/**
 * The ledger of a run: what each node did once it was durable, in the order in which it did it, kept where no node and no
 * store can reach it. Each node writes its own; a node that was killed writes on in its next life.
 */
import { LineFile, readLines } from '../line-file.js'

/** What there is on a node when all is over. */
export interface Rest {
  /** What receivers hold, by route: life of the sender and number. */
  readonly got: Readonly<Record<string, readonly Got[]>>
  /** How many messages the durable receivers of linked nodes have taken, as was last seen by subscribing to them. */
  readonly observed: Readonly<Record<string, number>>
  /** How many envelopes wait for other nodes. */
  readonly outbox: number
  readonly letters: readonly Letter[]
}

export type Got = readonly [sentIn: number, n: number]

export interface Letter {
  readonly path: string
  readonly reason: string
  readonly event: string
}

/** One message: its route, the life of the node in which it was sent (0 by a durable sender, which has one over all), its number from 1. */
export interface Message {
  readonly route: string
  readonly sentIn: number
  readonly n: number
}

/** `life` is the node's, `at` in ms since the epoch. */
export type Line = { readonly node: string; readonly life: number; readonly at: number } & (
  | { readonly t: 'life' }
  | ({ readonly t: 'sent' } & Message)
  /** `nth`: its place among all that this receiver took on the route. */
  | ({ readonly t: 'applied'; readonly nth: number; readonly dueMs?: number } & Message)
  /** A question was answered. */
  | ({ readonly t: 'answered'; readonly answer: number } & Message)
  /** A delivery from outside was acknowledged. */
  | ({ readonly t: 'acknowledged' } & Message)
  /** `nth`: how often the token has come to this station of its way. */
  | { readonly t: 'passed'; readonly walk: string; readonly station: number; readonly nth: number }
  | { readonly t: 'terminated'; readonly vigil: string; readonly reason: string; readonly nth: number }
  /** What the system told of its links. */
  | { readonly t: 'told'; readonly event: string; readonly peer: string; readonly code?: string }
  | { readonly t: 'rest'; readonly rest: Rest }
  | { readonly t: 'breach'; readonly invariant: string; readonly message: string }
)

type Told<TLine> = TLine extends Line ? Omit<TLine, 'node' | 'life' | 'at'> : never
/** A line without what is the same for all of a life. */
export type Note = Told<Line>

/** Where lines go and where earlier ones are read. */
export interface Ledger {
  readonly lines: readonly Line[]
  write(line: Line): void
}

/** In memory: for nodes that crash without their process. */
export class MemoryLedger implements Ledger {
  readonly lines: Line[] = []

  write(line: Line): void {
    this.lines.push(line)
  }
}

/** In a file: what was written when its process was killed stays. */
export class FileLedger implements Ledger {
  readonly lines: readonly Line[]
  readonly #file: LineFile<Line>

  constructor(path: string) {
    this.#file = new LineFile(path)
    this.lines = readLines(path)
  }

  write(line: Line): void {
    this.#file.write(line)
  }
}

export const readLedger = (path: string): Line[] => readLines<Line>(path)

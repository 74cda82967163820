/** The hand of one life of a node in the ledger. */
import type { Clock } from 'roscius'
import type { Ledger, Message, Note } from './ledger.js'

export class Scribe {
  #isOver = false

  constructor(
    private readonly ledger: Ledger,
    private readonly node: string,
    readonly life: number,
    readonly clock: Clock,
  ) {}

  note(note: Note): void {
    const { ledger, node, life, clock } = this
    if (!this.#isOver) ledger.write({ node, life, at: clock.now(), ...note })
  }

  complain(invariant: string, message: string): void {
    this.note({ t: 'breach', invariant, message: `${this.node} in life ${this.life}: ${message}` })
  }

  /** A node that crashed within a process that goes on: what still runs of it is not there any more. */
  end(): void {
    this.#isOver = true
  }

  /** Messages of a route that were acknowledged, in this life or before. */
  acknowledged(route: string): number {
    return this.ledger.lines.reduce(
      (most, line) => (line.t === 'acknowledged' && line.route === route ? Math.max(most, line.n) : most),
      0,
    )
  }

  readonly sent = (_: unknown, message: Message): void => this.note({ t: 'sent', ...message })
}

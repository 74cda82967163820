/**
 * One who looks: what it knows, and what it missed while it was slow.
 *
 * 1. It hears of an actor before it hears what that does.
 * 2. While it does not keep up nothing is sent, and what is missed is remembered by its session alone.
 */

/** The way to a viewer. */
export interface StatelySink {
  /** Whether it keeps up with what it was sent. */
  isReady(): boolean
  send(text: string): void
}

export class StatelyViewer {
  readonly #known = new Set<string>()
  readonly #missed = new Set<string>()

  constructor(private readonly sink: StatelySink) {}

  get isReady(): boolean {
    return this.sink.isReady()
  }

  /** Sessions of which it does not know the newest state. */
  get missed(): ReadonlySet<string> {
    return this.#missed
  }

  knows(session: string): boolean {
    return this.#known.has(session)
  }

  introduce(session: string, text: string): void {
    this.#known.add(session)
    this.sink.send(text)
  }

  /** Sends what a session did, or remembers that something was missed. */
  tell(session: string, texts: () => readonly string[]): void {
    if (!this.sink.isReady() || this.#missed.has(session)) this.#missed.add(session)
    else for (const text of texts()) this.sink.send(text)
  }

  /** Sends the newest state of a session that it has missed something of. */
  catchUp(session: string, text: string | undefined): void {
    this.#missed.delete(session)
    if (text !== undefined) this.sink.send(text)
  }

  /** An actor has begun anew: it is another one. */
  forget(session: string): void {
    this.#known.delete(session)
    this.#missed.delete(session)
  }
}

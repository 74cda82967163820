/**
 * One who looks: what it knows, and what it missed while it was slow.
 *
 * 1. It hears of an actor before it hears what that does.
 * 2. While it does not keep up nothing is sent, and what is missed is remembered by its session alone: of what it has not heard of
 *    yet inside an actor, by that actor's.
 * 3. What it knows and missed grows with the actors that there are, not with what they have done.
 */

/** The way to a viewer. */
export interface StatelySink {
  /** Whether it keeps up with what it was sent. */
  isReady(): boolean
  send(text: string): void
}

/** Sessions inside an actor, and whether the actor had none such any more when it was heard of last. */
type Inside = Map<string, { hasLeft: boolean }>

export class StatelyViewer {
  /** By actor. */
  readonly #known = new Map<string, Inside>()
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
    const actor = actorOf(session)
    const inside = this.#known.get(actor)
    return session === actor ? inside !== undefined : inside?.has(session) === true
  }

  /** Answers whether it knows the session now. */
  introduce(session: string, text: () => string): boolean {
    const actor = actorOf(session)
    if (!this.sink.isReady() || (session !== actor && !this.#known.has(actor))) {
      this.#missed.add(actor)
      return false
    }
    if (session === actor) this.#known.set(actor, new Map())
    else this.#known.get(actor)?.set(session, { hasLeft: false })
    this.sink.send(text())
    return true
  }

  /** Sends what a session did, or remembers that something was missed. */
  tell(session: string, texts: () => readonly string[]): void {
    if (!this.knows(session)) this.#missed.add(actorOf(session))
    else if (!this.sink.isReady() || this.#missed.has(session)) this.#missed.add(session)
    else for (const text of texts()) this.sink.send(text)
  }

  /** Sends the newest state of a session that it has missed something of. */
  catchUp(session: string, text: string | undefined): void {
    this.#missed.delete(session)
    if (text !== undefined) this.sink.send(text)
  }

  /**
   * What there is inside an actor now. Of the rest nothing is to be heard but how it ended, which is told behind this: when the
   * actor is heard of again, the rest is forgotten.
   */
  keepInside(actor: string, present: ReadonlySet<string>): void {
    const inside = this.#known.get(actor)
    for (const [session, known] of inside ?? []) {
      if (present.has(session)) known.hasLeft = false
      else if (!known.hasLeft) known.hasLeft = true
      else {
        inside?.delete(session)
        this.#missed.delete(session)
      }
    }
  }

  /** An actor has begun anew, and is another one, or it is gone for ever. */
  forget(actor: string): void {
    for (const session of this.#known.get(actor)?.keys() ?? []) this.#missed.delete(session)
    this.#known.delete(actor)
    this.#missed.delete(actor)
  }
}

/** A child's session is that of its cell and a number. */
function actorOf(session: string): string {
  const end = session.indexOf('#')
  return end < 0 ? session : session.slice(0, end)
}

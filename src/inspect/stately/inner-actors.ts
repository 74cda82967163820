/** The children inside of an actor, as its snapshot holds them: machines, promises, callbacks, at any depth. */

/** What of an XState actor is read. */
export interface InnerActor {
  readonly sessionId: string
  readonly id: string
  readonly src: unknown
  readonly logic: object
  getSnapshot(): object | undefined
}

export interface PlacedInnerActor {
  readonly actor: InnerActor
  /** Session of the machine that has it. */
  readonly parent: string
}

/** Parents before their children. Actors of their own, which a snapshot holds as refs, are none of them. */
export function* innerActorsOf(snapshot: object | undefined, parent: string): Generator<PlacedInnerActor> {
  const { children } = (snapshot ?? {}) as { readonly children?: Readonly<Record<string, unknown>> }
  if (typeof children !== 'object' || children === null) return
  for (const child of Object.values(children)) {
    if (!isInner(child)) continue
    yield { actor: child, parent }
    yield* innerActorsOf(child.getSnapshot(), child.sessionId)
  }
}

/** A child's session is that of its cell and a number. */
function isInner(child: unknown): child is InnerActor {
  const { sessionId, logic } = (child ?? {}) as Partial<InnerActor>
  return typeof sessionId === 'string' && sessionId.includes('#') && typeof logic === 'object'
}

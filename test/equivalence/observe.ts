import type { AnyActorRef, Snapshot } from 'xstate'

/** What can be seen of an actor from outside, as plain data: refs become their ids, children what they show themselves. */
export interface Observation {
  readonly status: string
  readonly value?: unknown
  readonly context?: unknown
  readonly tags?: readonly string[]
  readonly output?: unknown
  readonly error?: unknown
  readonly children?: Readonly<Record<string, Observation>>
}

export function observe(snapshot: Snapshot<unknown>): Observation {
  const { status, output, error } = snapshot
  const { value, context, tags, children } = snapshot as Partial<Record<string, unknown>>
  return {
    status,
    output: toPlain(output),
    error: error instanceof Error ? error.message : toPlain(error),
    value,
    context: toPlain(context),
    tags: tags instanceof Set ? [...tags].sort() : [],
    children: observeChildren((children ?? {}) as Record<string, AnyActorRef | undefined>),
  }
}

function observeChildren(children: Record<string, AnyActorRef | undefined>): Record<string, Observation> {
  const ids = Object.keys(children).sort()
  return Object.fromEntries(ids.map((id) => [id, observe(children[id]!.getSnapshot())]))
}

function toPlain(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (isRef(value)) return { ref: value.id }
  if (Array.isArray(value)) return value.map(toPlain)
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, toPlain(part)]))
}

function isRef(value: object): value is AnyActorRef {
  return 'send' in value && 'sessionId' in value
}

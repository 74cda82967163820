/**
 * The events that a machine would take now, told from the machine itself: there is no second list that could differ.
 *
 * 1. An event counts if a state that is active names it and `snapshot.can` says yes; a wildcard names nothing.
 * 2. Guards are asked with `{ type }` alone, or with the example that its schema gives. One that needs more to say no should
 *    say yes: what the brain answers is asked again, whole.
 * 3. A machine on its way into a state is not there yet: in the input of an invoke ask about
 *    `machine.resolveState({ value, context })`, and not about `self.getSnapshot()`.
 * 4. Only events with a schema are told: what a brain may decide, and not what others may command.
 */
import type { AnyMachineSnapshot, EventObject } from 'xstate'
import { z } from 'zod'
import type { JsonSchema, LegalEvent } from './brain.js'

/** How one event is told to a brain. */
export interface EventSchema {
  /** Of the whole event, its `type` included. */
  readonly schema?: z.ZodType
  /** Default: the `description` of its transition. */
  readonly description?: string
  /** What guards are asked with. Default: the event with nothing but its type. */
  readonly example?: EventObject
}

export type EventSchemas = Readonly<Record<string, EventSchema>>

/** The part of XState's state node that is read here. */
interface ActiveNode {
  readonly ownEvents: readonly string[]
  readonly states: Readonly<Record<string, ActiveNode>>
  readonly transitions: ReadonlyMap<string, readonly { readonly description?: string | undefined }[]>
}

/**
 * Which of the events in `schemas` the machine of `snapshot` would take in that state, in the order of `schemas`.
 *
 * @example
 * ```ts
 * import { legalEvents } from 'roscius/machines'
 * import { createActor, createMachine } from 'xstate'
 * import { z } from 'zod'
 *
 * const door = createMachine({ initial: 'shut', states: { shut: { on: { OPEN: 'open' } }, open: { on: { SHUT: 'shut' } } } })
 * const schemas = {
 *   OPEN: { schema: z.object({ type: z.literal('OPEN') }), description: 'opens the door' },
 *   SHUT: { schema: z.object({ type: z.literal('SHUT') }) },
 * }
 * console.log(legalEvents(createActor(door).start().getSnapshot(), schemas))
 * ```
 */
export function legalEvents(snapshot: AnyMachineSnapshot, schemas: EventSchemas): LegalEvent[] {
  const active = activeNodes(snapshot.machine.root as unknown as ActiveNode, snapshot.value)
  return Object.entries(schemas)
    .filter(([type]) => active.some((node) => node.ownEvents.includes(type)))
    .filter(([type, { example }]) => snapshot.can(example ?? { type }))
    .map(([type, how]) => legalEvent(type, how, active))
}

function legalEvent(type: string, { schema, description }: EventSchema, active: readonly ActiveNode[]): LegalEvent {
  const told = description ?? descriptionOf(type, active)
  return {
    type,
    ...(told === undefined ? {} : { description: told }),
    ...(schema === undefined ? {} : { schema: jsonSchemaOf(schema) }),
  }
}

function descriptionOf(type: string, active: readonly ActiveNode[]): string | undefined {
  const transitions = active.flatMap((node) => node.transitions.get(type) ?? [])
  return transitions.find(({ description }) => description !== undefined)?.description
}

/** The active states, the deepest first. */
function activeNodes(node: ActiveNode, value: unknown): ActiveNode[] {
  if (typeof value === 'string') return [...activeNodes(childOf(node, value), undefined), node]
  if (typeof value !== 'object' || value === null) return [node]
  return [...Object.entries(value).flatMap(([key, below]) => activeNodes(childOf(node, key), below)), node]
}

function childOf(node: ActiveNode, key: string): ActiveNode {
  return node.states[key]!
}

const jsonSchemas = new WeakMap<z.ZodType, JsonSchema>()

/** What JSON Schema has no word for becomes `{}`, which takes anything. */
function jsonSchemaOf(schema: z.ZodType): JsonSchema {
  const known = jsonSchemas.get(schema)
  if (known !== undefined) return known
  const { $schema: _, ...made } = z.toJSONSchema(schema, { unrepresentable: 'any' }) as JsonSchema
  jsonSchemas.set(schema, made)
  return made
}

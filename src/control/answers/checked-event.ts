/**
 * An event from outside, checked before it is sent.
 *
 * 1. The runtime's own events (`xstate.*`, `roscius.*`) can't be sent from outside: they would forge what an effect answered, or
 *    what a supervisor said. There are orders for what they do.
 * 2. An event that its machine has a schema for is sent as that reads it. One that it has none for is sent as it is.
 */
import type { AnyStateMachine, EventObject } from 'xstate'
import { RosciusError } from '../../core/errors.js'
import { type EventSchema, eventSchema, type SchemaIssue, type Validated } from './event-schemas.js'

const INTERNAL = /^(?:xstate|roscius)\./

/** Throws `EVENT_INVALID`, with the path of the field. */
export async function checkedEvent(machine: AnyStateMachine | undefined, event: EventObject): Promise<EventObject> {
  const { type } = event
  if (INTERNAL.test(type)) throw invalid('event.type', `${type} is an event of the runtime's own: nobody else sends it`)
  if (type.includes('*')) throw invalid('event.type', 'is a pattern, and no event')
  const schema = eventSchema(machine, type)
  if (schema === undefined) return event
  const read = await readBy(schema, event)
  if (read.issues !== undefined) throw refused(read.issues[0])
  return { ...(read.value as object), type }
}

/** The whole event, or else its fields without the type. */
async function readBy(schema: EventSchema, event: EventObject): Promise<Validated> {
  const whole = await schema['~standard'].validate(event)
  if (whole.issues === undefined) return whole
  const { type: _, ...fields } = event
  const alone = await schema['~standard'].validate(fields)
  return alone.issues === undefined ? alone : whole
}

function refused(issue: SchemaIssue | undefined): RosciusError {
  const path = (issue?.path ?? []).map((part) => String(typeof part === 'object' ? part.key : part))
  const unknown = (issue as { readonly keys?: readonly string[] } | undefined)?.keys?.[0]
  const field = ['event', ...path, ...(unknown === undefined ? [] : [unknown])].join('.')
  return invalid(field, issue?.message ?? 'is not what the machine takes')
}

function invalid(field: string, message: string): RosciusError {
  return new RosciusError('EVENT_INVALID', `${field}: ${message}`, { details: { field } })
}

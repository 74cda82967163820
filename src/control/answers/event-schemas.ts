/**
 * The schemas that a machine has for its events: `setup({ schemas: { events } })`, a record of event type to schema (zod, or any
 * Standard Schema), of the whole event or of its fields without the type.
 */
import type { AnyStateMachine } from 'xstate'
import { z } from 'zod'

/** What https://standardschema.dev asks for, as far as it is used. */
export interface EventSchema {
  readonly '~standard': {
    readonly validate: (value: unknown) => Validated | Promise<Validated>
    readonly jsonSchema?: { readonly input?: (options: { readonly target: string }) => object }
  }
}

export type Validated =
  | { readonly value: unknown; readonly issues?: undefined }
  | { readonly issues: readonly SchemaIssue[] }

export interface SchemaIssue {
  readonly message: string
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined
}

/** The schema of one type; undefined if the machine has none for it. */
export function eventSchema(machine: AnyStateMachine | undefined, type: string): EventSchema | undefined {
  const { events } = (machine?.schemas ?? {}) as { readonly events?: unknown }
  if (typeof events !== 'object' || events === null || !Object.hasOwn(events, type)) return undefined
  const schema = (events as Record<string, unknown>)[type]
  return isSchema(schema) ? schema : undefined
}

function isSchema(schema: unknown): schema is EventSchema {
  const standard = (schema as Partial<EventSchema> | undefined)?.['~standard']
  return typeof standard?.validate === 'function'
}

/** The schema as JSON Schema, where it can say so; what that has no word for takes anything. */
export function jsonSchemaOf(schema: EventSchema): Record<string, unknown> | undefined {
  try {
    const json = (
      schema instanceof z.ZodType
        ? z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' })
        : schema['~standard'].jsonSchema?.input?.({ target: 'draft-2020-12' })
    ) as Record<string, unknown> | undefined
    if (json === undefined) return undefined
    const { $schema: _, ...rest } = json
    return rest
  } catch {
    return undefined
  }
}

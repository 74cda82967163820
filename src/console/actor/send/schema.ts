/**
 * The fields of a form, read from a JSON Schema. What a form can't show (`kind: 'json'`) is written as JSON. Pure.
 *
 * 1. A schema is somebody's data: references that lead round in a circle, and depths without end, become JSON.
 * 2. A value of a field that has not been filled in is `undefined`, and is not sent.
 */

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }
/** What stands in a form: a number that is no number yet is still text. */
export type Draft = undefined | null | boolean | number | string | readonly Draft[] | { readonly [key: string]: Draft }

interface Base {
  readonly title?: string | undefined
  readonly description?: string | undefined
}

export interface TextField extends Base {
  readonly kind: 'text'
  readonly format?: string | undefined
  readonly minLength?: number | undefined
  readonly maxLength?: number | undefined
}

export interface NumberField extends Base {
  readonly kind: 'number'
  readonly isInteger: boolean
  readonly minimum?: number | undefined
  readonly maximum?: number | undefined
}

export interface ObjectField extends Base {
  readonly kind: 'object'
  readonly fields: readonly { readonly name: string; readonly field: Field; readonly isRequired: boolean }[]
}

export interface ListField extends Base {
  readonly kind: 'list'
  readonly item: Field
}

export interface ChoiceField extends Base {
  readonly kind: 'choice'
  readonly values: readonly Json[]
}

/** One of several shapes. */
export interface VariantField extends Base {
  readonly kind: 'variant'
  readonly variants: readonly { readonly name: string; readonly field: Field }[]
}

export type Field =
  | TextField
  | NumberField
  | ObjectField
  | ListField
  | ChoiceField
  | VariantField
  | (Base & { readonly kind: 'boolean' })
  | (Base & { readonly kind: 'json' })

type Schema = Readonly<Record<string, unknown>>

const DEEPEST = 8
const MOST_FIELDS = 200

/** The fields of an event, without its type. `json` if the schema does not say what there is. */
export function eventFields(schema: Schema | undefined): Field {
  if (schema === undefined) return { kind: 'json' }
  const field = fieldOf(schema, schema, 0)
  if (field.kind !== 'object') return field
  return { ...field, fields: field.fields.filter(({ name }) => name !== 'type') }
}

function fieldOf(given: unknown, root: Schema, depth: number): Field {
  const schema = resolved(given, root, 0)
  if (schema === undefined || depth > DEEPEST) return { kind: 'json' }
  const base = { title: textOf(schema.title), description: textOf(schema.description) }
  return { ...base, ...shapeOf(schema, root, depth) }
}

function shapeOf(schema: Schema, root: Schema, depth: number): Field {
  if (Array.isArray(schema.enum)) return { kind: 'choice', values: schema.enum as Json[] }
  if ('const' in schema) return { kind: 'choice', values: [schema.const as Json] }
  const either = schema.anyOf ?? schema.oneOf
  if (Array.isArray(either)) return eitherOf(either, root, depth)
  switch (schema.type) {
    case 'string':
      return {
        kind: 'text',
        format: textOf(schema.format),
        minLength: numberOf(schema.minLength),
        maxLength: numberOf(schema.maxLength),
      }
    case 'number':
    case 'integer':
      return {
        kind: 'number',
        isInteger: schema.type === 'integer',
        minimum: numberOf(schema.minimum),
        maximum: numberOf(schema.maximum),
      }
    case 'boolean':
      return { kind: 'boolean' }
    case 'array':
      return isRecord(schema.items) ? { kind: 'list', item: fieldOf(schema.items, root, depth + 1) } : { kind: 'json' }
    case 'object':
      return objectOf(schema, root, depth)
    default:
      return { kind: 'json' }
  }
}

function objectOf(schema: Schema, root: Schema, depth: number): Field {
  if (!isRecord(schema.properties)) return { kind: 'json' }
  const required = new Set(Array.isArray(schema.required) ? schema.required : [])
  const entries = Object.entries(schema.properties)
  if (entries.length > MOST_FIELDS) return { kind: 'json' }
  return {
    kind: 'object',
    fields: entries.map(([name, inner]) => ({
      name,
      field: fieldOf(inner, root, depth + 1),
      isRequired: required.has(name),
    })),
  }
}

function eitherOf(all: readonly unknown[], root: Schema, depth: number): Field {
  const schemas = all.map((one) => resolved(one, root, 0))
  const values = schemas.flatMap((one) => (one === undefined ? [] : constantsOf(one)))
  if (values.length > 0 && schemas.every((one) => one !== undefined && constantsOf(one).length > 0))
    return { kind: 'choice', values }
  if (all.length > 20) return { kind: 'json' }
  const variants = schemas.map((one, index) => ({
    name: variantName(one, index),
    field: fieldOf(one, root, depth + 1),
  }))
  return variants.length === 1 ? variants[0]!.field : { kind: 'variant', variants }
}

function constantsOf(schema: Schema): readonly Json[] {
  if ('const' in schema) return [schema.const as Json]
  if (Array.isArray(schema.enum)) return schema.enum as Json[]
  return schema.type === 'null' ? [null] : []
}

/** What tells one shape from the others: its title, or a field that is always the same. */
function variantName(schema: Schema | undefined, index: number): string {
  const title = textOf(schema?.title)
  if (title !== undefined) return title
  const properties = isRecord(schema?.properties) ? Object.entries(schema.properties) : []
  const mark = properties.find(([, inner]) => isRecord(inner) && 'const' in inner)
  if (mark !== undefined) return `${mark[0]}: ${String((mark[1] as Schema).const)}`
  return textOf(schema?.type) ?? `Shape ${index + 1}`
}

/** Follows references within the schema. */
function resolved(given: unknown, root: Schema, steps: number): Schema | undefined {
  if (!isRecord(given)) return undefined
  const { $ref } = given
  if (typeof $ref !== 'string') return given
  if (!$ref.startsWith('#') || steps > 20) return undefined
  const way = $ref.slice(1).split('/').slice(1)
  let at: unknown = root
  for (const part of way) {
    const key = part.replaceAll('~1', '/').replaceAll('~0', '~')
    at = isRecord(at) && Object.hasOwn(at, key) ? at[key] : undefined
  }
  return resolved(at, root, steps + 1)
}

function isRecord(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}

function numberOf(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined
}

/** What stands in a form, and what is wrong with it before it is sent. Pure. */
import type { Draft, Field, Json } from './schema.js'

/** `at`: keys and indexes from the event down, joined by dots; `''` is the event itself. */
export interface Complaint {
  readonly at: string
  readonly message: string
}

export function pathBelow(at: string, key: string | number): string {
  return at === '' ? String(key) : `${at}.${key}`
}

/** What a field begins with. */
export function emptyDraft(field: Field): Draft {
  switch (field.kind) {
    case 'object':
      return Object.fromEntries(
        field.fields.filter(({ isRequired }) => isRequired).map(({ name, field }) => [name, emptyDraft(field)]),
      )
    case 'list':
      return []
    case 'boolean':
      return false
    case 'choice':
      return field.values.length === 1 ? field.values[0] : undefined
    case 'variant':
      return field.variants[0] && emptyDraft(field.variants[0].field)
    case 'json':
      return undefined
    default:
      return ''
  }
}

/** What can't be sent so; empty if all is well as far as the page can tell. */
export function complaintsOf(field: Field, draft: Draft, at = '', isRequired = true): Complaint[] {
  if (draft === undefined) return isRequired && field.kind !== 'json' ? [{ at, message: 'is needed' }] : []
  switch (field.kind) {
    case 'text':
      return typeof draft === 'string' ? textComplaints(field, draft, at) : []
    case 'number':
      return numberComplaints(field, draft, at)
    case 'object':
      return field.fields.flatMap(({ name, field: inner, isRequired: isNeeded }) =>
        complaintsOf(inner, fieldIn(draft, name), pathBelow(at, name), isNeeded),
      )
    case 'list':
      return Array.isArray(draft)
        ? draft.flatMap((item: Draft, index) => complaintsOf(field.item, item, pathBelow(at, index)))
        : []
    default:
      return []
  }
}

function textComplaints(
  { minLength = 0, maxLength }: Extract<Field, { kind: 'text' }>,
  draft: string,
  at: string,
): Complaint[] {
  if (draft.length < minLength)
    return [{ at, message: draft === '' ? 'is needed' : `needs ${minLength} characters at least` }]
  if (maxLength !== undefined && draft.length > maxLength)
    return [{ at, message: `has more than ${maxLength} characters` }]
  return []
}

function numberComplaints(
  { isInteger, minimum, maximum }: Extract<Field, { kind: 'number' }>,
  draft: Draft,
  at: string,
): Complaint[] {
  if (typeof draft !== 'number') return [{ at, message: draft === '' ? 'is needed' : 'is no number' }]
  if (isInteger && !Number.isInteger(draft)) return [{ at, message: 'has to be a whole number' }]
  if (minimum !== undefined && draft < minimum) return [{ at, message: `has to be ${minimum} at least` }]
  if (maximum !== undefined && draft > maximum) return [{ at, message: `has to be ${maximum} at most` }]
  return []
}

/** Only the draft's own: a field may be called `__proto__` or `constructor`. */
export function fieldIn(draft: Draft, name: string): Draft {
  if (typeof draft !== 'object' || draft === null || Array.isArray(draft) || !Object.hasOwn(draft, name))
    return undefined
  return (draft as { readonly [key: string]: Draft })[name]
}

/** A draft with one field changed; `undefined` takes it out. */
export function withField(draft: Draft, name: string, value: Draft): Draft {
  const entries = typeof draft === 'object' && draft !== null && !Array.isArray(draft) ? Object.entries(draft) : []
  const isThere = entries.some(([key]) => key === name)
  const all = isThere
    ? entries.map(([key, old]) => [key, key === name ? value : old] as const)
    : [...entries, [name, value] as const]
  return Object.fromEntries(all.filter(([, one]) => one !== undefined))
}

/** What is sent: the draft without what was left out. */
export function sentOf(draft: Draft): Json | undefined {
  if (Array.isArray(draft)) return draft.map((item: Draft) => sentOf(item) ?? null)
  if (typeof draft !== 'object' || draft === null) return draft
  const entries = Object.entries(draft).flatMap(([key, one]) => {
    const value = sentOf(one)
    return value === undefined ? [] : [[key, value] as const]
  })
  return Object.fromEntries(entries)
}

/** Reads what was written as JSON; a complaint says where it goes wrong. */
export function readJson(text: string): { readonly value: Json } | { readonly message: string } {
  try {
    return { value: JSON.parse(text) as Json }
  } catch (error) {
    return { message: `is no JSON: ${error instanceof Error ? error.message : String(error)}` }
  }
}

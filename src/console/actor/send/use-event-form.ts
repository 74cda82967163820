/**
 * The draft of an event, as a form or as JSON.
 *
 * What the actor takes is read again with each of its records; a draft stays as long as its event has the same schema, also where
 * the actor does not take it any more.
 */
import { useMemo, useRef, useState } from 'react'
import type { EnabledEvent } from '../../../control/protocol/actors.js'
import { type Complaint, complaintsOf, emptyDraft, readJson, sentOf } from './draft.js'
import { type Draft, eventFields, type Field, type Json } from './schema.js'

/** `known`: the event of that type as the actor takes it, if it does. */
export function useEventForm(type: string, known: EnabledEvent | undefined) {
  const schema = useSchemaText(type, known)
  const field = useMemo(() => eventFields(schema && JSON.parse(schema)), [schema])
  const hasFields = field.kind !== 'json'
  const [start, setStart] = useState(field)
  const [draft, setDraft] = useState<Draft>(() => emptyDraft(field))
  const [text, setText] = useState('')
  const [isJson, setIsJson] = useState(!hasFields)
  const [complaints, setComplaints] = useState<readonly Complaint[]>([])
  if (start !== field) {
    setStart(field)
    setDraft(emptyDraft(field))
    setIsJson(!hasFields)
    setComplaints([])
  }

  const fromText = (): { readonly [key: string]: Json } | undefined => {
    if (text.trim() === '') return {}
    const read = readJson(text)
    if ('message' in read) {
      setComplaints([{ at: '', message: `What stands there ${read.message}` }])
      return undefined
    }
    if (typeof read.value === 'object' && read.value !== null && !Array.isArray(read.value))
      return read.value as { readonly [key: string]: Json }
    setComplaints([{ at: '', message: 'The fields of an event are a JSON object: { "name": "value" }.' }])
    return undefined
  }
  const fromForm = (): { readonly [key: string]: Json } | undefined => {
    const wrong = complaintsOf(field, draft)
    setComplaints(wrong)
    return wrong.length > 0 ? undefined : ((sentOf(draft) ?? {}) as { readonly [key: string]: Json })
  }
  const toggle = (): void => {
    if (!isJson) setText(JSON.stringify(sentOf(draft) ?? {}, undefined, 2))
    else {
      const read = fromText()
      if (read === undefined) return
      setDraft(read)
    }
    setComplaints([])
    setIsJson(!isJson)
  }
  return {
    field,
    hasFields,
    isJson,
    draft,
    setDraft,
    text,
    setText,
    complaints,
    complain: setComplaints,
    toggle,
    read: isJson ? fromText : fromForm,
    /** Whether the form has a place for it. */
    isShown: (at: string) => at === 'type' || (!isJson && hasFields && hasPlace(draft, field, at)),
  }
}

/** As text, which is the same when it is read again. */
function useSchemaText(type: string, known: EnabledEvent | undefined): string | undefined {
  const schema = known?.schema
  const text = useMemo(() => JSON.stringify(schema), [schema])
  const last = useRef({ type, text })
  if (known !== undefined || last.current.type !== type) last.current = { type, text }
  return last.current.text
}

function hasPlace(draft: Draft, field: Field, at: string): boolean {
  const [first = '', ...rest] = at.split('.')
  if (field.kind === 'object') {
    const inner = field.fields.find(({ name }) => name === first)
    return inner !== undefined && (rest.length === 0 || hasPlace(undefined, inner.field, rest.join('.')))
  }
  if (field.kind === 'list') return rest.length === 0 || hasPlace(draft, field.item, rest.join('.'))
  if (field.kind === 'variant') return field.variants.some((variant) => hasPlace(draft, variant.field, at))
  return false
}

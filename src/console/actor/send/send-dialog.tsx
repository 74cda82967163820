/**
 * Sends an event: with a form where the machine has a schema for it, else as JSON. What the node refuses is said at the field that
 * it is about.
 */
import { type ReactNode, useMemo, useState } from 'react'
import type { EnabledEvent, SendAnswer } from '../../../control/protocol/actors.js'
import { asApiError } from '../../api/api-error.js'
import { useConsole } from '../../app/console-context.js'
import { shownPath } from '../../parts/actor-link.js'
import { Button } from '../../parts/button.js'
import { Dialog } from '../../parts/dialog.js'
import { Field } from '../../parts/field.js'
import { plain, plainLine } from '../../parts/plain.js'
import { type Complaint, complaintsOf, emptyDraft, readJson, sentOf } from './draft.js'
import { JsonEditor } from './json-editor.js'
import { refusalOf } from './refusal.js'
import { type Draft, eventFields, type Json } from './schema.js'
import { FieldsForm } from './schema-field.js'
import './send-dialog.css'

interface SendDialogProps {
  readonly path: string
  /** What it takes now: offered, and their schemas used. */
  readonly events: readonly EnabledEvent[]
  /** Undefined: it is asked for. */
  readonly type: string | undefined
  readonly onClose: () => void
}

const OUTCOMES: Readonly<Record<SendAnswer['outcome'], string>> = {
  handled: 'It took the event',
  ignored: 'It had no transition for the event, and ignored it',
  deferred: 'It defers the event until a state takes it',
}

export function SendDialog({ path, events, type: given, onClose }: SendDialogProps): ReactNode {
  const { api, toasts } = useConsole()
  // A pattern says which events match, and is none itself.
  const [type, setType] = useState(
    given === undefined || given.includes('*') ? (given?.replace(/\*$/, '') ?? '') : given,
  )
  const known = events.find((event) => event.type === type)
  const form = useForm(known)
  const [isBusy, setIsBusy] = useState(false)

  const send = async (): Promise<void> => {
    const fields = form.read()
    if (fields === undefined || isBusy) return
    if (type.trim() === '') return form.complain([{ at: 'type', message: 'An event needs a type.' }])
    setIsBusy(true)
    try {
      const { seqNr, outcome } = await api.post<SendAnswer>('actor/send', {
        path,
        event: { ...fields, type: type.trim() },
      })
      toasts.done(`${OUTCOMES[outcome]} (record ${seqNr}).`)
      onClose()
    } catch (error) {
      form.complain([refusalOf(asApiError(error))])
      setIsBusy(false)
    }
  }

  const general = form.complaints.filter(({ at }) => at === '' || !form.isShown(at))
  return (
    <Dialog
      title="Send an event"
      onClose={onClose}
      onSubmit={() => void send()}
      foot={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" kind="primary" icon="mail" disabled={isBusy}>
            {isBusy ? 'Sending…' : 'Send'}
          </Button>
        </>
      }
    >
      <p className="send-to">
        to <span className="mono">{shownPath(path)}</span>
      </p>
      <TypeField
        type={type}
        events={events}
        onChange={setType}
        complaint={form.complaints.find(({ at }) => at === 'type')}
      />
      {known?.description !== undefined && <p>{plain(known.description, 1_000)}</p>}
      {known?.takes === 'no' && (
        <p className="send-note">Its guard says no as it stands: without fields the event would be ignored.</p>
      )}
      <div className="send-fields">
        {form.hasFields && (
          <Button kind="quiet" isSmall className="send-as" onClick={form.toggle}>
            {form.isJson ? 'Edit as a form' : 'Edit as JSON'}
          </Button>
        )}
        {form.isJson ? (
          <JsonEditor text={form.text} onChange={form.setText} label="Fields of the event, as JSON" />
        ) : (
          <FieldsForm field={form.field} draft={form.draft} complaints={form.complaints} onChange={form.setDraft} />
        )}
      </div>
      {general.map(({ at, message }) => (
        <p key={at} className="send-refused" role="alert">
          {at !== '' && <code>{plainLine(at, 200)}</code>} {plain(message, 2_000)}
        </p>
      ))}
    </Dialog>
  )
}

/** The draft of an event, as a form or as JSON. */
function useForm(known: EnabledEvent | undefined) {
  const schema = known?.schema
  const field = useMemo(() => eventFields(schema), [schema])
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

function hasPlace(draft: Draft, field: ReturnType<typeof eventFields>, at: string): boolean {
  const [first = '', ...rest] = at.split('.')
  if (field.kind === 'object') {
    const inner = field.fields.find(({ name }) => name === first)
    return inner !== undefined && (rest.length === 0 || hasPlace(undefined, inner.field, rest.join('.')))
  }
  if (field.kind === 'list') return rest.length === 0 || hasPlace(draft, field.item, rest.join('.'))
  if (field.kind === 'variant') return field.variants.some((variant) => hasPlace(draft, variant.field, at))
  return false
}

interface TypeFieldProps {
  readonly type: string
  readonly events: readonly EnabledEvent[]
  readonly onChange: (type: string) => void
  readonly complaint: Complaint | undefined
}

function TypeField({ type, events, onChange, complaint }: TypeFieldProps): ReactNode {
  return (
    <Field
      label="Event"
      hint={
        complaint === undefined ? (
          'Its type. What the actor takes now is offered.'
        ) : (
          <span className="send-wrong">{plainLine(complaint.message)}</span>
        )
      }
    >
      {(ids) => (
        <>
          <input
            {...ids}
            className="input mono"
            list={`${ids.id}-types`}
            value={type}
            maxLength={1_000}
            spellCheck={false}
            autoComplete="off"
            aria-invalid={complaint !== undefined}
            onChange={(event) => onChange(event.target.value)}
          />
          <datalist id={`${ids.id}-types`}>
            {events
              .filter((event) => !event.type.includes('*'))
              .slice(0, 200)
              .map((event) => (
                <option key={event.type} value={event.type} />
              ))}
          </datalist>
        </>
      )}
    </Field>
  )
}

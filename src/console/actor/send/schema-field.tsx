/** The fields of a form, one component for each kind of them. */
import { createContext, type ReactNode, useContext, useId, useState } from 'react'
import { Button } from '../../parts/button.js'
import { plain, plainLine } from '../../parts/plain.js'
import { type Complaint, emptyDraft, fieldIn, pathBelow, readJson, withField } from './draft.js'
import type { ChoiceField, Draft, Field, ListField, NumberField, ObjectField, VariantField } from './schema.js'
import './schema-field.css'

interface Part<F extends Field = Field> {
  readonly field: F
  readonly draft: Draft
  readonly onChange: (draft: Draft) => void
  /** Way from the event. */
  readonly at: string
  readonly name: string
  readonly isRequired: boolean
}

const Complaints = createContext<readonly Complaint[]>([])

interface FieldsFormProps {
  readonly field: Field
  readonly draft: Draft
  readonly complaints: readonly Complaint[]
  readonly onChange: (draft: Draft) => void
}

export function FieldsForm({ field, draft, complaints, onChange }: FieldsFormProps): ReactNode {
  return (
    <Complaints value={complaints}>
      <div className="schema-form">
        {field.kind === 'object' ? (
          <Inner field={field} draft={draft} onChange={onChange} at="" name="" isRequired />
        ) : (
          <AnyField field={field} draft={draft} onChange={onChange} at="" name="fields" isRequired />
        )}
      </div>
    </Complaints>
  )
}

function AnyField(part: Part): ReactNode {
  const { field } = part
  switch (field.kind) {
    case 'object':
      return <Group {...part} field={field} />
    case 'list':
      return <List {...part} field={field} />
    case 'boolean':
      return <Switch {...part} />
    case 'choice':
      return <Choice {...part} field={field} />
    case 'variant':
      return <Variant {...part} field={field} />
    case 'number':
      return <NumberInput {...part} field={field} />
    case 'text':
      return <TextInput {...part} />
    case 'json':
      return <JsonInput {...part} />
  }
}

// --- fields with fields inside ---

function Inner({ field, draft, onChange, at }: Part<ObjectField>): ReactNode {
  if (field.fields.length === 0) return <p className="field-hint">This event has no fields.</p>
  return field.fields.map(({ name, field: inner, isRequired }) => (
    <AnyField
      key={name}
      field={inner}
      draft={fieldIn(draft, name)}
      onChange={(value) => onChange(withField(draft, name, value))}
      at={pathBelow(at, name)}
      name={name}
      isRequired={isRequired}
    />
  ))
}

function Group(part: Part<ObjectField>): ReactNode {
  const { field, draft, onChange, isRequired } = part
  const isThere = draft !== undefined
  return (
    <Framed part={part}>
      {!isRequired && <AddOrLeave isThere={isThere} onChange={(on) => onChange(on ? emptyDraft(field) : undefined)} />}
      {isThere && <Inner {...part} />}
    </Framed>
  )
}

function List(part: Part<ListField>): ReactNode {
  const { field, draft, onChange, at, name } = part
  const items: readonly Draft[] = Array.isArray(draft) ? draft : []
  const set = (index: number, value: Draft): void => onChange(items.map((item, i) => (i === index ? value : item)))
  return (
    <Framed part={part}>
      {items.map((item, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: an element is known by its place.
        <div key={index} className="schema-item">
          <AnyField
            field={field.item}
            draft={item}
            onChange={(value) => set(index, value ?? null)}
            at={pathBelow(at, index)}
            name={`${name}[${index}]`}
            isRequired
          />
          <Button
            kind="quiet"
            isSmall
            icon="trash"
            label={`Remove ${name}[${index}]`}
            onClick={() => onChange(items.filter((_, i) => i !== index))}
          />
        </div>
      ))}
      <Button isSmall icon="plus" onClick={() => onChange([...items, emptyDraft(field.item)])}>
        Add
      </Button>
    </Framed>
  )
}

function Variant(part: Part<VariantField>): ReactNode {
  const { field, onChange, draft } = part
  const [chosen, setChosen] = useState(0)
  const id = useId()
  const variant = field.variants[chosen] ?? field.variants[0]!
  return (
    <Framed part={part}>
      <label className="schema-variant" htmlFor={id}>
        <span className="field-hint">Which</span>
        <select
          id={id}
          className="input"
          value={chosen}
          onChange={(event) => {
            const next = Number(event.target.value)
            setChosen(next)
            onChange(emptyDraft(field.variants[next]!.field))
          }}
        >
          {field.variants.map(({ name }, index) => (
            <option key={name} value={index}>
              {plainLine(name, 80)}
            </option>
          ))}
        </select>
      </label>
      {variant.field.kind === 'object' ? (
        <Inner {...part} field={variant.field} draft={draft} />
      ) : (
        <AnyField {...part} field={variant.field} name="value" isRequired />
      )}
    </Framed>
  )
}

function Framed({
  part: { field, name, at, isRequired },
  children,
}: {
  readonly part: Part
  readonly children: ReactNode
}): ReactNode {
  const complaint = useComplaint(at)
  return (
    <fieldset className="schema-group">
      <legend>
        {plainLine(field.title ?? name, 120)} <Optional isRequired={isRequired} />
      </legend>
      {field.description !== undefined && <p className="field-hint">{plain(field.description, 1_000)}</p>}
      {children}
      {complaint !== undefined && (
        <p className="send-wrong" role="alert">
          {plainLine(complaint.message)}
        </p>
      )}
    </fieldset>
  )
}

function AddOrLeave({
  isThere,
  onChange,
}: {
  readonly isThere: boolean
  readonly onChange: (on: boolean) => void
}): ReactNode {
  return (
    <Button isSmall icon={isThere ? 'trash' : 'plus'} onClick={() => onChange(!isThere)}>
      {isThere ? 'Leave it out' : 'Fill it in'}
    </Button>
  )
}

// --- fields without ---

function TextInput(part: Part): ReactNode {
  const { draft, onChange, isRequired, field } = part
  const max = field.kind === 'text' ? field.maxLength : undefined
  const text = typeof draft === 'string' ? draft : ''
  const set = (value: string): void => onChange(value === '' && !isRequired ? undefined : value)
  return (
    <Labelled part={part}>
      {(ids) =>
        text.length > 60 || text.includes('\n') ? (
          <textarea {...ids} className="input" rows={4} value={text} onChange={(event) => set(event.target.value)} />
        ) : (
          <input
            {...ids}
            className="input"
            value={text}
            maxLength={max}
            autoComplete="off"
            onChange={(event) => set(event.target.value)}
          />
        )
      }
    </Labelled>
  )
}

function NumberInput(part: Part<NumberField>): ReactNode {
  const { draft, onChange, isRequired, field } = part
  const set = (text: string): void => {
    const number = Number(text)
    if (text.trim() === '') onChange(isRequired ? '' : undefined)
    else onChange(Number.isFinite(number) ? number : text)
  }
  return (
    <Labelled part={part} hint={boundsText(field)}>
      {(ids) => <NumberText {...ids} draft={draft} onText={set} />}
    </Labelled>
  )
}

/** What is written stays as it is written: `1.` is on the way to `1.5`. */
function NumberText({
  draft,
  onText,
  ...ids
}: {
  readonly draft: Draft
  readonly onText: (text: string) => void
}): ReactNode {
  const [text, setText] = useState(draft === undefined ? '' : String(draft))
  return (
    <input
      {...ids}
      className="input"
      inputMode="decimal"
      autoComplete="off"
      value={text}
      onChange={(event) => {
        setText(event.target.value)
        onText(event.target.value)
      }}
    />
  )
}

function boundsText({ isInteger, minimum, maximum }: NumberField): string | undefined {
  const isUsual = (bound: number): boolean => Math.abs(bound) < Number.MAX_SAFE_INTEGER
  const parts = [
    ...(isInteger ? ['a whole number'] : []),
    ...(minimum !== undefined && isUsual(minimum) ? [`from ${minimum}`] : []),
    ...(maximum !== undefined && isUsual(maximum) ? [`to ${maximum}`] : []),
  ]
  return parts.length === 0 ? undefined : parts.join(' ')
}

function Switch(part: Part): ReactNode {
  const { draft, onChange, name, field, isRequired, at } = part
  const complaint = useComplaint(at)
  if (!isRequired) {
    const yesOrNo: ChoiceField = { ...field, kind: 'choice', values: [true, false] }
    return <Choice {...part} field={yesOrNo} />
  }
  return (
    <label className="schema-switch">
      <input type="checkbox" checked={draft === true} onChange={(event) => onChange(event.target.checked)} />
      <strong>{plainLine(field.title ?? name, 120)}</strong>
      {field.description !== undefined && <span className="field-hint">{plainLine(field.description)}</span>}
      {complaint !== undefined && <span className="send-wrong">{plainLine(complaint.message)}</span>}
    </label>
  )
}

function Choice(part: Part<ChoiceField>): ReactNode {
  const { field, draft, onChange } = part
  const chosen = field.values.findIndex((value) => JSON.stringify(value) === JSON.stringify(draft))
  return (
    <Labelled part={part}>
      {(ids) => (
        <select
          {...ids}
          className="input"
          value={draft === undefined ? -1 : chosen}
          onChange={(event) => onChange(field.values[Number(event.target.value)])}
        >
          <option value={-1}>{part.isRequired ? 'Choose…' : 'Left out'}</option>
          {field.values.map((value, index) => (
            <option key={JSON.stringify(value)} value={index}>
              {plainLine(typeof value === 'string' ? value : JSON.stringify(value), 100)}
            </option>
          ))}
        </select>
      )}
    </Labelled>
  )
}

function JsonInput(part: Part): ReactNode {
  const { draft, onChange, isRequired } = part
  const [text, setText] = useState(draft === undefined ? '' : JSON.stringify(draft, undefined, 2))
  const read = text.trim() === '' ? undefined : readJson(text)
  return (
    <Labelled
      part={part}
      hint={read !== undefined && 'message' in read ? `This ${read.message}` : 'JSON: text stands in quotes.'}
    >
      {(ids) => (
        <textarea
          {...ids}
          className="input mono"
          rows={3}
          spellCheck={false}
          required={isRequired}
          value={text}
          onChange={(event) => {
            setText(event.target.value)
            const now = event.target.value.trim() === '' ? undefined : readJson(event.target.value)
            if (now === undefined || 'value' in now) onChange(now?.value)
          }}
        />
      )}
    </Labelled>
  )
}

// --- labels ---

interface LabelledProps {
  readonly part: Part
  readonly hint?: string | undefined
  readonly children: (ids: { id: string; 'aria-describedby': string; 'aria-invalid': boolean }) => ReactNode
}

function Labelled({ part: { field, name, at, isRequired }, hint, children }: LabelledProps): ReactNode {
  const id = useId()
  const complaint = useComplaint(at)
  const about = [field.description, hint, field.kind === 'text' ? field.format : undefined].filter(
    (one) => one !== undefined,
  )
  return (
    <div className="field">
      <label htmlFor={id}>
        {plainLine(field.title ?? name, 120)} <Optional isRequired={isRequired} />
      </label>
      {children({ id, 'aria-describedby': `${id}-about`, 'aria-invalid': complaint !== undefined })}
      <div id={`${id}-about`} className="schema-about">
        {about.length > 0 && <p className="field-hint">{plain(about.join('; '), 1_000)}</p>}
        {complaint !== undefined && (
          <p className="send-wrong" role="alert">
            {plainLine(complaint.message)}
          </p>
        )}
      </div>
    </div>
  )
}

function Optional({ isRequired }: { readonly isRequired: boolean }): ReactNode {
  return isRequired ? null : <span className="schema-optional">optional</span>
}

function useComplaint(at: string): Complaint | undefined {
  return useContext(Complaints).find((one) => one.at === at)
}

/** The form of an event: fields, and fields with fields inside. */
import { type ReactNode, useId, useState } from 'react'
import { Button } from '../../parts/button.js'
import { plain, plainLine } from '../../parts/plain.js'
import { type Complaint, emptyDraft, fieldIn, pathBelow, withField } from './draft.js'
import type { Draft, Field, ListField, ObjectField, VariantField } from './schema.js'
import { Complaints, Optional, type Part, useComplaint } from './schema-label.js'
import { Choice, JsonInput, NumberInput, Switch, TextInput } from './schema-leaf.js'
import './schema-field.css'

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

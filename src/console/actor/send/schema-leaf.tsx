/** Fields of a form without fields inside. */
import { type ReactNode, useState } from 'react'
import { plainLine } from '../../parts/plain.js'
import { readJson } from './draft.js'
import type { ChoiceField, Draft, NumberField } from './schema.js'
import { Labelled, type Part, useComplaint } from './schema-label.js'

export function TextInput(part: Part): ReactNode {
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

export function NumberInput(part: Part<NumberField>): ReactNode {
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

export function Switch(part: Part): ReactNode {
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

export function Choice(part: Part<ChoiceField>): ReactNode {
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

export function JsonInput(part: Part): ReactNode {
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

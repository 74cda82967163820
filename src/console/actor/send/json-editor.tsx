/** JSON as text; says while one writes whether it can be read. */
import { type ReactNode, useDeferredValue, useId } from 'react'
import { plainLine } from '../../parts/plain.js'
import { readJson } from './draft.js'

interface JsonEditorProps {
  readonly text: string
  readonly onChange: (text: string) => void
  readonly label: string
  readonly rows?: number
  readonly placeholder?: string
}

export function JsonEditor({ text, onChange, label, rows = 7, placeholder = '{ }' }: JsonEditorProps): ReactNode {
  const id = useId()
  const written = useDeferredValue(text)
  const read = written.trim() === '' ? undefined : readJson(written)
  const wrong = read !== undefined && 'message' in read ? read.message : undefined
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <textarea
        id={id}
        className="input mono json-editor"
        rows={rows}
        value={text}
        placeholder={placeholder}
        spellCheck={false}
        autoComplete="off"
        aria-invalid={wrong !== undefined}
        aria-describedby={`${id}-state`}
        onChange={(event) => onChange(event.target.value)}
      />
      <p id={`${id}-state`} className={wrong === undefined ? 'field-hint' : 'field-hint send-wrong'}>
        {wrong === undefined ? 'A JSON object; empty if the event has no fields.' : plainLine(`This ${wrong}`)}
      </p>
    </div>
  )
}

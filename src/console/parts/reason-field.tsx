/** Why something is done: kept in the audit trail. `hint` says who else is told. */
import type { KeyboardEvent, ReactNode } from 'react'
import { Field } from './field.js'

/** What the control API takes. */
const MAX_CHARACTERS = 2_000

interface ReasonFieldProps {
  readonly hint: string
  readonly reason: string
  readonly onChange: (reason: string) => void
  readonly onKeyDown?: (press: KeyboardEvent<HTMLTextAreaElement>) => void
}

export function ReasonField({ hint, reason, onChange, onKeyDown }: ReasonFieldProps): ReactNode {
  return (
    <Field label="Reason" hint={hint}>
      {(ids) => (
        <textarea
          {...ids}
          className="input"
          maxLength={MAX_CHARACTERS}
          value={reason}
          onChange={(event) => onChange(event.target.value)}
          onKeyDown={onKeyDown}
        />
      )}
    </Field>
  )
}

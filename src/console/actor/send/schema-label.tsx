/** What every field of a form has: its name, what is said about it, and what is wrong with it. */
import { createContext, type ReactNode, useContext, useId } from 'react'
import { plain, plainLine } from '../../parts/plain.js'
import type { Complaint } from './draft.js'
import type { Draft, Field } from './schema.js'

export interface Part<F extends Field = Field> {
  readonly field: F
  readonly draft: Draft
  readonly onChange: (draft: Draft) => void
  /** Way from the event. */
  readonly at: string
  readonly name: string
  readonly isRequired: boolean
}

export const Complaints = createContext<readonly Complaint[]>([])

interface LabelledProps {
  readonly part: Part
  readonly hint?: string | undefined
  readonly children: (ids: { id: string; 'aria-describedby': string; 'aria-invalid': boolean }) => ReactNode
}

export function Labelled({ part: { field, name, at, isRequired }, hint, children }: LabelledProps): ReactNode {
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

export function Optional({ isRequired }: { readonly isRequired: boolean }): ReactNode {
  return isRequired ? null : <span className="schema-optional">optional</span>
}

export function useComplaint(at: string): Complaint | undefined {
  return useContext(Complaints).find((one) => one.at === at)
}

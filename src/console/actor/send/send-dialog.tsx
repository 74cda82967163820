/**
 * Sends an event: with a form where the machine has a schema for it, else as JSON. What the node refuses is said at the field that
 * it is about.
 */
import { type ReactNode, useState } from 'react'
import type { EnabledEvent, SendAnswer } from '../../../control/protocol/actors.js'
import { asApiError } from '../../api/api-error.js'
import { useConsole } from '../../app/console-context.js'
import { shownPath } from '../../parts/actor-link.js'
import { Button } from '../../parts/button.js'
import { Dialog } from '../../parts/dialog.js'
import { Field } from '../../parts/field.js'
import { plain, plainLine } from '../../parts/plain.js'
import type { Complaint } from './draft.js'
import { JsonEditor } from './json-editor.js'
import { refusalOf } from './refusal.js'
import { FieldsForm } from './schema-field.js'
import { useEventForm } from './use-event-form.js'
import './send-dialog.css'

interface SendDialogProps {
  readonly path: string
  /** What it takes now: offered, and their schemas used. */
  readonly events: readonly EnabledEvent[]
  /** Undefined: it is asked for. */
  readonly type: string | undefined
  /** Until when it takes nothing, as `it is resumed`; undefined: it takes events now. */
  readonly until: string | undefined
  readonly onClose: () => void
}

const OUTCOMES: Readonly<Record<SendAnswer['outcome'], string>> = {
  handled: 'It took the event',
  ignored: 'It had no transition for the event, and ignored it',
  deferred: 'It defers the event until a state takes it',
}

const REFUSED_WITHIN_MS = 1_000

export function SendDialog({ path, events, type: given, until, onClose }: SendDialogProps): ReactNode {
  const { api, toasts } = useConsole()
  // A pattern says which events match, and is none itself.
  const [type, setType] = useState(
    given === undefined || given.includes('*') ? (given?.replace(/\*$/, '') ?? '') : given,
  )
  const known = events.find((event) => event.type === type)
  const form = useEventForm(type, known)
  const [isBusy, setIsBusy] = useState(false)

  const send = async (): Promise<void> => {
    const fields = form.read()
    if (fields === undefined || isBusy) return
    if (type.trim() === '') return form.complain([{ at: 'type', message: 'An event needs a type.' }])
    setIsBusy(true)
    const answer = api.post<SendAnswer>('actor/send', { path, event: { ...fields, type: type.trim() } })
    const told = answer.then(({ seqNr, outcome }) => toasts.done(`${OUTCOMES[outcome]} (record ${seqNr}).`))
    try {
      if (until !== undefined && (await isSilent(told))) {
        toasts.done(`The event waits in its mailbox until ${until}.`)
        // After half a minute the node says that it was not taken yet, as is said here.
        told.catch((error) => asApiError(error).code !== 'TIMEOUT' && toasts.failed('The event was not taken', error))
      } else await told
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
      {until !== undefined && <p className="send-note">It takes nothing until {until}: the event will wait.</p>}
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

/** A refusal comes at once; what is in its mailbox may be there for long, and nobody waits for that. */
function isSilent(told: Promise<void>): Promise<boolean> {
  const late = new Promise<boolean>((resolve) => setTimeout(() => resolve(true), REFUSED_WITHIN_MS))
  return Promise.race([told.then(() => false), late])
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

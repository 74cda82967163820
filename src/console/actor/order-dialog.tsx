/** Asks whether an order is meant, says what it does, and gives it. */
import { type ReactNode, useState } from 'react'
import { type ApiError, asApiError } from '../api/api-error.js'
import { useConsole } from '../app/console-context.js'
import { shownPath } from '../parts/actor-link.js'
import { Button } from '../parts/button.js'
import { Dialog } from '../parts/dialog.js'
import { ErrorPanel } from '../parts/error-panel.js'
import { ReasonField } from '../parts/reason-field.js'
import { ORDERS, type Order } from './order-words.js'

interface OrderDialogProps {
  readonly path: string
  readonly order: Order
  readonly onClose: () => void
  readonly onDone: () => void
}

type From = 'default' | 'lastGood' | 'initial'

export function OrderDialog({ path, order, onClose, onDone }: OrderDialogProps): ReactNode {
  const { api, toasts } = useConsole()
  const words = ORDERS[order]
  const [reason, setReason] = useState('')
  const [from, setFrom] = useState<From>('default')
  const [problem, setProblem] = useState<ApiError>()
  const [isBusy, setIsBusy] = useState(false)
  const give = async (): Promise<void> => {
    if (isBusy) return
    setIsBusy(true)
    try {
      const why = reason.trim() === '' ? {} : { reason: reason.trim() }
      await api.post(`actor/${order}`, { path, ...why, ...(order === 'restart' && from !== 'default' && { from }) })
      toasts.done(words.done)
      onDone()
      onClose()
    } catch (error) {
      setProblem(asApiError(error))
      setIsBusy(false)
    }
  }
  return (
    <Dialog
      title={words.title}
      onClose={onClose}
      onSubmit={() => void give()}
      foot={
        <>
          <Button onClick={onClose}>Leave it as it is</Button>
          <Button type="submit" kind={words.isDangerous ? 'danger' : 'primary'} icon={words.icon} disabled={isBusy}>
            {words.name}
          </Button>
        </>
      }
    >
      <p className="mono">{shownPath(path)}</p>
      <p>{words.what}</p>
      {order === 'restart' && <FromChoice from={from} onChange={setFrom} />}
      <ReasonField hint="Kept in the audit trail, with who gave the order." reason={reason} onChange={setReason} />
      {problem !== undefined && <ErrorPanel what="The order was not carried out." problem={problem} />}
    </Dialog>
  )
}

const FROM: readonly (readonly [From, string])[] = [
  ['default', 'As its supervisor would restart it'],
  ['lastGood', 'From its last good state'],
  ['initial', 'From the beginning: its state is lost'],
]

function FromChoice({ from, onChange }: { readonly from: From; readonly onChange: (from: From) => void }): ReactNode {
  return (
    <fieldset className="order-from">
      <legend>Where it begins</legend>
      {FROM.map(([value, text]) => (
        <label key={value}>
          <input type="radio" name="from" checked={from === value} onChange={() => onChange(value)} />
          {text}
        </label>
      ))}
    </fieldset>
  )
}

/** More for an account: by how much, for each limit that it has. */
import { type ReactNode, useState } from 'react'
import type { ToldBudget } from '../../control/protocol/lists.js'
import { useConsole } from '../app/console-context.js'
import { ActorLink } from '../parts/actor-link.js'
import { amountText, wordsOf } from '../parts/amounts.js'
import { Button } from '../parts/button.js'
import { Dialog } from '../parts/dialog.js'
import { Field } from '../parts/field.js'

interface RaiseDialogProps {
  readonly budget: ToldBudget
  readonly onClose: () => void
  readonly onDone: () => void
}

/** These have no more: they are not amounts. */
const FIXED = ['wallMs', 'depth']

export function RaiseDialog({ budget, onClose, onDone }: RaiseDialogProps): ReactNode {
  const { api, toasts } = useConsole()
  const [typed, setTyped] = useState<Readonly<Record<string, string>>>({})
  const [isBusy, setIsBusy] = useState(false)
  const more = amountsOf(typed)
  const lines = budget.lines.filter(({ dimension, limit }) => limit !== undefined && !FIXED.includes(dimension))
  const raise = async (): Promise<void> => {
    setIsBusy(true)
    try {
      await api.post('budgets/raise', { path: budget.path, more })
      toasts.done('The budget is raised.')
      onDone()
      onClose()
    } catch (error) {
      toasts.failed('The budget is as it was.', error)
      setIsBusy(false)
    }
  }
  return (
    <Dialog
      title="Raise the budget"
      onClose={onClose}
      onSubmit={() => void raise()}
      foot={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" kind="primary" disabled={isBusy || Object.keys(more).length === 0}>
            Raise
          </Button>
        </>
      }
    >
      <p>
        Of <ActorLink path={budget.path} />. What is given can’t be taken back.
      </p>
      {lines.map(({ dimension, limit = 0, left }) => (
        <Field
          key={dimension}
          label={`More ${wordsOf(dimension)}`}
          hint={`The limit is ${amountText(dimension, limit)}; ${amountText(dimension, Math.max(left ?? 0, 0))} are left.`}
        >
          {(ids) => (
            <input
              {...ids}
              className="input"
              type="number"
              min="0"
              step="any"
              inputMode="decimal"
              value={typed[dimension] ?? ''}
              onChange={(event) => setTyped({ ...typed, [dimension]: event.target.value })}
            />
          )}
        </Field>
      ))}
    </Dialog>
  )
}

function amountsOf(typed: Readonly<Record<string, string>>): Readonly<Record<string, number>> {
  return Object.fromEntries(
    Object.entries(typed)
      .map(([dimension, text]) => [dimension, Number(text)] as const)
      .filter(([, amount]) => Number.isFinite(amount) && amount > 0),
  )
}

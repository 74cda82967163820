/** Taking a peer as it is: what that gives up, and a reason for the audit trail. */
import { type ReactNode, useState } from 'react'
import type { ToldPeer } from '../../control/protocol/links.js'
import { useConsole } from '../app/console-context.js'
import { Button } from '../parts/button.js'
import { Dialog } from '../parts/dialog.js'
import { plainLine } from '../parts/plain.js'
import { ReasonField } from '../parts/reason-field.js'

interface ResetDialogProps {
  readonly link: ToldPeer
  readonly onClose: () => void
  readonly onDone: () => void
}

export function ResetDialog({ link, onClose, onDone }: ResetDialogProps): ReactNode {
  const { api, toasts } = useConsole()
  const [reason, setReason] = useState('')
  const [isBusy, setIsBusy] = useState(false)
  const reset = async (): Promise<void> => {
    setIsBusy(true)
    const said = reason.trim()
    try {
      await api.post('links/reset', { peer: link.peer, ...(said !== '' && { reason: said }) })
      toasts.done(`${plainLine(link.peer, 100)} is taken as it is.`)
      onDone()
      onClose()
    } catch (error) {
      toasts.failed('The link is as it was.', error)
      setIsBusy(false)
    }
  }
  return (
    <Dialog
      title={`Take ${plainLine(link.peer, 60)} as it is?`}
      onClose={onClose}
      onSubmit={() => void reset()}
      foot={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" kind="danger" disabled={isBusy}>
            Take it as it is
          </Button>
        </>
      }
    >
      <p>
        For a peer whose store was restored or replaced: what it says it has received counts as confirmed, and the rest
        goes on behind that. Events in between may be lost, or handled twice. A link that is up needs none of this.
      </p>
      <ReasonField hint="Kept in the audit trail." reason={reason} onChange={setReason} />
    </Dialog>
  )
}

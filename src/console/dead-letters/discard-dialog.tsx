/** Discarding can't be taken back: it is asked once more. */
import type { ReactNode } from 'react'
import { many } from '../parts/amounts.js'
import { Button } from '../parts/button.js'
import { Dialog } from '../parts/dialog.js'

interface DiscardDialogProps {
  readonly count: number
  readonly onClose: () => void
  readonly onDiscard: () => void
}

export function DiscardDialog({ count, onClose, onDiscard }: DiscardDialogProps): ReactNode {
  return (
    <Dialog
      title={`Discard ${many(count, 'dead letter')}?`}
      onClose={onClose}
      onSubmit={onDiscard}
      foot={
        <>
          <Button onClick={onClose}>Keep</Button>
          <Button type="submit" kind="danger">
            Discard
          </Button>
        </>
      }
    >
      <p>They are deleted from the store for good. Whoever sent them is not told.</p>
    </Dialog>
  )
}

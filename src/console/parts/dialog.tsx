/**
 * A dialog over the page: the browser's own, so that the focus stays in it, Escape closes it, and it goes back to where it was.
 * It is there for as long as it is rendered.
 */
import { type FormEvent, type ReactNode, useEffect, useId, useRef } from 'react'
import { Button } from './button.js'
import './dialog.css'

interface DialogProps {
  readonly title: string
  readonly onClose: () => void
  readonly children: ReactNode
  /** Buttons at its foot; a button of type `submit` calls `onSubmit`. */
  readonly foot?: ReactNode
  readonly onSubmit?: () => void
}

export function Dialog({ title, onClose, children, foot, onSubmit }: DialogProps): ReactNode {
  const ref = useModal()
  const id = useId()
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    onSubmit?.()
  }
  return (
    <dialog
      ref={ref}
      className="dialog"
      aria-labelledby={id}
      onCancel={(event) => cancel(event, onClose)}
      onMouseDown={(event) => outside(event, onClose)}
    >
      <form method="dialog" onSubmit={submit}>
        <header className="dialog-head">
          <h2 id={id}>{title}</h2>
          <Button kind="quiet" icon="close" label="Close" isSmall onClick={onClose} />
        </header>
        <div className="dialog-body">{children}</div>
        {foot !== undefined && <footer className="dialog-foot">{foot}</footer>}
      </form>
    </dialog>
  )
}

const FIELDS = 'input, textarea, select'

/** For dialogs with another look. The focus is in the first field; without one on the first button of the foot: the safe one. */
export function useModal(): React.RefObject<HTMLDialogElement | null> {
  const ref = useRef<HTMLDialogElement>(null)
  useEffect(() => {
    const dialog = ref.current
    const before = document.activeElement
    if (dialog !== null && !dialog.open) dialog.showModal()
    const first =
      dialog?.querySelector<HTMLElement>(FIELDS) ?? dialog?.querySelector<HTMLElement>('.dialog-foot button')
    first?.focus()
    return () => {
      dialog?.close()
      if (before instanceof HTMLElement && before.isConnected) before.focus()
    }
  }, [])
  return ref
}

export function cancel(event: { preventDefault(): void }, onClose: () => void): void {
  event.preventDefault()
  onClose()
}

/** A press on the ground behind the dialog hits the dialog itself. */
export function outside(event: { target: unknown; currentTarget: unknown }, onClose: () => void): void {
  if (event.target === event.currentTarget) onClose()
}

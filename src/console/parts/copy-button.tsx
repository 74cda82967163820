/** Puts a text into the clipboard, and says so. */
import type { ReactNode } from 'react'
import { useConsole } from '../app/console-context.js'
import { Button } from './button.js'

interface CopyButtonProps {
  readonly text: string
  /** What is copied: `Copy the address`. */
  readonly label: string
  readonly isSmall?: boolean
}

export function CopyButton({ text, label, isSmall = true }: CopyButtonProps): ReactNode {
  const { toasts } = useConsole()
  const copy = (): void => {
    copied(text).then(
      () => toasts.done('Copied.'),
      (error: unknown) => toasts.failed('It can’t be copied.', error),
    )
  }
  return <Button kind="quiet" icon="copy" label={label} isSmall={isSmall} onClick={copy} />
}

/** Pages without TLS, other than on this machine, have no clipboard of their own. */
async function copied(text: string): Promise<void> {
  if (navigator.clipboard === undefined) throw new Error('The browser allows that on https and localhost only.')
  await navigator.clipboard.writeText(text)
}

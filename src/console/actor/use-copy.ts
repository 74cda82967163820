/** Puts a text into the clipboard, and says so. */
import { useCallback } from 'react'
import { useConsole } from '../app/console-context.js'

/** `what` begins the sentence that says so: `The path`. */
export type Copy = (text: Promise<string> | string, what: string) => void

export function useCopy(): Copy {
  const { toasts } = useConsole()
  return useCallback(
    (text, what) => {
      Promise.resolve(text)
        .then(written)
        .then(
          () => toasts.done(`${what} is in the clipboard.`),
          (error: unknown) => toasts.failed('It can’t be copied.', error),
        )
    },
    [toasts],
  )
}

/** Pages without TLS, other than on this machine, have no clipboard of their own. */
async function written(text: string): Promise<void> {
  if (navigator.clipboard === undefined) throw new Error('The browser allows that on https and localhost only.')
  await navigator.clipboard.writeText(text)
}

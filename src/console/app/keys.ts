/**
 * Keys that act wherever the focus is, but for fields and dialogs.
 *
 * A key is named as the keyboard event has it (`j`, `?`, `ArrowDown`), with `mod+` for Ctrl or Cmd.
 */
import { useEffect, useRef } from 'react'

export type Keys = Readonly<Record<string, (event: KeyboardEvent) => void>>

const FIELD = 'input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable=true]'
/** What Enter and space mean something to by themselves. */
const PRESSED = 'a, button, input, summary, [role=tab], [role=option]'

export function useKeys(keys: Keys, isOn = true): void {
  const newest = useRef(keys)
  newest.current = keys
  useEffect(() => {
    if (!isOn) return
    const press = (event: KeyboardEvent): void => {
      if (event.defaultPrevented || event.altKey || event.isComposing) return
      const isModified = event.metaKey || event.ctrlKey
      const name = isModified ? `mod+${event.key.toLowerCase()}` : event.key
      const action = newest.current[name]
      if (action === undefined || (!isModified && isTaken(event))) return
      event.preventDefault()
      action(event)
    }
    window.addEventListener('keydown', press)
    return () => window.removeEventListener('keydown', press)
  }, [isOn])
}

function isTaken({ target, key }: KeyboardEvent): boolean {
  if (!(target instanceof Element)) return false
  if (target.closest('dialog') !== null || target.closest(FIELD) !== null) return true
  if (target.closest('[role=tablist]') !== null && key.startsWith('Arrow')) return true
  return (key === 'Enter' || key === ' ') && target.closest(PRESSED) !== null
}

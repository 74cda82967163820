/** The box over a list that selects all of it; it shows a line if only some are selected. */
import { type ReactNode, useEffect, useRef } from 'react'
import type { Selection } from './use-selection.js'

export function CheckAll({ selection, label }: { readonly selection: Selection; readonly label: string }): ReactNode {
  const ref = useRef<HTMLInputElement>(null)
  const { all } = selection
  useEffect(() => {
    if (ref.current !== null) ref.current.indeterminate = all === 'some'
  }, [all])
  return (
    <input
      ref={ref}
      type="checkbox"
      aria-label={label}
      checked={all === 'all'}
      onChange={() => selection.toggleAll()}
    />
  )
}

/** Which entries of a list are selected; those that leave the list leave the selection. */
import { useMemo, useState } from 'react'

export interface Selection {
  readonly ids: readonly string[]
  has(id: string): boolean
  toggle(id: string): void
  /** All, or none if all are. */
  toggleAll(): void
  clear(): void
  readonly all: 'all' | 'some' | 'none'
}

export function useSelection(listed: readonly string[]): Selection {
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set())
  return useMemo(() => {
    const ids = listed.filter((id) => chosen.has(id))
    const all = ids.length === 0 ? 'none' : ids.length === listed.length ? 'all' : 'some'
    const toggle = (id: string): void =>
      setChosen((before) => {
        const next = new Set(before)
        if (!next.delete(id)) next.add(id)
        return next
      })
    return {
      ids,
      all,
      toggle,
      has: (id) => chosen.has(id),
      toggleAll: () => setChosen(all === 'all' ? new Set() : new Set(listed)),
      clear: () => setChosen(new Set()),
    }
  }, [listed, chosen])
}

/** Whether the window is as narrow as a phone: tables are lists then. The same bound is in the style sheets. */
import { useSyncExternalStore } from 'react'

const narrow = window.matchMedia('(max-width: 760px)')

export function useIsNarrow(): boolean {
  return useSyncExternalStore(subscribe, () => narrow.matches)
}

function subscribe(listener: () => void): () => void {
  narrow.addEventListener('change', listener)
  return () => narrow.removeEventListener('change', listener)
}

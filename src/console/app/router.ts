/** Which view is shown, as components use it. */
import { useSyncExternalStore } from 'react'
import { useConsole } from './console-context.js'
import type { Place } from './page-router.js'

export function usePlace(): Place {
  const { router } = useConsole()
  return useSyncExternalStore(router.subscribe, router.place)
}

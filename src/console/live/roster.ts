/** All actors as they are now, as components use them. */
import { useSyncExternalStore } from 'react'
import { useConsole } from '../app/console-context.js'
import type { RosterPicture } from './roster-picture.js'

/** A new object with each frame; its maps are alive and to be read only. */
export function useRoster(): RosterPicture {
  const { roster } = useConsole()
  return useSyncExternalStore(roster.subscribe, roster.picture)
}

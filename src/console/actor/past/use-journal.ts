/** The journal of an actor, kept as far as it was looked at. */
import { useEffect, useMemo, useRef, useSyncExternalStore } from 'react'
import type { JournalPage } from '../../../control/protocol/journal.js'
import { useConsole } from '../../app/console-context.js'
import { type Bounds, JournalStore } from './journal-store.js'

/** A journal that grows all the time is drawn anew only so often. */
const EVERY_MS = 500

export function useJournal(path: string, bounds: Bounds): JournalStore {
  const { api } = useConsole()
  // biome-ignore lint/correctness/useExhaustiveDependencies: another end is no other journal.
  const journal = useMemo(
    () => new JournalStore((from, limit) => api.get<JournalPage>('actor/journal', { path, from, limit }), bounds),
    [api, path],
  )
  const { first, last } = bounds
  const grownMs = useRef(0)
  useEffect(() => {
    const waitMs = Math.max(0, grownMs.current + EVERY_MS - Date.now())
    const timer = window.setTimeout(() => {
      grownMs.current = Date.now()
      journal.grow({ first, last })
    }, waitMs)
    return () => window.clearTimeout(timer)
  }, [journal, first, last])
  useSyncExternalStore(journal.subscribe, journal.version)
  return journal
}

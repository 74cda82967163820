/**
 * Going through the past of an actor: which record is shown, steps, playing, and looking for a record that stands out. The record
 * is in the address, so that it can be linked to; going back by the browser leaves the past.
 */
import { useCallback, useEffect, useRef, useState } from 'react'
import type { JournalRow } from '../../../control/protocol/journal.js'
import { useConsole } from '../../app/console-context.js'
import { usePlace } from '../../app/router.js'
import type { JournalStore } from './journal-store.js'
import { isFailure, isMove } from './records.js'

/** Records a second. */
export const SPEEDS = [1, 2, 5, 10, 30] as const

export interface Travel {
  /** Undefined: now. */
  readonly at: number | undefined
  readonly go: (seqNr: number) => void
  readonly live: () => void
  readonly step: (by: 1 | -1) => void
  readonly move: (by: 1 | -1) => void
  readonly failure: (by: 1 | -1) => void
  readonly isPlaying: boolean
  readonly speed: number
  readonly setSpeed: (speed: number) => void
  readonly play: (on: boolean) => void
  /** Where a search is on its way, if there is one. */
  readonly searching: { readonly what: string; readonly seqNr: number } | undefined
  readonly stopSearch: () => void
}

/** `isThere`: whether what is shown at `at` has come, so that playing can go on. */
export function useTravel(path: string, at: number | undefined, journal: JournalStore, isThere: boolean): Travel {
  const { router, toasts } = useConsole()
  const { query } = usePlace()
  const tab = query.get('tab')
  const [isPlaying, setIsPlaying] = useState(false)
  const [speed, setSpeed] = useState<number>(2)
  const [searching, setSearching] = useState<Travel['searching']>()
  const search = useRef<AbortController>(undefined)
  const { first, last } = journal.bounds

  const go = useCallback(
    (seqNr: number) => {
      const to = Math.min(Math.max(seqNr, first), last)
      router.go({ view: 'actor', path, at: to }, tab === null ? {} : { tab }, at !== undefined)
    },
    [router, path, at, first, last, tab],
  )
  const live = useCallback(() => {
    setIsPlaying(false)
    router.go({ view: 'actor', path }, tab === null ? {} : { tab })
  }, [router, path, tab])
  const from = at ?? last + 1
  const step = (by: 1 | -1): void => {
    setIsPlaying(false)
    if (from + by > last) live()
    else go(from + by)
  }
  const find = async (by: 1 | -1, what: string, isSo: (row: JournalRow) => boolean): Promise<void> => {
    setIsPlaying(false)
    search.current?.abort()
    const abort = new AbortController()
    search.current = abort
    try {
      const onWay = (seqNr: number): void => setSearching({ what, seqNr })
      const found = await journal.find(from, by, isSo, { signal: abort.signal, onWay })
      if (abort.signal.aborted) return
      if (found === undefined) toasts.done(`There is no ${what} ${by < 0 ? 'before' : 'after'} this.`)
      else go(found)
    } catch (error) {
      if (!abort.signal.aborted) toasts.failed('The journal can’t be searched.', error)
    }
    setSearching(undefined)
  }
  const stopSearch = (): void => {
    search.current?.abort()
    setSearching(undefined)
  }
  const play = (on: boolean): void => {
    if (on && at === undefined) go(first)
    else if (on && at === last) go(first)
    setIsPlaying(on)
  }
  usePlaying({ isOn: isPlaying && isThere, at, last, speed, go, end: () => setIsPlaying(false) })
  useEffect(() => () => search.current?.abort(), [])
  return {
    at,
    go,
    live,
    step,
    move: (by) => void find(by, 'change of state', isMove),
    failure: (by) => void find(by, 'failure', isFailure),
    isPlaying,
    speed,
    setSpeed,
    play,
    searching,
    stopSearch,
  }
}

interface Playing {
  /** Playing, and the present moment is shown. */
  readonly isOn: boolean
  readonly at: number | undefined
  readonly last: number
  readonly speed: number
  readonly go: (seqNr: number) => void
  readonly end: () => void
}

function usePlaying({ isOn, at, last, speed, go, end }: Playing): void {
  const newest = useRef({ go, end })
  newest.current = { go, end }
  const shownMs = useRef(0)
  useEffect(() => {
    if (!isOn || at === undefined) return
    // The time that the moment took to come is part of the step.
    const waitMs = Math.max(0, 1_000 / speed - (Date.now() - shownMs.current))
    const timer = window.setTimeout(() => {
      shownMs.current = Date.now()
      if (at >= last) newest.current.end()
      else newest.current.go(at + 1)
    }, waitMs)
    return () => window.clearTimeout(timer)
  }, [isOn, at, last, speed])
}

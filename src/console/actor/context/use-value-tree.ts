/** The context of an actor as a tree, now or after a record. */
import { useEffect, useMemo, useRef, useState, useSyncExternalStore } from 'react'
import type { ValueSlice } from '../../../control/protocol/value.js'
import { type ApiError, asApiError } from '../../api/api-error.js'
import { useConsole } from '../../app/console-context.js'
import { type TreeRow, ValueTree } from './value-tree.js'

/** Between two times that a living context is read again. */
const EVERY_MS = 400
/** And between two moments of the past that are stepped through. */
const EVERY_STEP_MS = 120

export interface ShownTree {
  readonly tree: ValueTree
  readonly rows: readonly TreeRow[]
  readonly problem: ApiError | undefined
  readonly retry: () => void
}

/** `at` undefined: as it is now, read again with every `beat`. */
export function useValueTree(path: string, root: string, at: number | undefined, beat: number): ShownTree {
  const { api } = useConsole()
  const tree = useMemo(
    () => new ValueTree(root, (ask) => api.get<ValueSlice>('actor/value', { path, ...ask })),
    [api, path, root],
  )
  const rows = useSyncExternalStore(tree.subscribe, tree.rows)
  const [round, setRound] = useState(0)
  const lastMs = useRef(0)
  const reading = useRef(0)
  const [again, setAgain] = useState(0)
  const newest = useRef({ at, beat })
  newest.current = { at, beat }
  // biome-ignore lint/correctness/useExhaustiveDependencies: a beat, a round or the end of a reading is a reason to read again.
  useEffect(() => {
    // A living context that changes faster than it is read is read again when that has ended.
    if (reading.current > 0 && at === undefined) return
    const everyMs = at === undefined ? EVERY_MS : EVERY_STEP_MS
    const timer = window.setTimeout(
      () => {
        lastMs.current = Date.now()
        reading.current++
        const since = at === undefined ? tree.seqNr : Math.max(0, at - 1)
        void tree.show({ at, since }).finally(() => {
          reading.current--
          if (newest.current.at !== at || newest.current.beat !== beat) setAgain((before) => before + 1)
        })
      },
      Math.max(0, lastMs.current + everyMs - Date.now()),
    )
    return () => window.clearTimeout(timer)
  }, [tree, at, beat, round, again])
  return {
    tree,
    rows,
    problem: rows.length === 0 && tree.problem !== undefined ? asApiError(tree.problem) : undefined,
    retry: () => setRound((before) => before + 1),
  }
}

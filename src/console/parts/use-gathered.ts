/** Calls once for all calls within `gatherMs`. */
import { useCallback, useEffect, useRef } from 'react'

export function useGathered(act: () => void, gatherMs: number): () => void {
  const timer = useRef<number>(undefined)
  const newest = useRef(act)
  newest.current = act
  useEffect(
    () => () => {
      window.clearTimeout(timer.current)
      timer.current = undefined
    },
    [],
  )
  return useCallback(() => {
    timer.current ??= window.setTimeout(() => {
      timer.current = undefined
      newest.current()
    }, gatherMs)
  }, [gatherMs])
}

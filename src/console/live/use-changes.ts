/** Reads a list again when the node says that it has changed, and after a lost connection, when nobody could say so. */
import { useEffect, useRef } from 'react'
import type { Topic } from '../../control/protocol/live.js'
import { useGathered } from '../parts/use-gathered.js'
import { useLiveStatus, useTopic } from './live.js'

type Listed = Extract<Topic, { topic: 'changes' }>['of'][number]

/** Many changes at once are one. */
const GATHER_MS = 250

export function useChanges(of: readonly Listed[], onChange: () => void): void {
  const soon = useGathered(onChange, GATHER_MS)
  useTopic({ topic: 'changes', of: [...of] }, ({ kind }) => {
    if (kind === 'changed') soon()
  })
  useAgain(onChange)
}

/** Each time that the connection is back. */
export function useAgain(onBack: () => void): void {
  const { kind } = useLiveStatus()
  const wasLost = useRef(false)
  const newest = useRef(onBack)
  newest.current = onBack
  useEffect(() => {
    if (kind === 'waiting') wasLost.current = true
    if (kind !== 'open' || !wasLost.current) return
    wasLost.current = false
    newest.current()
  }, [kind])
}

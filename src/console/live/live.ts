/** The live socket as components use it: how it stands, and the frames of a topic for as long as they are there. */
import { useEffect, useRef, useSyncExternalStore } from 'react'
import type { Topic } from '../../control/protocol/live.js'
import { useConsole } from '../app/console-context.js'
import type { LiveStatus, Sink } from './live-socket.js'

export function useLiveStatus(): LiveStatus {
  const { live } = useConsole()
  return useSyncExternalStore(live.onStatus, live.status)
}

/** The frames of a topic, for as long as the component is there. `undefined`: none. */
export function useTopic(to: Topic | undefined, sink: Sink): void {
  const { live } = useConsole()
  const key = to === undefined ? undefined : JSON.stringify(to)
  const newest = useRef(sink)
  newest.current = sink
  useEffect(() => {
    if (key === undefined) return
    return live.subscribe(JSON.parse(key) as Topic, (frame) => newest.current(frame))
  }, [live, key])
}

/** The figures of the node, as components use them. */
import { useSyncExternalStore } from 'react'
import type { Pulse } from '../../control/protocol/live.js'
import { useConsole } from '../app/console-context.js'

export function usePulse(): Pulse | undefined {
  const { pulses } = useConsole()
  return useSyncExternalStore(pulses.subscribe, pulses.newest)
}

/** Oldest first. */
export function usePulses(): readonly Pulse[] {
  const { pulses } = useConsole()
  return useSyncExternalStore(pulses.subscribe, pulses.all)
}

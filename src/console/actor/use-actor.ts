/** One actor as it is now: read once, then kept up by the live socket. */
import { useState } from 'react'
import type { ActorDetail } from '../../control/protocol/actors.js'
import { ApiError } from '../api/api-error.js'
import { useResource } from '../api/resource.js'
import { useTopic } from '../live/live.js'

export interface WatchedActor {
  readonly actor: ActorDetail | undefined
  readonly problem: ApiError | undefined
  /** It was there, and has been deleted or forgotten. */
  readonly isGone: boolean
  /** Counts up when its context may have changed. */
  readonly contextBeat: number
  readonly reload: () => void
}

interface Heard {
  readonly actor?: ActorDetail | undefined
  readonly isGone: boolean
  readonly contextBeat: number
  readonly problem?: ApiError | undefined
}

export function useActor(path: string): WatchedActor {
  const first = useResource<ActorDetail>('actor', { path })
  const [heard, setHeard] = useState<Heard>({ isGone: false, contextBeat: 0 })
  useTopic({ topic: 'actor', path }, (frame) => {
    if (frame.kind === 'refused') {
      const { code, message, details } = frame.error
      setHeard((before) => ({ ...before, problem: new ApiError(400, code, message, details) }))
    }
    if (frame.kind !== 'actor') return
    const { actor, contextChanged } = frame
    setHeard((before) => ({
      actor: actor ?? before.actor,
      isGone: actor === undefined,
      contextBeat: before.contextBeat + (contextChanged ? 1 : 0),
    }))
  })
  const actor = heard.actor ?? first.data
  return {
    actor,
    problem: actor === undefined ? (first.problem ?? heard.problem) : undefined,
    isGone: heard.isGone,
    contextBeat: heard.contextBeat,
    reload: first.reload,
  }
}

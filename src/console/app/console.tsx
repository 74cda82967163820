/** The whole page: a view in its frame for who is signed in, else what is needed for that. */
import { type ReactNode, useEffect } from 'react'
import { useSessionState } from '../api/session.js'
import { Loading } from '../parts/loading.js'
import { Toasts } from '../parts/toasts.js'
import { SessionContext, useConsole } from './console-context.js'
import { Frame } from './frame.js'
import { SignIn, Unreachable } from './sign-in.js'
import { Views } from './views.js'

export function Console(): ReactNode {
  const { sessions, live } = useConsole()
  const state = useSessionState(sessions)
  const isIn = state.kind === 'in'
  useEffect(() => {
    if (!isIn) return
    live.start()
    return () => live.stop()
  }, [live, isIn])
  if (state.kind === 'opening') return <Loading what="Opening the console…" />
  if (state.kind === 'out') return <SignIn refused={state.refused} isOver={state.isOver} />
  if (state.kind === 'unreachable') return <Unreachable problem={state.problem} />
  return (
    <SessionContext value={state.session}>
      <Frame>
        <Views />
      </Frame>
      <Toasts />
    </SessionContext>
  )
}

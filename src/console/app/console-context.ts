/** What belongs to the page as a whole: made once in `main.tsx`, and found by every component. */
import { createContext, useContext } from 'react'
import type { Session } from '../../control/protocol/node.js'
import type { Api } from '../api/api.js'
import type { SessionDesk } from '../api/session.js'
import type { Live } from '../live/live-socket.js'
import type { PulseFeed } from '../live/pulse-feed.js'
import type { Roster } from '../live/roster-feed.js'
import type { Folds } from '../overview/folds.js'
import type { ToastRack } from '../parts/toast-rack.js'
import type { ThemeSwitch } from '../theme/theme.js'
import type { Router } from './page-router.js'

export interface ConsoleParts {
  readonly api: Api
  readonly live: Live
  readonly sessions: SessionDesk
  readonly pulses: PulseFeed
  readonly roster: Roster
  readonly folds: Folds
  readonly router: Router
  readonly themes: ThemeSwitch
  readonly toasts: ToastRack
}

export const ConsoleContext = createContext<ConsoleParts | undefined>(undefined)

export function useConsole(): ConsoleParts {
  const parts = useContext(ConsoleContext)
  if (parts === undefined) throw new Error('A part of the console stands outside of its ConsoleContext.')
  return parts
}

/** Of who looks; there is one wherever a view is shown. */
export const SessionContext = createContext<Session>({ role: 'viewer', node: '', version: '' })

export function useSession(): Session {
  return useContext(SessionContext)
}

/** Whether who looks may also act. */
export function useIsOperator(): boolean {
  return useSession().role === 'operator'
}

/** Whether what is shown is alive: a dot while it is, a bar with a countdown while it is not. */
import { type ReactNode, useEffect, useState } from 'react'
import { useLiveStatus } from '../live/live.js'
import type { LiveStatus } from '../live/live-socket.js'
import { durationText } from '../parts/amounts.js'
import { Button } from '../parts/button.js'
import { Icon } from '../parts/icon.js'
import { useNow } from '../parts/now.js'
import { useConsole } from './console-context.js'
import './connection-bar.css'

export function ConnectionDot(): ReactNode {
  const { kind } = useLiveStatus()
  return (
    <span className={`connection-dot connection-${kind}`}>
      {{ connecting: 'Connecting', open: 'Live', waiting: 'Reconnecting' }[kind]}
    </span>
  )
}

/** How long it says that it is back. */
const BACK_MS = 2_500

export function ConnectionBar(): ReactNode {
  const status = useLiveStatus()
  const isBack = useIsBack(status)
  return (
    <div className="connection-place" role="status">
      {status.kind === 'waiting' && <Lost status={status} />}
      {isBack && (
        <div className="connection-bar connection-bar-back">
          <Icon name="check" /> Connected again: what you see is up to date.
        </div>
      )}
    </div>
  )
}

function Lost({ status }: { readonly status: Extract<LiveStatus, { kind: 'waiting' }> }): ReactNode {
  const { live } = useConsole()
  const now = useNow()
  const left = Math.ceil((status.retryAtMs - now) / 1_000)
  return (
    <div className="connection-bar">
      <Icon name="offline" />
      <span>
        <strong>Connection lost.</strong> What you see is as of {durationText(Math.max(now - status.sinceMs, 1_000))}{' '}
        ago. <span aria-hidden="true">{left > 0 ? `Reconnecting in ${left} s…` : 'Reconnecting…'}</span>
      </span>
      <Button isSmall onClick={() => live.retryNow()}>
        Reconnect now
      </Button>
    </div>
  )
}

function useIsBack({ kind }: LiveStatus): boolean {
  const [state, setState] = useState<'fine' | 'lost' | 'back'>('fine')
  useEffect(() => {
    if (kind === 'waiting') setState('lost')
    else if (kind === 'open') setState((before) => (before === 'lost' ? 'back' : before))
  }, [kind])
  useEffect(() => {
    if (state !== 'back') return
    const timer = window.setTimeout(() => setState('fine'), BACK_MS)
    return () => window.clearTimeout(timer)
  }, [state])
  return state === 'back'
}

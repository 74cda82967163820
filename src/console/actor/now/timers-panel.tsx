/** Timers of the actor, counting down. */
import type { ReactNode } from 'react'
import type { ActorDetail } from '../../../control/protocol/actors.js'
import { clockText, durationText } from '../../parts/amounts.js'
import { delayName, eventName } from '../../parts/event-name.js'
import { useNow } from '../../parts/now.js'
import { Panel } from '../../parts/panel.js'
import { plainLine } from '../../parts/plain.js'

type Timer = ActorDetail['timers'][number]

/** Nearer than this, tenths of a second are counted. */
const NEAR_MS = 10_000

interface TimersPanelProps {
  readonly timers: readonly Timer[]
  readonly isPaused: boolean
}

export function TimersPanel({ timers, isPaused }: TimersPanelProps): ReactNode {
  if (timers.length === 0) return null
  const sorted = [...timers].sort((a, b) => a.dueMs - b.dueMs)
  return (
    <Panel title="Timers" note={timers.length} isFlush>
      {isPaused && <p className="now-about">It is paused: a timer that falls due waits.</p>}
      <ul className="now-list">
        {sorted.map((timer) => (
          <li key={`${timer.event} ${timer.dueMs}`}>
            <span className="mono now-name">
              {timer.delay === undefined ? eventName(timer.event) : delayName(timer.delay)}
            </span>
            {timer.state !== undefined && <span className="faint">in {plainLine(timer.state, 200)}</span>}
            <TimeLeft dueMs={timer.dueMs} />
          </li>
        ))}
      </ul>
    </Panel>
  )
}

function TimeLeft({ dueMs }: { readonly dueMs: number }): ReactNode {
  const isNear = dueMs - Date.now() < NEAR_MS
  const now = useNow(isNear)
  const left = dueMs - now
  const text = left <= 0 ? 'due' : left < NEAR_MS ? `${(left / 1_000).toFixed(1)} s` : durationText(left)
  return (
    <span className="now-end mono" title={clockText(dueMs, now)}>
      {text}
    </span>
  )
}

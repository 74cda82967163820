/** How an actor stands, as a dot and as a word: never by colour alone. */
import type { ReactNode } from 'react'
import type { ActorRow } from '../../control/protocol/actors.js'
import { Badge } from './badge.js'
import './status.css'
import type { Tone } from './tone.js'

export type ShownStatus = ActorRow['status'] | 'paused'

const TONES: Readonly<Record<ShownStatus, Tone>> = {
  starting: 'accent',
  active: 'good',
  restarting: 'warn',
  done: 'idle',
  failed: 'bad',
  stopped: 'idle',
  quarantined: 'bad',
  missing: 'bad',
  paused: 'note',
}

const MEANINGS: Readonly<Record<ShownStatus, string>> = {
  starting: 'It is being started.',
  active: 'It takes events.',
  restarting: 'It has failed, and its supervisor starts it again.',
  done: 'Its machine has reached its final state.',
  failed: 'It has failed, and is not started again.',
  stopped: 'It was stopped.',
  quarantined: 'Its stored state can’t be read by the logic that is here: nothing of it is lost, nothing runs.',
  missing: 'It is stored, and its logic is not in the logic table.',
  paused: 'An operator holds it: mail, timers and results wait.',
}

/** Paused counts only while it would run otherwise. */
export function shownStatus({ status, isPaused }: Pick<ActorRow, 'status' | 'isPaused'>): ShownStatus {
  return isPaused && (status === 'active' || status === 'starting') ? 'paused' : status
}

function toneOf(status: ShownStatus): Tone {
  return TONES[status] ?? 'idle'
}

export function StatusDot({ status }: { readonly status: ShownStatus }): ReactNode {
  return (
    <span
      className={`status-dot status-${toneOf(status)} status-is-${status}`}
      title={MEANINGS[status]}
      aria-hidden="true"
    />
  )
}

export function StatusBadge({ status }: { readonly status: ShownStatus }): ReactNode {
  return (
    <Badge tone={toneOf(status)} title={MEANINGS[status]}>
      {status}
    </Badge>
  )
}

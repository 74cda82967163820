/** A word on a coloured ground: what kind of thing something is, how it stands. */
import type { ReactNode } from 'react'
import './badge.css'
import type { Tone } from './tone.js'

export function Badge({
  tone = 'idle',
  title,
  children,
}: {
  readonly tone?: Tone
  readonly title?: string
  readonly children: ReactNode
}): ReactNode {
  return (
    <span className={`badge badge-${tone}`} title={title}>
      {children}
    </span>
  )
}

/** How many of something wait; nothing for none. */
export function CountBadge({
  count,
  tone = 'accent',
  what,
}: {
  readonly count: number
  readonly tone?: Tone
  readonly what: string
}): ReactNode {
  if (count === 0) return null
  return (
    <span className={`count-badge badge-${tone}`}>
      {count > 999 ? '999+' : count}
      <span className="hidden"> {what}</span>
    </span>
  )
}

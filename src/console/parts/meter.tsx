/** A bar that fills up: what is used, and in stripes what is reserved and not used yet. Parts are from 0 to 1. */
import type { ReactNode } from 'react'
import './meter.css'

interface MeterProps {
  readonly used: number
  readonly open?: number
  /** What is measured, for who can't see it: `73 % of tokens used`. */
  readonly label: string
}

export function Meter({ used, open = 0, label }: MeterProps): ReactNode {
  const filled = Math.min(Math.max(used, 0), 1)
  const level = used >= 1 ? 'spent' : used + open >= 0.8 ? 'near' : 'fine'
  return (
    <span className={`meter meter-${level}`} role="img" aria-label={label} title={label}>
      <span className="meter-used" style={{ width: `${filled * 100}%` }} />
      {open > 0 && <span className="meter-open" style={{ width: `${Math.min(open, 1 - filled) * 100}%` }} />}
    </span>
  )
}

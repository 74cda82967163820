/** Times that stay right while one looks: `12 s ago`, `in 3 min`. */
import type { ReactNode } from 'react'
import { clockText, durationText } from './amounts.js'
import { useNow } from './now.js'

/** `atMs`: ms since the epoch. */
export function Ago({ atMs }: { readonly atMs: number }): ReactNode {
  const now = useNow()
  const ago = now - atMs
  return (
    <time dateTime={isoOf(atMs)} title={clockText(atMs, now)}>
      {ago < 1_500 ? 'now' : `${durationText(ago)} ago`}
    </time>
  )
}

/** `in 12 s`; `due` once it is over. */
export function Countdown({ toMs, over = 'due' }: { readonly toMs: number; readonly over?: string }): ReactNode {
  const now = useNow()
  const left = toMs - now
  return (
    <time dateTime={isoOf(toMs)} title={clockText(toMs, now)}>
      {left <= 0 ? over : `in ${durationText(left + 999)}`}
    </time>
  )
}

/** `14:03:09`. */
export function Clock({ atMs }: { readonly atMs: number }): ReactNode {
  return <time dateTime={isoOf(atMs)}>{clockText(atMs, Date.now())}</time>
}

/** A hostile time is no reason to fail. */
function isoOf(atMs: number): string {
  return Number.isFinite(atMs) && Math.abs(atMs) < 8.64e15 ? new Date(atMs).toISOString() : ''
}

/** The mark of Roscius: a supervisor and two below it. */
import type { ReactNode } from 'react'

export function Mark({ size = 22 }: { readonly size?: number }): ReactNode {
  return (
    <svg viewBox="0 0 32 32" width={size} height={size} aria-hidden="true">
      <rect width="32" height="32" rx="8" fill="#3557d6" />
      <g fill="none" stroke="#fff" strokeWidth="2.4" strokeLinecap="round">
        <path d="M16 9.500v5M16 14.500c0 3-6.500 2.500-6.500 6M16 14.500c0 3 6.500 2.500 6.500 6" />
      </g>
      <circle cx="16" cy="8" r="3" fill="#fff" />
      <circle cx="9.500" cy="23" r="3" fill="#fff" />
      <circle cx="22.500" cy="23" r="3" fill="#9fb4ff" />
    </svg>
  )
}

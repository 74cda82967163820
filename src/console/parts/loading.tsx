/** Something comes; where it takes less than a moment nothing is shown. */
import type { ReactNode } from 'react'
import './loading.css'

export function Loading({ what }: { readonly what: string }): ReactNode {
  return (
    <div className="loading" role="status">
      <span className="loading-bar" aria-hidden="true" />
      {what}
    </div>
  )
}

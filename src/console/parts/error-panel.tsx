/** A request that failed: what happened, by which code, and what can be done. */
import type { ReactNode } from 'react'
import type { ApiError } from '../api/api-error.js'
import { Button } from './button.js'
import './error-panel.css'
import { Icon } from './icon.js'
import { plain } from './plain.js'

interface ErrorPanelProps {
  /** What could not be done: `The approvals can’t be read.` */
  readonly what: string
  readonly problem: ApiError
  readonly onRetry?: () => void
}

export function ErrorPanel({ what, problem, onRetry }: ErrorPanelProps): ReactNode {
  return (
    <div className="error-panel" role="alert">
      <Icon name="fault" size={18} />
      <div className="error-panel-text">
        <strong>{what}</strong>
        <p>{plain(problem.message)}</p>
        <p className="error-panel-hint">
          {hintOf(problem)} <code>{plain(problem.code, 100)}</code>
        </p>
      </div>
      {onRetry !== undefined && (
        <Button icon="retry" onClick={onRetry}>
          Try again
        </Button>
      )}
    </div>
  )
}

function hintOf({ status, code }: ApiError): string {
  if (code === 'UNREACHABLE') return 'Look whether its process still runs; the page goes on by itself when it is back.'
  if (status === 403) return 'Your token is one of a viewer: open the console with the URL of an operator.'
  if (status === 404) return 'It may have been deleted, or the address has a mistake.'
  if (status >= 500) return 'The log of the node says more.'
  return 'The reference of errors says more.'
}

/** The frame of a view: its heading, what it is about in a sentence, what can be done, and its content. */
import { type ReactNode, useEffect } from 'react'
import { useSession } from '../app/console-context.js'
import './view.css'

interface ViewProps {
  readonly title: ReactNode
  /** For the browser's tab. */
  readonly name: string
  readonly about?: ReactNode
  readonly actions?: ReactNode
  /** It fills the window, and parts of it scroll. */
  readonly isFull?: boolean
  readonly children: ReactNode
}

export function View({ title, name, about, actions, isFull, children }: ViewProps): ReactNode {
  const { node } = useSession()
  useEffect(() => {
    document.title = `${name} · ${node} · Roscius`
  }, [name, node])
  return (
    <div className={isFull ? 'view view-full' : 'view'}>
      <header className="view-head">
        <div className="view-title">
          <h1>{title}</h1>
          {about !== undefined && <p>{about}</p>}
        </div>
        {actions !== undefined && <div className="view-actions">{actions}</div>}
      </header>
      {children}
    </div>
  )
}

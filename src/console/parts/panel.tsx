/** A part of a view on its own ground, with a heading and what can be done about the whole of it. */
import { type ReactNode, useId } from 'react'
import './panel.css'

interface PanelProps {
  readonly title: ReactNode
  /** Beside the title: how many there are. */
  readonly note?: ReactNode
  readonly actions?: ReactNode
  readonly className?: string
  /** Its content reaches its edges: tables, lists. */
  readonly isFlush?: boolean
  readonly children: ReactNode
}

export function Panel({ title, note, actions, className, isFlush, children }: PanelProps): ReactNode {
  const id = useId()
  return (
    <section className={`panel ${className ?? ''}`} aria-labelledby={id}>
      <header className="panel-head">
        <h2 id={id}>{title}</h2>
        {note !== undefined && <span className="panel-note">{note}</span>}
        <div className="panel-actions">{actions}</div>
      </header>
      <div className={isFlush ? 'panel-flush' : 'panel-body'}>{children}</div>
    </section>
  )
}

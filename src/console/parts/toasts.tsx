/** Short words about what has just been done, at the edge of the page; errors stay until they are closed. */
import { type ReactNode, useSyncExternalStore } from 'react'
import { useConsole } from '../app/console-context.js'
import { Button } from './button.js'
import { Icon } from './icon.js'
import { plain } from './plain.js'
import './toasts.css'

export function Toasts(): ReactNode {
  const { toasts } = useConsole()
  const all = useSyncExternalStore(toasts.subscribe, toasts.all)
  return (
    <div className="toasts" role="status" aria-live="polite">
      {all.map(({ id, tone, text }) => (
        <div key={id} className={`toast toast-${tone}`}>
          <Icon name={tone === 'good' ? 'check' : 'fault'} />
          <span>{plain(text, 1_000)}</span>
          <Button kind="quiet" icon="close" label="Close" isSmall onClick={() => toasts.close(id)} />
        </div>
      ))}
    </div>
  )
}

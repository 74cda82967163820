/** Promises, callbacks, observables and machines that run in the actor. */
import type { ReactNode } from 'react'
import type { ActorDetail } from '../../../control/protocol/actors.js'
import { Badge } from '../../parts/badge.js'
import { Panel } from '../../parts/panel.js'
import { plainLine } from '../../parts/plain.js'

export function EffectsPanel({ effects }: { readonly effects: ActorDetail['effects'] }): ReactNode {
  if (effects.length === 0) return null
  return (
    <Panel title="Effects running" note={effects.length} isFlush>
      <ul className="now-list">
        {effects.map(({ id, src, effectId, attempt, status, settles }) => (
          <li key={effectId ?? id}>
            <span className="mono now-name">{plainLine(src, 200)}</span>
            {id !== src && <span className="faint">{plainLine(id, 200)}</span>}
            <span className="now-end">
              {attempt > 1 && <Badge tone="warn">attempt {attempt}</Badge>}{' '}
              <Badge tone="accent" title={settles ? 'It ends with a result.' : 'It goes on until it is stopped.'}>
                {plainLine(status, 40)}
              </Badge>
            </span>
          </li>
        ))}
      </ul>
    </Panel>
  )
}

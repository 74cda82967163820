/** Actors below this one. */
import type { ReactNode } from 'react'
import type { ActorRow } from '../../../control/protocol/actors.js'
import { ActorLink } from '../../parts/actor-link.js'
import { countText } from '../../parts/amounts.js'
import { Badge } from '../../parts/badge.js'
import { Panel } from '../../parts/panel.js'
import { StateLine } from '../../parts/state-line.js'
import { StatusDot, shownStatus } from '../../parts/status.js'

/** More than these are not drawn; the overview shows them all. */
const SHOWN = 200

export function ChildrenPanel({ rows }: { readonly rows: readonly ActorRow[] }): ReactNode {
  if (rows.length === 0) return null
  return (
    <Panel title="Children" note={countText(rows.length)} isFlush>
      <ul className="about-children">
        {rows.slice(0, SHOWN).map((row) => (
          <li key={row.path}>
            <StatusDot status={shownStatus(row)} />
            <ActorLink path={row.path} isShort />
            <span className="hidden">{shownStatus(row)}</span>
            <StateLine state={row.state} />
            {row.restarts > 0 && <Badge tone="warn">{row.restarts}× restarted</Badge>}
          </li>
        ))}
      </ul>
      {rows.length > SHOWN && (
        <p className="now-none">and {countText(rows.length - SHOWN)} more: the overview lists all.</p>
      )}
    </Panel>
  )
}

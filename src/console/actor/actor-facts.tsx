/** Under the title: how the actor stands, in a line. */
import type { ReactNode } from 'react'
import type { ActorDetail } from '../../control/protocol/actors.js'
import { Link } from '../app/link.js'
import { countText, many, rateText } from '../parts/amounts.js'
import { Badge } from '../parts/badge.js'
import { plainLine } from '../parts/plain.js'
import { StateLine } from '../parts/state-line.js'
import { StatusBadge, shownStatus } from '../parts/status.js'
import './actor-facts.css'

export function ActorFacts({ actor: { row, version } }: { readonly actor: ActorDetail }): ReactNode {
  return (
    <span className="actor-facts">
      <StatusBadge status={shownStatus(row)} />
      <StateLine state={row.state} />
      <span>
        <Link to={{ view: 'machine', logic: row.logic }}>{plainLine(row.logic, 100)}</Link>
        {version !== undefined && <span className="faint"> {plainLine(version, 60)}</span>}
      </span>
      <span className="faint">{row.durability}</span>
      {!row.isInMemory && <span className="faint">not in memory</span>}
      <span className="faint">record {countText(row.seqNr)}</span>
      {row.rate > 0 && <span className="faint">{rateText(row.rate)} events/s</span>}
      {row.restarts > 0 && <Badge tone="warn">{many(row.restarts, 'restart')}</Badge>}
      {row.approvals > 0 && (
        <Link to={{ view: 'approvals' }} query={{ path: row.path }}>
          <Badge tone="note">{many(row.approvals, 'approval')} waiting</Badge>
        </Link>
      )}
    </span>
  )
}

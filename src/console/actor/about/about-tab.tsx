/** What the actor is: its address, its budget, who is below it, what its brain decided. */
import type { ReactNode } from 'react'
import type { ActorDetail } from '../../../control/protocol/actors.js'
import { Link } from '../../app/link.js'
import { CopyButton } from '../../parts/copy-button.js'
import { Facts } from '../../parts/facts.js'
import { Panel } from '../../parts/panel.js'
import { plain, plainLine } from '../../parts/plain.js'
import { BudgetPanel } from './budget-panel.js'
import { ChildrenPanel } from './children-panel.js'
import './about-tab.css'

export function AboutTab({ actor }: { readonly actor: ActorDetail }): ReactNode {
  const { row, address, version, chart, children, journal } = actor
  return (
    <div className="about-tab">
      <ChildrenPanel rows={children} />
      <BudgetPanel path={row.path} version={row.seqNr} />
      <Panel title="What it is">
        <Facts
          facts={[
            [
              'Address',
              <span key="address" className="about-address">
                <span className="mono">{plain(address, 2_000)}</span>
                <CopyButton text={address} label="Copy the address" />
              </span>,
            ],
            [
              'Logic',
              <Link key="logic" to={{ view: 'machine', logic: row.logic }}>
                {plainLine(row.logic, 200)}
              </Link>,
            ],
            ['Version', version === undefined ? undefined : plainLine(version, 100)],
            [
              'Definition',
              chart === undefined ? undefined : (
                <span key="chart" className="mono">
                  {plainLine(chart, 80)}
                </span>
              ),
            ],
            ['Durability', row.durability],
            ['Supervisor', row.isSupervisor ? 'yes' : undefined],
            ['In memory', row.isInMemory ? 'yes' : 'no: its next event brings it back'],
            ['Restarts', row.restarts],
            ['Journal', journal === undefined ? 'none is kept' : `records ${journal.first} to ${journal.last}`],
          ]}
        />
      </Panel>
    </div>
  )
}

/** The state machines of the logic table. */
import type { ReactNode } from 'react'
import type { MachineRow } from '../../control/protocol/chart.js'
import { useResource } from '../api/resource.js'
import { Link } from '../app/link.js'
import { countText } from '../parts/amounts.js'
import { Empty } from '../parts/empty.js'
import { ErrorPanel } from '../parts/error-panel.js'
import { Loading } from '../parts/loading.js'
import { Panel } from '../parts/panel.js'
import { plainLine } from '../parts/plain.js'
import { View } from '../parts/view.js'
import './machines-view.css'

export function MachinesView(): ReactNode {
  const { data, problem, reload } = useResource<{ readonly machines: readonly MachineRow[] }>('machines')
  return (
    <View
      title="Machines"
      name="Machines"
      about="The statecharts that actors of this node can run, and what of them was seen at work."
    >
      {problem !== undefined && data === undefined && (
        <ErrorPanel what="The machines can’t be read." problem={problem} onRetry={reload} />
      )}
      {data === undefined && problem === undefined && <Loading what="Reading the machines…" />}
      {data?.machines.length === 0 && (
        <Empty icon="machines" title="No machines">
          <p>The logic table of this system has no state machine. Give createSystem one: its chart appears here.</p>
        </Empty>
      )}
      {data !== undefined && data.machines.length > 0 && <MachineTable machines={data.machines} />}
    </View>
  )
}

function MachineTable({ machines }: { readonly machines: readonly MachineRow[] }): ReactNode {
  const hasVersions = machines.some(({ version }) => version !== undefined)
  return (
    <Panel title="State machines" note={machines.length} isFlush>
      <div className="machine-scroll">
        <table className="machine-table">
          <thead>
            <tr>
              <th scope="col">Logic</th>
              {hasVersions && <th scope="col">Version</th>}
              <th scope="col" className="number">
                States
              </th>
              <th scope="col" className="number">
                Transitions
              </th>
              <th scope="col" className="number">
                Actors
              </th>
            </tr>
          </thead>
          <tbody>
            {machines.map(({ logic, version, chart, states, transitions, actors }) => (
              <tr key={`${logic} ${chart}`}>
                <th scope="row">
                  <Link to={{ view: 'machine', logic }}>{plainLine(logic, 120)}</Link>
                </th>
                {hasVersions && <td className="mono">{version === undefined ? '' : plainLine(version, 60)}</td>}
                <td className="number">{countText(states)}</td>
                <td className="number">{countText(transitions)}</td>
                <td className="number">{countText(actors)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Panel>
  )
}

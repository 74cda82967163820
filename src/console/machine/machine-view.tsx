/** One machine: its statechart with what of it was seen, and the actors that run it. */
import { type ReactNode, useMemo, useState } from 'react'
import type { MachineRow } from '../../control/protocol/chart.js'
import type { ToldCoverage } from '../../control/protocol/lists.js'
import { useResource } from '../api/resource.js'
import { useConsole } from '../app/console-context.js'
import { useChart } from '../chart/chart-cache.js'
import { PLAIN_ARROW, PLAIN_STATE } from '../chart/chart-looks.js'
import type { ChartModel } from '../chart/chart-model.js'
import { ChartView } from '../chart/chart-view.js'
import { many } from '../parts/amounts.js'
import { Button } from '../parts/button.js'
import { Empty } from '../parts/empty.js'
import { ErrorPanel } from '../parts/error-panel.js'
import { Loading } from '../parts/loading.js'
import { plainLine } from '../parts/plain.js'
import { Tabs } from '../parts/tabs.js'
import { View } from '../parts/view.js'
import { ActorsOf } from './actors-of.js'
import { coverageLooks } from './coverage.js'
import { CoveragePanel } from './coverage-panel.js'
import './machine-view.css'

type Machines = { readonly machines: readonly MachineRow[] }
type Of = 'live' | 'journal'

/** With more actors their journals are read only when that is asked for. */
const FEW = 200

export function MachineView({ logic }: { readonly logic: string }): ReactNode {
  const { data, problem, reload } = useResource<Machines>('machines')
  const machine = data?.machines.find((row) => row.logic === logic)
  const name = plainLine(logic, 120)
  return (
    <View title={name} name={name} isFull={machine !== undefined} about={machine && <MachineFacts machine={machine} />}>
      {problem !== undefined && data === undefined && (
        <ErrorPanel what="The machines can’t be read." problem={problem} onRetry={reload} />
      )}
      {data === undefined && problem === undefined && <Loading what="Looking for the machine…" />}
      {data !== undefined && machine === undefined && <NoMachine logic={logic} />}
      {machine !== undefined && <MachineBody machine={machine} />}
    </View>
  )
}

function MachineFacts({
  machine: { version, states, transitions, actors },
}: {
  readonly machine: MachineRow
}): ReactNode {
  return (
    <span>
      {version !== undefined && <>version {plainLine(version, 60)} · </>}
      {many(states, 'state')} · {many(transitions, 'transition')} · {many(actors, 'actor')}
    </span>
  )
}

function NoMachine({ logic }: { readonly logic: string }): ReactNode {
  const { router } = useConsole()
  return (
    <>
      <Empty icon="machines" title="No statechart">
        <p>Under this name the logic table has no state machine, so there is nothing to draw.</p>
        <Button kind="primary" onClick={() => router.go({ view: 'machines' })}>
          All machines
        </Button>
      </Empty>
      <ActorsOf logic={logic} />
    </>
  )
}

function MachineBody({ machine }: { readonly machine: MachineRow }): ReactNode {
  const [of, setOf] = useState<Of>(machine.actors > FEW ? 'live' : 'journal')
  const { model, problem, retry } = useChart(machine.chart)
  const coverage = useResource<ToldCoverage>('machines/coverage', { logic: machine.logic, of })
  return (
    <div className="machine-body">
      <div className="machine-chart">
        {problem !== undefined && (
          <ErrorPanel what="The statechart can’t be drawn." problem={problem} onRetry={retry} />
        )}
        {model === undefined && problem === undefined && <Loading what="Drawing the statechart…" />}
        {model !== undefined && <CoveredChart model={model} coverage={coverage.data} />}
      </div>
      <div className="machine-side">
        <Tabs
          label="Where the figures are from"
          tabs={[
            { key: 'journal', label: 'In the journals' },
            { key: 'live', label: 'Live, since somebody looks' },
          ]}
          chosen={of}
          onChoose={setOf}
        />
        <CoveragePanel model={model} coverage={coverage} of={of} />
        <ActorsOf logic={machine.logic} />
      </div>
    </div>
  )
}

interface CoveredChartProps {
  readonly model: ChartModel
  readonly coverage: ToldCoverage | undefined
}

function CoveredChart({ model, coverage }: CoveredChartProps): ReactNode {
  const looks = useMemo(
    () =>
      coverage === undefined
        ? { states: model.chart.states.map(() => PLAIN_STATE), arrows: model.chart.transitions.map(() => PLAIN_ARROW) }
        : coverageLooks(model, coverage),
    [model, coverage],
  )
  return <ChartView model={model} looks={looks} legend={coverage && <Legend />} />
}

function Legend(): ReactNode {
  return (
    <>
      <span className="legend-seen">seen, and how often</span>
      <span className="legend-unseen">never seen</span>
      <span className="legend-refused">guard said no</span>
    </>
  )
}

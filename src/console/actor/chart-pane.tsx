/** The statechart of an actor at one moment, or why there is none. */
import { type ReactNode, useMemo } from 'react'
import type { EnabledEvent } from '../../control/protocol/actors.js'
import { useChart } from '../chart/chart-cache.js'
import { liveLooks } from '../chart/chart-looks.js'
import { ChartView } from '../chart/chart-view.js'
import { Empty } from '../parts/empty.js'
import { ErrorPanel } from '../parts/error-panel.js'
import { Loading } from '../parts/loading.js'

interface ChartPaneProps {
  /** Hash of the definition; undefined for logic that is no machine. */
  readonly hash: string | undefined
  readonly logic: string
  readonly active: readonly string[]
  readonly last: readonly string[]
  readonly beat: number
  readonly enabled: readonly EnabledEvent[]
  /** Undefined where nothing can be sent. */
  readonly onEvent?: ((type: string) => void) | undefined
}

export function ChartPane({ hash, logic, active, last, beat, enabled, onEvent }: ChartPaneProps): ReactNode {
  const { model, problem, retry } = useChart(hash)
  // A frame says the same lists anew ten times a second.
  const key = JSON.stringify([
    active,
    last,
    onEvent === undefined ? [] : enabled.map(({ type, takes }) => [type, takes]),
  ])
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key stands for the lists.
  const shown = useMemo(() => ({ active, last, enabled: onEvent === undefined ? [] : enabled }), [key])
  const looks = useMemo(() => model && liveLooks(model, shown), [model, shown])
  if (hash === undefined)
    return (
      <Empty icon="machines" title="No statechart">
        <p>
          {logic === '' ? 'Its logic' : `“${logic}”`} is no state machine, so there is nothing to draw. Its state is
          under Context.
        </p>
      </Empty>
    )
  if (problem !== undefined)
    return (
      <div className="actor-pane-problem">
        <ErrorPanel what="The statechart can’t be drawn." problem={problem} onRetry={retry} />
      </div>
    )
  if (model === undefined || looks === undefined) return <Loading what="Drawing the statechart…" />
  return (
    <ChartView model={model} looks={looks} active={shown.active} beat={beat} onEvent={onEvent} legend={<Legend />} />
  )
}

function Legend(): ReactNode {
  return (
    <>
      <span className="legend-active">active</span>
      <span className="legend-last">taken last</span>
      <span className="legend-enabled">can be sent</span>
    </>
  )
}

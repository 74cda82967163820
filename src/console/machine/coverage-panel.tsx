/** What of a machine was seen, in figures, and what was not. */
import type { ReactNode } from 'react'
import type { ToldCoverage } from '../../control/protocol/lists.js'
import type { Resource } from '../api/resource.js'
import { arrowText } from '../chart/chart-looks.js'
import { type ChartModel, namesOf } from '../chart/chart-model.js'
import { countText } from '../parts/amounts.js'
import { Button } from '../parts/button.js'
import { ErrorPanel } from '../parts/error-panel.js'
import { Loading } from '../parts/loading.js'
import { Panel } from '../parts/panel.js'
import { plainLine } from '../parts/plain.js'
import { Ago } from '../parts/time.js'
import { coverageFigures, coverageLooks, type Share } from './coverage.js'

interface CoveragePanelProps {
  readonly model: ChartModel | undefined
  readonly coverage: Resource<ToldCoverage>
  readonly of: 'live' | 'journal'
}

export function CoveragePanel({
  model,
  coverage: { data, problem, reload, isLoading },
  of,
}: CoveragePanelProps): ReactNode {
  if (problem !== undefined && data === undefined)
    return <ErrorPanel what="The figures can’t be read." problem={problem} onRetry={reload} />
  if (data === undefined || model === undefined)
    return <Loading what={of === 'journal' ? 'Reading the journals of its actors…' : 'Counting…'} />
  const { states, transitions, refused } = coverageFigures(model, data)
  return (
    <Panel
      title="Coverage"
      note={
        of === 'live' ? (
          <>
            since <Ago atMs={data.sinceMs} />
          </>
        ) : (
          'of all kept journals'
        )
      }
      actions={<Button kind="quiet" icon="retry" label="Count again" isSmall disabled={isLoading} onClick={reload} />}
    >
      <div className="coverage">
        <ShareLine name="states" share={states} />
        <ShareLine name="transitions" share={transitions} />
        <p className="faint">Guards said no {countText(refused)} times.</p>
        <Unseen model={model} coverage={data} />
      </div>
    </Panel>
  )
}

function ShareLine({ name, share: { seen, all } }: { readonly name: string; readonly share: Share }): ReactNode {
  const text = `${seen} of ${all} ${name}`
  return (
    <p className="coverage-line">
      <span>{text}</span>
      <span className="coverage-bar" role="img" aria-label={`${text} seen`}>
        <span style={{ width: `${all === 0 ? 0 : (seen / all) * 100}%` }} />
      </span>
      <strong>{all === 0 ? '–' : `${Math.floor((seen / all) * 100)}%`}</strong>
    </p>
  )
}

function Unseen({ model, coverage }: { readonly model: ChartModel; readonly coverage: ToldCoverage }): ReactNode {
  const looks = coverageLooks(model, coverage)
  const states = model.chart.states.filter((_, index) => looks.states[index]!.tone === 'unseen')
  const arrows = model.chart.transitions.filter((_, index) => looks.arrows[index]!.tone === 'unseen')
  if (states.length === 0 && arrows.length === 0) return <p>All of it was seen.</p>
  return (
    <details className="coverage-unseen">
      <summary>
        Never seen: {states.length} states, {arrows.length} arrows
      </summary>
      <ul>
        {states.map(({ id }) => (
          <li key={id} className="mono">
            {plainLine(namesOf(model, id).join('.'), 300)}
          </li>
        ))}
        {arrows.map((arrow) => (
          <li key={`${arrow.ids[0]} ${arrow.target}`}>{plainLine(arrowText(arrow), 400)}</li>
        ))}
      </ul>
    </details>
  )
}

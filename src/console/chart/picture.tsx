import { useMemo } from 'react'
import type { ToldChartTransition } from '../../control/protocol/chart.js'
import { ChartArrow, ChartInitial, ChartLabel, TakenArrow } from './chart-arrow.js'
import type { ChartLooks, StateLook } from './chart-looks.js'
import type { ChartModel } from './chart-model.js'
import { ChartState } from './chart-state.js'

interface Props {
  readonly model: ChartModel
  readonly looks: ChartLooks
  /** Ids of states that are too small to be drawn. */
  readonly hidden: ReadonlySet<string>
  readonly beat: number | undefined
  readonly onEvent: ((type: string) => void) | undefined
}

/** All of a chart: states, then lines, then what was taken last, then what stands on the lines. */
export function Picture({ model, looks, hidden, beat, onEvent }: Props) {
  const { chart } = model
  const closed = useMemo(() => closedStates(model, hidden), [model, hidden])
  return useMemo(() => {
    const arrows = chart.transitions
      .map((arrow, index) => ({ arrow, key: keyOf(arrow, index), look: looks.arrows[index]! }))
      .filter(({ arrow: { source, target } }) => !(hidden.has(source) && hidden.has(target)))
    const taken = arrows.filter(({ look }) => look.tone === 'last')
    return (
      <>
        {chart.states.map((state, index) =>
          hidden.has(state.id) ? null : (
            <ChartState
              key={state.id}
              state={state}
              isOuter={model.outer.has(state.id)}
              {...(closed.has(state.id) ? asClosed(looks.states[index]!) : looks.states[index]!)}
            />
          ),
        )}
        {hidden.size === 0 &&
          chart.initials.map((initial) => <ChartInitial key={`${initial.dot.x} ${initial.dot.y}`} initial={initial} />)}
        {arrows.map(({ arrow, key, look }) => (
          <ChartArrow key={key} arrow={arrow} {...look} />
        ))}
        {taken.map(({ arrow, key }) => (
          <TakenArrow key={`${key} ${beat}`} arrow={arrow} />
        ))}
        {arrows.map(({ arrow, key, look }) => (
          <ChartLabel key={key} arrow={arrow} onEvent={onEvent} {...look} />
        ))}
      </>
    )
  }, [model, chart, looks, hidden, closed, beat, onEvent])
}

/** States that are drawn without what is inside of them. */
function closedStates({ parents }: ChartModel, hidden: ReadonlySet<string>): ReadonlySet<string> {
  return new Set(
    [...hidden].map((id) => parents.get(id)).filter((id) => id !== undefined && !hidden.has(id)) as string[],
  )
}

/** What is active inside of a closed state can only be seen on itself. */
function asClosed(look: StateLook): StateLook {
  return look.tone === 'within' ? { ...look, tone: 'active' } : look
}

function keyOf({ ids, target }: ToldChartTransition, index: number): string {
  return `${ids[0]} ${target} ${index}`
}

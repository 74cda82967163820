/** A chart with the hierarchy that its boxes show: which state is inside of which. Ids don't tell: a machine may name its states. */
import type { ToldChart, ToldChartState } from '../../control/protocol/chart.js'

export interface ChartModel {
  readonly chart: ToldChart
  /** Id of the state around a state. */
  readonly parents: ReadonlyMap<string, string>
  /** Ids of states with states inside. */
  readonly outer: ReadonlySet<string>
  readonly byId: ReadonlyMap<string, ToldChartState>
}

export function chartModel(chart: ToldChart): ChartModel {
  const parents = new Map<string, string>()
  for (const state of chart.states) {
    const parent = parentOf(state, chart.states)
    if (parent !== undefined) parents.set(state.id, parent.id)
  }
  return {
    chart,
    parents,
    outer: new Set(parents.values()),
    byId: new Map(chart.states.map((state) => [state.id, state])),
  }
}

function parentOf({ box, depth }: ToldChartState, states: readonly ToldChartState[]): ToldChartState | undefined {
  const x = box.x + box.width / 2
  const y = box.y + box.height / 2
  return states.find(
    (other) =>
      other.depth === depth - 1 &&
      x >= other.box.x &&
      y >= other.box.y &&
      x <= other.box.x + other.box.width &&
      y <= other.box.y + other.box.height,
  )
}

/** The active states that have no active state inside of them. */
export function innermost({ parents }: ChartModel, active: readonly string[]): string[] {
  const around = new Set(active.map((id) => parents.get(id)))
  return active.filter((id) => !around.has(id))
}

/** Names of a state and those around it, outermost first, without the machine itself. */
export function namesOf({ parents, byId, chart }: ChartModel, id: string): string[] {
  const names: string[] = []
  for (let at: string | undefined = id; at !== undefined && names.length < 50; at = parents.get(at))
    names.unshift(byId.get(at)?.name ?? at)
  return names.length > 1 ? names.slice(1) : [names[0] ?? chart.name]
}

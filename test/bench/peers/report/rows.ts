/** The run as the rows that every bench reports: first the goals, then each peer's figure beside that of Roscius. */
import { notMeasured, type Row, type RowSpec, rowOf } from '../../harness/row.js'
import { figureOf, type PeerResult, type Results } from '../results.js'
import { type Goal, goals } from './goals.js'
import { measureOf } from './measures.js'

const ROSCIUS = 'roscius'

/** The rows of the goals whose work was measured. */
export function goalRows(results: Results): readonly Row[] {
  return goals.filter(({ measure }) => wasRun(results, measure)).map((goal) => goalRow(results, goal))
}

/** A row for each figure of each peer but Roscius, and one for each work that a peer doesn't do, or couldn't. */
export function peerRows(results: Results): readonly Row[] {
  return results.peers.filter(({ id }) => id !== ROSCIUS).flatMap((peer) => [...rowsOf(results, peer)])
}

function wasRun({ peers }: Results, measure: string): boolean {
  const { work } = measureOf(measure)
  return peers.some(({ works }) => works[work] !== undefined)
}

function goalRow(results: Results, goal: Goal): Row {
  const { unit, better } = measureOf(goal.measure)
  const spec = { id: goal.id, unit, better, goal: goal.goal }
  const value = figureOf(results, goal.of ?? ROSCIUS, goal.measure)
  if (value === undefined) return notMeasured(spec, `${goal.of ?? ROSCIUS} was not measured`)
  if (goal.against === 'zero') return { ...spec, value, baseline: 0, ratio: null, met: value === 0 }
  const best = bestOf(results, goal)
  return best ? compared({ ...spec, note: best.note }, value, best.figure) : notMeasured(spec, absent(goal))
}

interface Best {
  readonly figure: number
  readonly note: string
}

function bestOf(results: Results, { against, measure, goal }: Goal): Best | undefined {
  if (against === 'zero') return undefined
  if ('own' in against) {
    const figure = figureOf(results, ROSCIUS, against.own)
    return figure === undefined ? undefined : { figure, note: `beside ${measureOf(against.own).label}` }
  }
  const sign = measureOf(measure).better === 'higher' ? -1 : 1
  const measured = against
    .map((id) => ({ id, figure: figureOf(results, id, measure) ?? Number.NaN }))
    .filter(({ id, figure }) => !Number.isNaN(figure) && (goal === null || hasKept(results, id, measure)))
    .sort((a, b) => sign * (a.figure - b.figure))
  const [first] = measured
  if (first === undefined) return undefined
  const others = against.filter((id) => !measured.some((one) => one.id === id))
  const note = measured.length > 1 ? `the best of ${measured.map(({ id }) => id).join(', ')}` : `beside ${first.id}`
  return { figure: first.figure, note: others.length > 0 ? `${note}; without ${others.join(', ')}` : note }
}

/** Whoever has lost a step at the crash, or applied one twice, doesn't promise what the others do. */
function hasKept(results: Results, id: string, measure: string): boolean {
  if (measureOf(measure).work !== 'crash') return true
  return figureOf(results, id, 'crash.lost') === 0 && figureOf(results, id, 'crash.twice') === 0
}

function absent({ against }: Goal): string {
  return Array.isArray(against)
    ? `none of these was measured, or has kept each step once: ${against.join(', ')}`
    : 'not measured'
}

function* rowsOf(results: Results, peer: PeerResult): Generator<Row> {
  if (peer.missing !== undefined) yield notMeasured(untold(`peers.${peer.id}`), peer.missing)
  for (const [work, result] of Object.entries(peer.works)) {
    if ('declined' in result) yield notMeasured(untold(`peers.${work}.${peer.id}`), result.declined)
    else if ('failed' in result) yield notMeasured(untold(`peers.${work}.${peer.id}`), `failed: ${result.failed}`)
    else yield* figuresOf(results, peer.id, result.figures, noteOf(result))
  }
}

function* figuresOf(
  results: Results,
  id: string,
  figures: Readonly<Record<string, number>>,
  note: string,
): Generator<Row> {
  for (const [name, figure] of Object.entries(figures)) {
    const { unit, better } = measureOf(name)
    yield compared(
      { id: `peers.${name}.${id}`, unit, better, goal: null, note },
      figureOf(results, ROSCIUS, name),
      figure,
    )
  }
}

function noteOf({ promise, lacks }: { readonly promise: string; readonly lacks: string }): string {
  return lacks === '' ? promise : `${promise}; not promised: ${lacks}`
}

function untold(id: string): RowSpec {
  return { id, unit: '', better: 'lower', goal: null }
}

/** Without a ratio where there is nothing to divide. */
function compared(spec: RowSpec, value: number | undefined, baseline: number): Row {
  if (value !== undefined && baseline !== 0) return rowOf(spec, [value], [baseline])
  return { ...spec, value: value ?? null, baseline, ratio: null, met: null }
}

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
  return best ? compared({ ...spec, note: best.note }, value, best.figure) : notMeasured(spec, absent(results, goal))
}

interface Best {
  readonly figure: number
  readonly note: string
}

function bestOf(results: Results, goal: Goal): Best | undefined {
  const { against } = goal
  if (against === 'zero') return undefined
  if ('own' in against) {
    const figure = figureOf(results, ROSCIUS, against.own)
    return figure === undefined ? undefined : { figure, note: `beside ${measureOf(against.own).label}` }
  }
  const out = against.filter((id) => whyOut(results, id, goal) !== undefined)
  const rivals = against.filter((id) => !out.includes(id))
  const figures = rivals.map((id) => figureOf(results, id, goal.measure) ?? Number.NaN)
  if (figures.length === 0) return undefined
  const best = measureOf(goal.measure).better === 'higher' ? Math.max(...figures) : Math.min(...figures)
  const note = rivals.length > 1 ? `the best of ${rivals.join(', ')}` : `beside ${rivals[0]}`
  return { figure: best, note: [note, ...leftOut(results, out, goal)].join('; ') }
}

/** Why a peer doesn't make the baseline: whoever has lost a step at the crash, or applied one twice, promises less than is asked. */
function whyOut(results: Results, id: string, { measure, goal }: Goal): string | undefined {
  if (figureOf(results, id, measure) === undefined) return ''
  if (goal === null || measureOf(measure).work !== 'crash') return undefined
  if (figureOf(results, id, 'crash.lost') !== 0) return 'lost steps'
  return figureOf(results, id, 'crash.twice') === 0 ? undefined : 'applied steps twice'
}

/** By the reason; without one, it has not been measured. */
function leftOut(results: Results, ids: readonly string[], goal: Goal): readonly string[] {
  const reasons = new Map<string, string[]>()
  for (const id of ids) {
    const why = whyOut(results, id, goal) ?? ''
    reasons.set(why, [...(reasons.get(why) ?? []), id])
  }
  return [...reasons].map(([why, whose]) => {
    const clause = `, which ${whose.length > 1 ? 'have' : 'has'} ${why}`
    return `without ${whose.join(', ')}${why === '' ? '' : clause}`
  })
}

function absent(results: Results, goal: Goal): string {
  if (!Array.isArray(goal.against)) return 'not measured'
  return ['nobody to compare with', ...leftOut(results, goal.against, goal)].join('; ')
}

function* rowsOf(results: Results, peer: PeerResult): Generator<Row> {
  if (peer.missing !== undefined) yield notMeasured(untold(`peers.${peer.id}`), peer.missing)
  for (const [work, result] of Object.entries(peer.works)) {
    if ('declined' in result) yield notMeasured(untold(`peers.${work}.${peer.id}`), result.declined)
    else if ('elsewhere' in result) yield notMeasured(untold(`peers.${work}.${peer.id}`), `as ${result.elsewhere}`)
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

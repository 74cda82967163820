/** Edges and paths as data for findings: state paths, and what moves the machine, in words of the statechart. */
import { effectsOf, nameOf, type StateNode, statesOf } from './chart.js'
import type { Edge } from './flow-graph.js'
import { guardName } from './guards.js'

/** One step of a path: from a state, by what, to a state. */
export interface PathStep {
  /** Path of the state, `(root)` for the machine itself; absent where the machine starts. */
  readonly from?: string
  /** `SUBMIT`, `after 5000`, `done(fetchPage)`, `always [isEmpty]`, ... */
  readonly by: string
  readonly to: string
}

/** `edge` as a step to `to`. */
export function stepOf(edge: Edge, to: StateNode | undefined): PathStep {
  const end = to ?? edge.to[0] ?? edge.from!
  return { ...(edge.from === undefined ? {} : { from: nameOf(edge.from) }), by: labelOf(edge), to: nameOf(end) }
}

/** A path as one line: `idle -[ASSIGN]-> asking -[done(source)]-> idle`. */
export function pathText(path: readonly PathStep[]): string {
  return path
    .map(({ from, by, to }, index) => `${index > 0 ? '' : (from ?? '')} -[${by}]-> ${to}`)
    .join('')
    .trim()
}

export function labelOf({ cause, event, transition }: Edge): string {
  const guard = transition?.guard === undefined ? '' : ` [${guardName(transition.guard)}]`
  return `${triggerOf(cause, event, transition)}${guard}`
}

function triggerOf(cause: Edge['cause'], event: string, transition: Edge['transition']): string {
  if (cause === 'start' || cause === 'always') return cause
  if (cause === 'after') return `after ${String(Reflect.get(transition!, 'delay') ?? event)}`
  if (cause === 'done' || cause === 'error') return `${cause}(${effectName(event, transition!.source.machine.root)})`
  if (cause === 'completed') return `done(${event.slice('xstate.done.state.'.length)})`
  return cause === 'raised' ? `raised ${event}` : event
}

function effectName(event: string, root: StateNode): string {
  const id = event.replace(/^xstate\.(done|error)\.actor\./, '')
  const effect = [...statesOf(root)].flatMap(effectsOf).find((each) => each.id === id)
  return effect?.name ?? id
}

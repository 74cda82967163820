/**
 * A statechart as Mermaid's `stateDiagram-v2`, for READMEs and pull requests whose host draws it.
 *
 * 1. Names are never part of the syntax: states are `s0`, `s1`, ..., and every character of a text that Mermaid could take for
 *    something else is an entity.
 * 2. Mermaid draws no arrow between a state and one that lies in it. Out to a state within it leads from `(any)`, which stands for
 *    being anywhere in that state; the way back is told in words at the state where it begins.
 * 3. It knows no history: that is a state called `H` or `H*`. Colours, where states are active, are readable on light and dark.
 */
import { type Chart, type ChartState, type ChartTransition, chartStates } from './chart.js'

interface Drawing {
  readonly names: ReadonlyMap<string, string>
  readonly parents: ReadonlyMap<string, string>
  /** Ids of states with states in them. */
  readonly outer: ReadonlySet<string>
  readonly transitions: readonly ChartTransition[]
}

/** `active`: ids of the active states. */
export function mermaidOf({ root, transitions }: Chart, active: readonly string[] = []): string {
  const states = chartStates(root)
  const names = new Map(states.map(({ id }, index) => [id, `s${index}`]))
  const parents = new Map(states.flatMap(({ id, states: inner }) => inner.map((child) => [child.id, id])))
  const drawing = { names, parents, outer: new Set(parents.values()), transitions }
  const arrows = transitions.flatMap((transition) => arrowLine(transition, drawing))
  const lines = ['direction LR', ...stateLines(root, drawing), ...arrows, ...activeLines(states, active, names)]
  return `stateDiagram-v2\n${lines.map((line) => `  ${line}\n`).join('')}`
}

function stateLines(state: ChartState, drawing: Drawing): string[] {
  const name = drawing.names.get(state.id)!
  const title = `state "${text(titleOf(state))}" as ${name}`
  const words = wordsOf(state, drawing)
  if (state.states.length === 0) return [title, ...words.map((line) => `${name} : ${text(line)}`)]
  const inside = state.type === 'parallel' ? regionLines(state, drawing) : innerLines(state, drawing)
  const note = words.length === 0 ? [] : [`note right of ${name} : ${words.map(text).join(' · ')}`]
  return [`${title}{`, ...inside.map((line) => `  ${line}`), '}', ...note]
}

function innerLines(state: ChartState, drawing: Drawing): string[] {
  const { names } = drawing
  const finals = state.states.filter(({ type }) => type === 'final')
  return [
    ...anyLines(state, drawing),
    ...(state.initial === undefined ? [] : [`[*] --> ${names.get(state.initial)}`]),
    ...state.states.flatMap((child) => stateLines(child, drawing)),
    ...finals.map(({ id }) => `${names.get(id)} --> [*]`),
  ]
}

/** A history is no region: it stands in the first one. */
function regionLines(state: ChartState, drawing: Drawing): string[] {
  const regions = state.states.filter(({ type }) => type !== 'history')
  const histories = state.states.filter(({ type }) => type === 'history')
  const first = [...anyLines(state, drawing), ...histories.flatMap((child) => stateLines(child, drawing))]
  return regions.flatMap((region, index) => [...(index === 0 ? first : ['--']), ...stateLines(region, drawing)])
}

function titleOf({ name, type, history }: ChartState): string {
  return type === 'history' ? (history === 'deep' ? 'H*' : 'H') : name
}

function wordsOf(state: ChartState, { parents, transitions }: Drawing): string[] {
  const back = transitions.filter(({ source, target }) => source === state.id && isBack(state, target, parents))
  return [
    ...state.invokes.map((src) => `⚙ ${src}`),
    ...state.does,
    ...back.map((transition) => `${labelOf(transition)} → ${transition.target}`.trim()),
  ]
}

/** Whether the way leads to a state around this one, or from one with states in it to itself. */
function isBack({ id, states }: ChartState, target: string, parents: Drawing['parents']): boolean {
  return isInside(id, target, parents) || (id === target && states.length > 0)
}

function anyLines({ id }: ChartState, drawing: Drawing): string[] {
  const { names, parents, transitions } = drawing
  const isUsed = transitions.some(({ source, target }) => source === id && isInside(target, id, parents))
  return isUsed ? [`state "(any)" as ${names.get(id)}any`] : []
}

function arrowLine(transition: ChartTransition, { names, parents, outer }: Drawing): string[] {
  const { source, target } = transition
  if (isInside(source, target, parents) || (source === target && outer.has(source))) return []
  const from = isInside(target, source, parents) ? `${names.get(source)}any` : names.get(source)
  const label = text(labelOf(transition))
  return [`${from} --> ${names.get(target)}${label === '' ? '' : ` : ${label}`}`]
}

function isInside(id: string, outer: string, parents: Drawing['parents']): boolean {
  for (let around = parents.get(id); around !== undefined; around = parents.get(around))
    if (around === outer) return true
  return false
}

function labelOf({ triggers, guard, actions }: ChartTransition): string {
  return [
    triggers.join(', '),
    ...(guard === undefined ? [] : [`[${guard}]`]),
    ...(actions.length === 0 ? [] : [`/ ${actions.join(', ')}`]),
  ]
    .filter((part) => part !== '')
    .join(' ')
}

/** Mermaid can't colour a state with states in it. */
function activeLines(states: readonly ChartState[], active: readonly string[], names: Drawing['names']): string[] {
  const isActive = new Set(active)
  const inner = states.filter((state) => state.states.length === 0 && isActive.has(state.id))
  if (inner.length === 0) return []
  const style = 'classDef active fill:#2563eb,color:#ffffff,stroke:#1d4ed8'
  return [style, `class ${inner.map(({ id }) => names.get(id)).join(',')} active`]
}

/** A line that holds `direction LR` is a command to Mermaid wherever it stands. */
function text(words: string): string {
  return words
    .replace(/[^\p{L}\p{N} _.,()/|+=?!…⚙·→⏎-]/gu, (character) => `#${character.codePointAt(0)};`)
    .replace(/direction(?=\s+(TB|BT|RL|LR))/gi, (word) => `${word.slice(0, -1)}#${word.codePointAt(8)};`)
}

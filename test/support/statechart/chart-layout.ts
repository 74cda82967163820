/**
 * Where everything in a statechart stands: one call of the ELK layout over the whole hierarchy.
 *
 * Boundary: takes a chart, gives back rectangles, points and sizes in px, all measured from the picture's corner.
 *
 * 1. ELK passes no options down to nested nodes: each gets its own copy.
 * 2. Equal charts give equal places.
 */
import elk, { type ElkExtendedEdge, type ElkNode, type ElkPoint } from 'elkjs/lib/elk.bundled.js'
import type { Chart, ChartState, ChartTransition } from './chart.js'
import { LABEL, LINE, labelOf, linesOf, TITLE, titleOf, widest, widthOf } from './chart-text.js'

export interface Box {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

export interface PlacedState {
  readonly state: ChartState
  readonly box: Box
}

export interface PlacedTransition {
  readonly transition: ChartTransition
  readonly points: readonly ElkPoint[]
  readonly label: Box
}

export interface PlacedInitial {
  readonly dot: Box
  readonly points: readonly ElkPoint[]
}

export interface PlacedChart {
  readonly width: number
  readonly height: number
  /** Outer states before the states inside of them. */
  readonly states: readonly PlacedState[]
  readonly transitions: readonly PlacedTransition[]
  readonly initials: readonly PlacedInitial[]
}

/** Room around the picture, in px. */
const MARGIN = 14
const PADDING_X = 14
const PADDING_Y = 7
const DOT = 10
const HISTORY = 24

const OPTIONS: Readonly<Record<string, string>> = {
  'elk.algorithm': 'layered',
  'elk.direction': 'RIGHT',
  'elk.hierarchyHandling': 'INCLUDE_CHILDREN',
  'elk.edgeRouting': 'ORTHOGONAL',
  'elk.layered.cycleBreaking.strategy': 'DEPTH_FIRST',
  'elk.layered.edgeLabels.sideSelection': 'ALWAYS_UP',
  'elk.layered.nodePlacement.strategy': 'NETWORK_SIMPLEX',
  'elk.layered.spacing.nodeNodeBetweenLayers': '22',
  'elk.layered.spacing.edgeNodeBetweenLayers': '14',
  'elk.layered.spacing.edgeEdgeBetweenLayers': '12',
  'elk.spacing.nodeNode': '28',
  'elk.spacing.edgeNode': '18',
  'elk.spacing.edgeEdge': '14',
  'elk.spacing.edgeLabel': '3',
  'elk.spacing.labelNode': '6',
  'elk.nodeSize.constraints': 'MINIMUM_SIZE',
  'elk.randomSeed': '1',
}

/** Places a chart. A hundred states take some seconds, so keep the result for as long as the machine is the same. */
export async function placeChart(chart: Chart): Promise<PlacedChart> {
  const layout = new elk.default()
  const graph = await layout.layout(graphOf(chart))
  return placedFrom(chart, graph as ElkNode)
}

function graphOf({ root, transitions }: Chart): ElkNode {
  const inner = nodeOf(root)
  const padding = `[top=${MARGIN},left=${MARGIN},bottom=${MARGIN},right=${MARGIN}]`
  return {
    id: ' picture',
    layoutOptions: {
      ...OPTIONS,
      'elk.padding': padding,
      'elk.json.shapeCoords': 'ROOT',
      'elk.json.edgeCoords': 'ROOT',
    },
    children: [inner],
    edges: [...initialEdges(root), ...transitions.map(edgeOf)],
  }
}

function nodeOf(state: ChartState): ElkNode {
  const size = sizeOf(state)
  if (state.states.length === 0) return { id: state.id, ...size }
  const padding = `[top=${size.height + 12},left=18,bottom=18,right=18]`
  const minimum = `(${size.width},${size.height})`
  return {
    id: state.id,
    layoutOptions: { ...OPTIONS, 'elk.padding': padding, 'elk.nodeSize.minimum': minimum },
    children: [...(state.initial === undefined ? [] : [dotOf(state)]), ...state.states.map(nodeOf)],
  }
}

function sizeOf(state: ChartState): { width: number; height: number } {
  if (state.type === 'history') return { width: HISTORY, height: HISTORY }
  const lines = linesOf(state)
  const text = Math.max(widthOf(titleOf(state), TITLE), widest(lines, LINE))
  const gap = lines.length === 0 ? 0 : 6
  return {
    width: Math.max(64, text + 2 * PADDING_X),
    height: 2 * PADDING_Y + TITLE.lineHeight + gap + lines.length * LINE.lineHeight,
  }
}

function dotOf({ id }: ChartState): ElkNode {
  return { id: dotId(id), width: DOT, height: DOT, layoutOptions: { 'elk.layered.layering.layerConstraint': 'FIRST' } }
}

function initialEdges({ id, initial, states }: ChartState): ElkExtendedEdge[] {
  const own = initial === undefined ? [] : [{ id: dotEdgeId(id), sources: [dotId(id)], targets: [initial] }]
  return [...own, ...states.flatMap(initialEdges)]
}

function edgeOf(transition: ChartTransition, index: number): ElkExtendedEdge {
  const { trigger, actions } = labelOf(transition)
  const lines = [...trigger, ...actions]
  const label = {
    text: trigger.join(' '),
    width: widest(lines, LABEL) + 4,
    height: lines.length * LABEL.lineHeight + 2,
  }
  return { id: edgeId(index), sources: [transition.source], targets: [transition.target], labels: [label] }
}

const dotId = (id: string): string => `${id} initial`
const dotEdgeId = (id: string): string => `${id} start`
const edgeId = (index: number): string => `transition ${index}`

function placedFrom({ root, transitions }: Chart, graph: ElkNode): PlacedChart {
  const nodes = new Map(flattened(graph).map((node) => [node.id, node]))
  const edges = new Map((graph.edges ?? []).map((edge) => [edge.id, edge]))
  const states = flattenedStates(root)
  return {
    width: graph.width ?? 0,
    height: graph.height ?? 0,
    states: states.map((state) => ({ state, box: boxOf(nodes.get(state.id)) })),
    transitions: transitions.map((transition, index) => {
      const edge = edges.get(edgeId(index))
      return { transition, points: pointsOf(edge), label: boxOf(edge?.labels?.[0]) }
    }),
    initials: states
      .filter(({ initial }) => initial !== undefined)
      .map(({ id }) => ({ dot: boxOf(nodes.get(dotId(id))), points: pointsOf(edges.get(dotEdgeId(id))) })),
  }
}

function flattened(node: ElkNode): ElkNode[] {
  return [node, ...(node.children ?? []).flatMap(flattened)]
}

function flattenedStates(state: ChartState): ChartState[] {
  return [state, ...state.states.flatMap(flattenedStates)]
}

function boxOf(shape: Partial<Box> | undefined): Box {
  const { x = 0, y = 0, width = 0, height = 0 } = shape ?? {}
  return { x, y, width, height }
}

function pointsOf(edge: ElkExtendedEdge | undefined): ElkPoint[] {
  return (edge?.sections ?? []).flatMap(({ startPoint, bendPoints = [], endPoint }) => [
    startPoint,
    ...bendPoints,
    endPoint,
  ])
}

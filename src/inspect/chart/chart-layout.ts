/**
 * Where everything in a statechart stands: the chart as a graph for ELK, and what comes back as places.
 *
 * Boundary: pure; ELK itself is elsewhere (elk-worker.ts).
 *
 * 1. ELK passes no options down to nested nodes: each gets its own copy.
 * 2. Equal charts give equal graphs. Ids in the graph are numbers: names of a machine mean nothing to ELK.
 */
import { type Chart, type ChartState, type ChartTransition, chartStates } from './chart.js'
import { LABEL, LINE, labelOf, linesOf, TITLE, titleOf, widest, widthOf } from './chart-text.js'
import type { ElkExtendedEdge, ElkNode } from './elk-worker.js'
import type { Box, PlacedChart, PlacedState, Point } from './placed-chart.js'

/** Room around the picture, in px. */
const MARGIN = 14
const PADDING_X = 14
const PADDING_Y = 7
const DOT = 10
const HISTORY = 24

type Options = Readonly<Record<string, string>>

const OPTIONS: Options = {
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

/** Past so many states and arrows, ELK's best placement takes too long: three quarters of a minute for 500 and 800. */
const LARGE = 180
const LARGE_OPTIONS: Options = {
  ...OPTIONS,
  'elk.layered.nodePlacement.strategy': 'BRANDES_KOEPF',
  'elk.layered.thoroughness': '2',
}

/** Numbers of states in the graph, by their ids in the chart. */
type Numbers = ReadonlyMap<string, number>

interface Graph {
  readonly options: Options
  readonly numbers: Numbers
}

/** A chart as ELK takes it. */
export function graphOf({ root, transitions }: Chart): ElkNode {
  const states = chartStates(root)
  const numbers: Numbers = new Map(states.map(({ id }, index) => [id, index]))
  const options = states.length + transitions.length > LARGE ? LARGE_OPTIONS : OPTIONS
  const graph = { options, numbers }
  return {
    id: 'picture',
    layoutOptions: {
      ...options,
      'elk.padding': `[top=${MARGIN},left=${MARGIN},bottom=${MARGIN},right=${MARGIN}]`,
      'elk.json.shapeCoords': 'ROOT',
      'elk.json.edgeCoords': 'ROOT',
    },
    children: [nodeOf(root, graph)],
    edges: [
      ...states.flatMap((state) => initialEdge(state, numbers)),
      ...transitions.map((transition, index) => edgeOf(transition, index, numbers)),
    ],
  }
}

function nodeOf(state: ChartState, graph: Graph): ElkNode {
  const size = sizeOf(state)
  const id = stateId(state.id, graph.numbers)
  if (state.states.length === 0) return { id, ...size }
  return {
    id,
    layoutOptions: {
      ...graph.options,
      'elk.padding': `[top=${size.height + 12},left=18,bottom=18,right=18]`,
      'elk.nodeSize.minimum': `(${size.width},${size.height})`,
    },
    children: [...dotOf(state, graph.numbers), ...state.states.map((child) => nodeOf(child, graph))],
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

function dotOf(state: ChartState, numbers: Numbers): ElkNode[] {
  if (state.initial === undefined) return []
  const layoutOptions = { 'elk.layered.layering.layerConstraint': 'FIRST' }
  return [{ id: dotId(state.id, numbers), width: DOT, height: DOT, layoutOptions }]
}

function initialEdge(state: ChartState, numbers: Numbers): ElkExtendedEdge[] {
  if (state.initial === undefined) return []
  const target = stateId(state.initial, numbers)
  return [{ id: startId(state.id, numbers), sources: [dotId(state.id, numbers)], targets: [target] }]
}

function edgeOf(transition: ChartTransition, index: number, numbers: Numbers): ElkExtendedEdge {
  const { trigger, actions } = labelOf(transition)
  const lines = [...trigger, ...actions]
  const size = { width: widest(lines, LABEL) + 4, height: lines.length * LABEL.lineHeight + 2 }
  return {
    id: edgeId(index),
    sources: [stateId(transition.source, numbers)],
    targets: [stateId(transition.target, numbers)],
    ...(lines.length === 0 ? {} : { labels: [{ text: 'label', ...size }] }),
  }
}

const stateId = (id: string, numbers: Numbers): string => `state ${numbers.get(id)}`
const dotId = (id: string, numbers: Numbers): string => `dot ${numbers.get(id)}`
const startId = (id: string, numbers: Numbers): string => `start ${numbers.get(id)}`
const edgeId = (index: number): string => `edge ${index}`

/** The places that ELK has found. */
export function placedFrom({ root, transitions }: Chart, graph: ElkNode): PlacedChart {
  const nodes = new Map(flattened(graph).map((node) => [node.id, node]))
  const edges = new Map((graph.edges ?? []).map((edge) => [edge.id, edge]))
  const all = chartStates(root)
  const numbers: Numbers = new Map(all.map(({ id }, index) => [id, index]))
  return {
    width: rounded(graph.width),
    height: rounded(graph.height),
    states: withDepth(root, 0).map(([{ states: _, initial: __, ...state }, depth]): PlacedState => {
      return { ...state, box: boxOf(nodes.get(stateId(state.id, numbers))), depth }
    }),
    transitions: transitions.map((transition, index) => {
      const edge = edges.get(edgeId(index))
      return { ...transition, points: pointsOf(edge), label: boxOf(edge?.labels?.[0]) }
    }),
    initials: all.flatMap((state) => {
      if (state.initial === undefined) return []
      const dot = boxOf(nodes.get(dotId(state.id, numbers)))
      return [{ target: state.initial, dot, points: pointsOf(edges.get(startId(state.id, numbers))) }]
    }),
  }
}

function withDepth(state: ChartState, depth: number): [ChartState, number][] {
  return [[state, depth], ...state.states.flatMap((child) => withDepth(child, depth + 1))]
}

function flattened(node: ElkNode): ElkNode[] {
  return [node, ...(node.children ?? []).flatMap(flattened)]
}

function boxOf(shape: Partial<Box> | undefined): Box {
  const { x, y, width, height } = shape ?? {}
  return { x: rounded(x), y: rounded(y), width: rounded(width), height: rounded(height) }
}

function pointsOf(edge: ElkExtendedEdge | undefined): Point[] {
  return (edge?.sections ?? [])
    .flatMap(({ startPoint, bendPoints = [], endPoint }) => [startPoint, ...bendPoints, endPoint])
    .map(({ x, y }) => ({ x: rounded(x), y: rounded(y) }))
}

function rounded(px = 0): number {
  return Math.round(px * 10) / 10
}

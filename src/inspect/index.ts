/** `roscius/inspect`: machines as data and as pictures, and what differs between two of them. */

export type { ChartTheme } from './chart/chart-colours.js'
export { type ChartLayoutOptions, type ChartLayouts, createChartLayouts } from './chart/chart-layouts.js'
export { type DrawingFormat, type DrawingOptions, drawMachine } from './chart/draw-machine.js'
export type { Box, PlacedInitial, PlacedState, PlacedTransition, Point, ToldChart } from './chart/placed-chart.js'
export { definitionOf, stateIdsOf, transitionIds } from './definition/definition.js'
export { definitionHash } from './definition/definition-hash.js'
export type {
  DefinedAction,
  DefinedGuard,
  DefinedInvoke,
  DefinedTransition,
  MachineDefinition,
  StateDefinition,
  TransitionKind,
} from './definition/machine-definition.js'
export { stateLine } from './definition/state-line.js'
export { affectedBy, type Touched } from './diff/affected.js'
export type { Change, DefinitionDiff, StateAspect, StatePath, ToldTransition, TransitionAspect } from './diff/change.js'
export { diffDefinitions } from './diff/definition-diff.js'

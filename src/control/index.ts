/** `roscius/console`: a running system's console, its control API, and the way in for programs. */

export { type ControlClient, type ControlRoutes, type FindOptions, findControl } from './client/control-client.js'
export { createConsole, type RunningConsole } from './console.js'
export { type Control, createControl } from './control.js'
export type { ConsoleOptions, ControlOptions, HealthLimits } from './control-options.js'
export type { ControlledSystem } from './controlled-system.js'

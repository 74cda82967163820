export { RosciusError, isRosciusError, type ErrorCode } from './core/errors.js'
export { systemClock, type Clock } from './core/clock.js'
export { systemRandom, type Random } from './core/random.js'
export type { Entry, KeyRange, Operation, Store } from './persistence/store.js'

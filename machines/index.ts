export { type AttemptInput, createRetryMachine, type RetryInput, type RetryOutput } from './retry.js'

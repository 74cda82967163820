/**
 * Errors that an effect threw where nobody could catch them: in a timer, a callback, a promise it did not return.
 *
 * Hooks on the process exist only while a system runs (D17), and claim only errors that carry an effect's async context:
 * those fail their actor. Any other error ends the process as Node does without us: message on stderr, exit code 1.
 */
import { currentRun } from './effect-run.js'

let users = 0

/** Claims late errors of effects until the answer is called. */
export function claimLateErrors(): () => void {
  if (users++ === 0) hook()
  let isReleased = false
  return () => {
    if (isReleased) return
    isReleased = true
    if (--users === 0) unhook()
  }
}

function hook(): void {
  unhook()
  process.on('uncaughtException', onUncaught)
  process.on('unhandledRejection', onRejection)
}

function unhook(): void {
  process.off('uncaughtException', onUncaught)
  process.off('unhandledRejection', onRejection)
}

function onUncaught(error: unknown): void {
  const run = currentRun()
  if (run !== undefined) run.fail(error)
  else if (process.listenerCount('uncaughtException') === 1) passOn(error)
}

function onRejection(error: unknown): void {
  const run = currentRun()
  if (run !== undefined) run.fail(error)
  else if (process.listenerCount('unhandledRejection') === 1) passOn(error)
}

/** Throws the error again with no hook of ours in the way, so that Node does what it always does; if a listener of
 * the user's keeps the process alive, ours come back. */
function passOn(error: unknown): void {
  unhook()
  queueMicrotask(() => {
    setImmediate(() => users > 0 && hook())
    throw error
  })
}

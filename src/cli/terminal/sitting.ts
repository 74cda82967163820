/** A command that goes on until Ctrl-C, until the system stops, or until nobody reads what it writes. */
import { type Clock, systemClock } from '../../core/clock.js'

export interface Sitting {
  readonly clock: Clock
  /** Ctrl-C. */
  readonly interrupted: AbortSignal
}

/** Why it is over: `undefined` if whoever looked has had enough. */
export type End = string | undefined

/**
 * Runs `begin` and waits for the end. `end` may be called more than once; what `begin` answers is closed afterwards. Rejects with
 * what `begin` rejects with.
 */
export async function sit(
  { clock, interrupted }: Sitting,
  begin: (end: (why: End) => void, clock: Clock) => Promise<readonly { close(): void }[]>,
): Promise<End> {
  let end: (why: End) => void = () => undefined
  const ended = new Promise<End>((resolve) => {
    end = resolve
  })
  const leave = (): void => end(undefined)
  interrupted.addEventListener('abort', leave)
  // `roscius tail | head`: the other end is closed.
  process.stdout.on('error', leave)
  try {
    const open = interrupted.aborted ? [] : await begin(end, clock)
    if (interrupted.aborted) leave()
    const why = await ended
    for (const one of open) one.close()
    return why
  } finally {
    interrupted.removeEventListener('abort', leave)
    process.stdout.off('error', leave)
  }
}

/** That of the process itself. Meanwhile Ctrl-C ends the command, and no more. */
export async function withSitting<T>(given: Sitting | undefined, use: (sitting: Sitting) => Promise<T>): Promise<T> {
  if (given !== undefined) return use(given)
  const interruption = new AbortController()
  const interrupt = (): void => interruption.abort()
  process.once('SIGINT', interrupt).once('SIGTERM', interrupt)
  try {
    return await use({ clock: systemClock(), interrupted: interruption.signal })
  } finally {
    process.off('SIGINT', interrupt).off('SIGTERM', interrupt)
  }
}

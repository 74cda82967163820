/**
 * Restart intensity, as OTP's `supervisor:add_restart` counts it: the restart that is asked for counts with those of the
 * last `withinMs`, and more than `maxRestarts` of them are too many.
 */

export interface Intensity {
  /** How many restarts are borne in the window. Default 3. With 0 the first failure is one too many. */
  readonly maxRestarts: number
  /** The length of the window in ms. Default 5 000. */
  readonly withinMs: number
}

export const DEFAULT_INTENSITY: Intensity = { maxRestarts: 3, withinMs: 5_000 }

/**
 * The restarts of `times` (wall-clock ms, oldest first) that still count at `now`; one of exactly `withinMs` ago does.
 * A clock that was set back leaves times in the future: they count as far as they would in the past, so that a small
 * step forgives nothing and a large one blames nobody for long.
 */
export function withinWindow(times: readonly number[], now: number, { withinMs }: Intensity): readonly number[] {
  return times.filter((time) => Math.abs(now - time) <= withinMs)
}

/** Whether one more restart at `now`, after those of `times`, is more than `intensity` bears. */
export function isExceeded(times: readonly number[], now: number, intensity: Intensity): boolean {
  return withinWindow(times, now, intensity).length + 1 > intensity.maxRestarts
}

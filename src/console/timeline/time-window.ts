/** Which stretch of time is in sight: it follows the clock, or stands still where one has stopped it. */
export interface TimeWindow {
  /** Ms from its left to its right edge. */
  readonly spanMs: number
  /** Its right edge; undefined: now. */
  readonly endMs: number | undefined
}

const SPANS_MS = [100, 250, 1_000, 2_500, 5_000, 10_000, 30_000, 60_000, 180_000, 600_000] as const
const MIN_MS = 20
const MAX_MS = 3_600_000

/** `factor` below 1: closer. The moment at `share` of the width stays where it is. */
export function zoomed({ spanMs, endMs }: TimeWindow, factor: number, share: number, nowMs: number): TimeWindow {
  const next = Math.min(Math.max(spanMs * factor, MIN_MS), MAX_MS)
  if (endMs === undefined) return { spanMs: next, endMs }
  const atMs = endMs - spanMs * (1 - share)
  return { spanMs: next, endMs: Math.min(atMs + next * (1 - share), nowMs) }
}

/** Later by `ms`, not beyond now. */
export function moved({ spanMs, endMs }: TimeWindow, ms: number, nowMs: number): TimeWindow {
  return { spanMs, endMs: Math.min((endMs ?? nowMs) + ms, nowMs) }
}

/** The next larger or smaller of the usual spans. */
export function stepped(window: TimeWindow, direction: 1 | -1, nowMs: number): TimeWindow {
  const larger = SPANS_MS.find((span) => span > window.spanMs * 1.01) ?? window.spanMs
  const smaller = SPANS_MS.findLast((span) => span < window.spanMs * 0.99) ?? window.spanMs
  return zoomed(window, (direction > 0 ? larger : smaller) / window.spanMs, 0.5, nowMs)
}

/**
 * What is shown to somebody who comes when the newest thing happened at `newestMs`: it is in sight, and time goes on. What is
 * longer ago than a window of the usual spans is not shown so: it would be a line at the edge.
 */
export function opened(newestMs: number | undefined, nowMs: number): TimeWindow {
  const agoMs = newestMs === undefined ? 0 : nowMs - newestMs
  const spanMs = SPANS_MS.find((span) => span >= FIRST_SPAN_MS && span * SEEN > agoMs)
  return { spanMs: spanMs ?? FIRST_SPAN_MS, endMs: undefined }
}

const FIRST_SPAN_MS = 10_000
/** What is nearer to the left edge than the rest is soon gone. */
const SEEN = 0.75

/** The window that ends with this moment, and stands still. */
export function endingWith(atMs: number, nowMs: number): TimeWindow {
  return { spanMs: FIRST_SPAN_MS, endMs: Math.min(atMs + FIRST_SPAN_MS / 20, nowMs) }
}

/** Round moments in sight, about one for each `px` of `width`. */
export function ticksOf(
  fromMs: number,
  toMs: number,
  width: number,
  px = 110,
): { readonly atMs: number; readonly text: string }[] {
  const rough = ((toMs - fromMs) / Math.max(width, 1)) * px
  const power = 10 ** Math.floor(Math.log10(rough))
  const decimal = [1, 2, 5, 10].map((n) => n * power).find((step) => step >= rough) ?? rough
  const step = rough < 1_000 ? decimal : (CLOCK_STEPS_MS.find((each) => each >= rough) ?? decimal)
  const ticks = []
  for (let atMs = Math.ceil(fromMs / step) * step; atMs <= toMs; atMs += step)
    ticks.push({ atMs, text: tickText(atMs, step) })
  return ticks
}

const CLOCK_STEPS_MS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1_800, 3_600].map((s) => s * 1_000)

function tickText(atMs: number, step: number): string {
  const clock = new Date(atMs).toTimeString().slice(0, 8)
  return step >= 1_000
    ? clock
    : `${clock}.${String(Math.floor(atMs % 1_000))
        .padStart(3, '0')
        .slice(0, step >= 100 ? 1 : step >= 10 ? 2 : 3)}`
}

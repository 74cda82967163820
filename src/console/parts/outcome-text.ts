/** What came of an order for several entries: `3 approved.`, `2 approved, 1 not: …`. */
import { countText } from './amounts.js'
import type { ToastRack } from './toast-rack.js'

/** What is said of one of them, by any of the lists. */
interface Outcome {
  readonly ok: boolean
  readonly error?: string | { readonly message: string } | undefined
}

/** `done`: past tense of what was to be done. */
export function tellOutcomes(toasts: ToastRack, outcomes: readonly Outcome[], done: string): void {
  const failed = outcomes.filter(({ ok }) => !ok)
  const well = outcomes.length - failed.length
  if (well > 0) toasts.done(`${countText(well)} ${done}.`)
  const first = failed[0]
  if (first !== undefined) toasts.failed(`${countText(failed.length)} not ${done}:`, new Error(whyOf(first)))
}

function whyOf({ error }: Outcome): string {
  return (typeof error === 'string' ? error : error?.message) ?? 'The node does not say why.'
}

/** The event that tells a machine that it is being cancelled, and which machines want to hear of it. */
import type { EventObject } from 'xstate'

export interface CancelEvent extends EventObject {
  readonly type: 'roscius.cancel'
  /** As given to `ref.cancel`. */
  readonly reason: string | undefined
}

const TYPE: CancelEvent['type'] = 'roscius.cancel'
const known = new WeakMap<object, boolean>()

export function cancelEvent(reason: string | undefined): CancelEvent {
  return { type: TYPE, reason }
}

/** Whether the machine has a transition for `roscius.cancel` by that name; a wildcard was not written for it. */
export function takesCancel(logic: object): boolean {
  let takes = known.get(logic)
  if (takes === undefined) {
    const { events } = logic as { readonly events?: unknown }
    takes = Array.isArray(events) && events.includes(TYPE)
    known.set(logic, takes)
  }
  return takes
}

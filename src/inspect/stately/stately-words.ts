/** How actors, machines and states are put into the Stately protocol: cleaned of secrets, and cut. */
import type { EventObject } from 'xstate'
import type { Redaction } from '../../governance/redaction/redaction.js'
import { type PlainLimits, plainOf } from './plain-of.js'
import type { StatelySnapshot } from './stately-event.js'

/** A state of an actor is told again and again, a definition once. */
const STATE: PlainLimits = { maxValues: 5_000, maxChars: 10_000, maxTotalChars: 200_000 }
const EVENT: PlainLimits = { maxValues: 1_000, maxChars: 10_000, maxTotalChars: 100_000 }
const DEFINITION: PlainLimits = { maxValues: 200_000, maxChars: 10_000, maxTotalChars: 2_000_000 }

export class StatelyWords {
  readonly #definitions = new WeakMap<object, string>()

  constructor(private readonly redaction: Redaction) {}

  /** The config of a machine without its initial context, which may hold anything; of other logic its name. */
  definition(logic: object | undefined, name: string): string {
    const known = logic && this.#definitions.get(logic)
    if (known !== undefined) return known
    const { config } = (logic ?? {}) as { readonly config?: object }
    const isMachine = typeof config === 'object' && config !== null && 'root' in (logic as object)
    const shown = isMachine
      ? plainOf({ id: name, ...config, context: undefined }, this.redaction, DEFINITION)
      : { id: name }
    const text = JSON.stringify(shown)
    if (logic !== undefined) this.#definitions.set(logic, text)
    return text
  }

  snapshot(snapshot: object | undefined): StatelySnapshot {
    const { status = 'active', value, context, output, error } = (snapshot ?? {}) as Partial<StatelySnapshot>
    return plainOf({ status, value, context, output, error }, this.redaction, STATE) as StatelySnapshot
  }

  event(event: EventObject): EventObject {
    return plainOf(event, this.redaction, EVENT) as EventObject
  }
}

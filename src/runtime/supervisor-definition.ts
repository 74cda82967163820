/** What makes actor logic a supervisor: the options it was made with hang on it, where the runtime finds them. */
import type { ReadChildSpec } from '../supervision/child-spec.js'
import type { ReadSupervisorOptions } from '../supervision/supervisor-options.js'

const DEFINITION = Symbol('roscius.supervisor')

/** Marks `logic` as that of a supervisor. */
export function defineSupervisor<T extends object>(logic: T, definition: ReadSupervisorOptions): T {
  return Object.assign(logic, { [DEFINITION]: definition })
}

/** The options of a supervisor's logic; `undefined` for any other logic. */
export function definitionOf(logic: object): ReadSupervisorOptions | undefined {
  return (logic as { readonly [DEFINITION]?: ReadSupervisorOptions })[DEFINITION]
}

/** The spec that the definition gives the child `id`. */
export function staticSpec({ children }: ReadSupervisorOptions, id: string): ReadChildSpec | undefined {
  return children.find((child) => child.id === id)
}

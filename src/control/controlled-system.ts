/** What the control API needs of a system: every `System` has it, whatever its logic table. */
import type { System } from '../create-system.js'

type Taken =
  | 'name'
  | 'storeId'
  | 'incarnation'
  | 'actors'
  | 'approvals'
  | 'audit'
  | 'budget'
  | 'conversation'
  | 'deadLetters'
  | 'decisions'
  | 'figures'
  | 'inspect'
  | 'logic'
  | 'on'
  | 'peers'
  | 'raiseBudget'
  | 'tree'

export interface ControlledSystem extends Pick<System, Taken> {
  actor(logic: never, id: string): object
  peer(name: string): { reset(by: { readonly by?: string; readonly reason?: string }): Promise<void> }
}

/** Who acts, and at which door: `network` by a token, `socket` as the owner of the store. */
export interface Who {
  readonly by: string
  readonly role: 'viewer' | 'operator'
  readonly door: 'network' | 'socket'
}

/** What the door of a store's owner is made of; loaded when one is opened. */
import { ownersDoor } from './access/doorkeeper.js'
import { OpenControl } from './control.js'
import { readControl } from './control-options.js'
import type { ControlledSystem } from './controlled-system.js'

export { answers } from './client/system-place.js'
export { boundedServer } from './http/node-server.js'

export function ownersControl(system: ControlledSystem): OpenControl {
  return new OpenControl(system, readControl({}, 'serveControl'), ownersDoor)
}

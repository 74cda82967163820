/** The running system that a command needs: nothing is told to a store. */
import { type ControlClient, findControl } from '../../control/client/control-client.js'
import { RosciusError } from '../../core/errors.js'
import { assertOfNode } from '../sources/actor-word.js'
import { operatorOf } from '../sources/operator.js'
import { assertStore } from '../stored/open-store.js'

/** How a system lets programs in. */
export const RUNNING_HINT =
  'It needs a running system that lets programs in: let that call serveControl(system, { folder }), or createConsole(system, { folder }).'

interface Wanted {
  /** Who acts; default: the user. */
  readonly by?: string | undefined
  /** The actor that is meant, as it was called. */
  readonly word?: string | undefined
}

/** `what`: what can't be done to a store, as `an actor is paused`. Throws `STORE_FAILED`, `ADDRESS_INVALID`, `OPTIONS_INVALID`. */
export async function runningSystem(folder: string, what: string, { by, word }: Wanted = {}): Promise<ControlClient> {
  const system = await findControl(folder, { by: operatorOf(by) })
  if (system !== undefined) {
    await assertOfNode(system, word)
    return system
  }
  assertStore(folder)
  const message = `No system lets anybody in at ${folder}, and ${what} only in one that runs. ${RUNNING_HINT}`
  throw new RosciusError('STORE_FAILED', message, { details: { path: folder } })
}

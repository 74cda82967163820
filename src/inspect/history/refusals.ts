/** What is asked for and is not there. */
import type { ActorPath } from '../../core/address.js'
import { RosciusError } from '../../core/errors.js'

export function notFound(path: ActorPath): RosciusError {
  const message = `${path}: there is no such actor on this node. Check its path with system.actors().`
  return new RosciusError('ACTOR_NOT_FOUND', message, { address: path })
}

export function noRecord(path: ActorPath, seqNr: number): RosciusError {
  const message = `${path} has no record ${seqNr}, or it is not kept any more.`
  return new RosciusError('ACTOR_NOT_FOUND', message, { address: path, details: { seqNr } })
}

export function noConversation(id: string): RosciusError {
  const shown = id.slice(0, 200)
  const message = `There is no conversation "${shown}": it is \`path@number\` of a record that is kept, or the id of one over links.`
  return new RosciusError('ACTOR_NOT_FOUND', message, { details: { id: shown } })
}

import { createHash } from 'node:crypto'
import type { MachineDefinition } from './machine-definition.js'

const hashes = new WeakMap<MachineDefinition, string>()

/**
 * A name for all that a definition says: the first 16 hex digits of a SHA-256. What is drawn of a machine is kept by it. (Whether
 * stored actors still fit a machine is told by `structureHash`, which leaves out actions and texts.)
 */
export function definitionHash(definition: MachineDefinition): string {
  let hash = hashes.get(definition)
  if (hash === undefined) {
    hash = createHash('sha256').update(JSON.stringify(definition)).digest('hex').slice(0, 16)
    hashes.set(definition, hash)
  }
  return hash
}

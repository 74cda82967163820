/**
 * What a peer says of an actor that it wants started: read as a user's options are, but for what binds an actor to this node.
 *
 * 1. Scopes, budgets, and whatever else extensions of this node give by `extra:*`, are this node's to give: a peer that asks
 *    for them is refused, wherever it may spawn.
 */
import { z } from 'zod'
import { extrasOf } from '../../core/extras.js'
import type { SpawnAbroad } from '../../runtime/abroad.js'
import { readWith } from '../../supervision/refusal.js'

export type SpawnRequest = SpawnAbroad & { readonly id: string }

const schema = z.strictObject({
  logic: z.string(),
  id: z.string(),
  input: z.unknown().optional(),
  durability: z.enum(['durable', 'relaxed', 'volatile']).optional(),
  systemId: z.string().min(1).optional(),
  ifExists: z.enum(['throw', 'use']).optional(),
})

/** The first of the options that only this node may give. */
export function extraOf(request: object): string | undefined {
  const [name] = Object.keys(extrasOf(request) ?? {})
  return name === undefined ? undefined : `extra:${name}`
}

/** Throws `OPTIONS_INVALID` with the path of the field. */
export function readSpawn(request: SpawnRequest): SpawnRequest {
  return readWith(schema, request, 'spawn')
}

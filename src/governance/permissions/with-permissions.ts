import { type PermissionsOptions, readPermissions } from './read-permissions.js'

/** Options of any spawn that say what the actor may do. */
export interface PermissionsOption {
  readonly 'extra:permissions': PermissionsOptions
}

/**
 * Says what an actor and all below it may do: goes into the options of `system.spawn`, `spawnActor`, `startChild`, or a child
 * spec. It gets no more scopes than its parent has; what is refused is told as `scopesRefused`. Throws `OPTIONS_INVALID`.
 *
 * @example
 * ```ts
 * import { createSystem, memoryStore, withBudget, withPermissions } from 'roscius'
 * import { createMachine } from 'xstate'
 *
 * const agent = createMachine({})
 * await using system = await createSystem({ name: 'desk', store: memoryStore(), logic: { agent } })
 * await system.spawn('agent', {
 *   id: 'a',
 *   ...withPermissions({ scopes: ['read:files'] }),
 *   ...withBudget({ toolCalls: 20 }),
 * })
 * ```
 */
export function withPermissions(permissions: PermissionsOptions): PermissionsOption {
  readPermissions(permissions)
  return { 'extra:permissions': permissions }
}

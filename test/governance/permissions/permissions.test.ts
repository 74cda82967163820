import fc from 'fast-check'
import { createSystem, isRosciusError, memoryStore, spawnActor, withPermissions } from 'roscius'
import { describe, expect, test } from 'vitest'
import { createMachine, setup } from 'xstate'
import { Permissions } from '../../../src/governance/permissions/permissions.js'
import { covers } from '../../../src/governance/policy/scopes.js'
import type { ExtensionHost } from '../../../src/runtime/extension.js'
import { World } from '../../support/world.js'

const leaf = createMachine({})
const parent = setup({ actors: { leaf } }).createMachine({
  on: {
    HIRE: { actions: spawnActor('leaf', { id: 'l', ...withPermissions({ scopes: ['read', 'write:files'] }) }) },
    ADOPT: { actions: spawnActor('leaf', { id: 'h' }) },
  },
})

/** What the permissions of a system say of actors, as the gate sees it. */
function opened(system = {}, records = new Map<string, unknown>()) {
  const refused: unknown[] = []
  const host = {
    put: (key: string, value: unknown) => void records.set(key, value),
    delete: (key: string) => void records.delete(key),
    tell: (event: unknown) => void refused.push(event),
    async *records() {
      yield* records
    },
  } as unknown as ExtensionHost
  const open = async (): Promise<Permissions> => {
    const permissions = new Permissions(system)
    await permissions.open(host)
    return permissions
  }
  return { open, refused, records }
}

const starting = (path: string, scopes?: readonly string[]) => ({
  path,
  logic: 'x',
  extras: scopes === undefined ? {} : { permissions: { scopes } },
})

describe('scopes', () => {
  test('are those of the parent where nothing is said, and none at the top', async () => {
    const permissions = await opened().open()
    permissions.started(starting('a', ['read']), 'durable')
    permissions.started(starting('a/b'), 'durable')
    expect([permissions.of('a/b').scopes, permissions.of('c').scopes]).toEqual([['read'], []])
  })

  test('at the top are at most those of the system', async () => {
    const permissions = await opened({ scopes: ['read'] }).open()
    permissions.started(starting('a', ['read:files', 'write']), 'durable')
    expect([permissions.of('a').scopes, permissions.of('b').scopes]).toEqual([['read:files'], ['read']])
  })

  test('of a child never reach beyond its parent, whatever the tree asks for', async () => {
    const scope = fc.constantFrom('read', 'read:files', 'read:mail', 'write', 'write:files', '*')
    const tree = fc.array(fc.tuple(fc.constantFrom('a', 'a/b', 'a/b/c', 'd', 'd/e'), fc.array(scope)))
    await fc.assert(
      fc.asyncProperty(tree, async (spawns) => {
        const permissions = await opened().open()
        for (const [path, scopes] of spawns) permissions.started(starting(path, scopes), 'durable')
        for (const [child, above] of [
          ['a/b', 'a'],
          ['a/b/c', 'a/b'],
          ['d/e', 'd'],
        ] as const) {
          const asked = spawns.findLastIndex(([path]) => path === child)
          const changed = spawns.findLastIndex(([path]) => above === path || above.startsWith(`${path}/`))
          if (asked < changed) continue
          const { scopes } = permissions.of(above)
          for (const one of permissions.of(child).scopes) expect(scopes.some((given) => covers(given, one))).toBe(true)
        }
      }),
    )
  })

  test('that were refused are told, and the actor is started without them', async () => {
    const world = new World({ parent, leaf })
    const system = await world.open()
    const ref = await system.spawn('parent', { id: 'p', ...withPermissions({ scopes: ['read:files', 'write'] }) })
    await ref.deliver({ type: 'HIRE' })
    expect(world.events).toContainEqual({ type: 'scopesRefused', path: 'p/l', refused: ['read'] })
    expect(system.actor('leaf', 'p/l').getSnapshot().status).toBe('active')
    await world.stop()
  })

  test('that the system has lost are lost to those who were given them', async () => {
    const given = opened({ scopes: ['read', 'write'] })
    const first = await given.open()
    first.started(starting('a', ['read:files', 'write']), 'durable')
    first.started(starting('a/b'), 'durable')
    const records = given.records
    const second = await opened({ scopes: ['read'] }, records).open()
    expect([second.of('a').scopes, second.of('a/b').scopes]).toEqual([['read:files'], ['read:files']])
  })

  test('of a volatile actor bind the durable ones below it also when it is lost', async () => {
    const given = opened({ scopes: ['*'] })
    const first = await given.open()
    first.started(starting('v', ['read']), 'volatile')
    first.started(starting('v/w'), 'volatile')
    first.started(starting('v/w/d'), 'durable')
    first.started(starting('alone', ['read']), 'volatile')
    expect((await given.open()).of('v/w/d').scopes).toEqual(['read'])
    expect([...given.records.keys()]).toEqual(['v'])
    first.started(starting('v', ['write']), 'volatile')
    expect([...given.records.keys()]).toEqual([])
  })

  test('outlive the process', async () => {
    const { open } = opened()
    const first = await open()
    first.started(starting('a', ['read']), 'durable')
    first.started(starting('v', ['read']), 'volatile')
    const second = await open()
    expect([second.of('a').scopes, second.of('v').scopes]).toEqual([['read'], []])
    second.deleted('a')
    expect((await open()).of('a').scopes).toEqual([])
  })
})

test('policies bind an actor with all those above it, the uppermost first', async () => {
  const policy = (name: string) => ({ name, version: '1' })
  const permissions = await opened({ policy: policy('system') }).open()
  permissions.started({ path: 'a', logic: 'x', extras: { permissions: { policy: policy('a') } } }, 'durable')
  permissions.started({ path: 'a/b/c', logic: 'x', extras: { permissions: { policy: policy('c') } } }, 'durable')
  expect(permissions.of('a/b/c/d').policies.map(({ name }) => name)).toEqual(['system', 'a', 'c'])
})

test('permissions that can not be read refuse the spawn, and the system, with the path of the field', async () => {
  const system = await createSystem({ name: 's', store: memoryStore(), logic: { leaf } })
  const spawned = system.spawn('leaf', { id: 'l', 'extra:permissions': { scopes: ['no scope at all'] } })
  expect(await spawned.catch((error: unknown) => error)).toMatchObject({
    code: 'OPTIONS_INVALID',
    details: { field: 'scopes.0' },
  })
  expect(system.actor('leaf', 'l').getSnapshot).toThrow()
  await system.stop()
  const options = { name: 's', store: memoryStore(), logic: { leaf }, permissions: { scopes: [''] } }
  const refused = await createSystem(options).catch((error: unknown) => error)
  expect(isRosciusError(refused, 'OPTIONS_INVALID')).toBe(true)
})

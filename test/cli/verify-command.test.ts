import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createSystem, memoryNetwork, systemClock } from 'roscius'
import { levelStore } from 'roscius/level'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createMachine } from 'xstate'
import { verifyCommand } from '../../src/cli/commands/verify.js'
import { openNode, passes } from './linked-pair.js'

let folder: string
let output: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'roscius-verify-'))
  output = ''
  const note = (text: unknown): boolean => {
    output += String(text)
    return true
  }
  vi.spyOn(process.stdout, 'write').mockImplementation(note)
  vi.spyOn(process.stderr, 'write').mockImplementation(note)
})
afterEach(() => {
  vi.restoreAllMocks()
  vi.unstubAllEnvs()
  rmSync(folder, { recursive: true, force: true })
})

const idle = createMachine({ on: { GO: {} } })
const KEY = new Uint8Array(32).fill(5)

async function fill(encryption?: { key: Uint8Array; keyId: string }): Promise<void> {
  await using system = await createSystem({ name: 'n', store: folder, logic: { idle }, encryption })
  await (await system.spawn('idle', { id: 'a' })).deliver({ type: 'GO' })
}

async function damage(): Promise<void> {
  const store = await levelStore(folder)
  await store.batch([{ type: 'put', key: 'a/a', value: Uint8Array.of(1, 2, 3) }], { sync: true })
  await store.close()
}

describe('roscius verify', () => {
  it('answers 0 for a sound store', async () => {
    await fill()
    expect(await verifyCommand([folder])).toBe(0)
    expect(output).toMatch(/^1 actors, \d+ records: sound\n$/)
  })

  it('finds nothing wrong where a store tells of other nodes: what waits for them, who watches whom', async () => {
    const place = { network: memoryNetwork({ clock: systemClock() }), folder }
    const [a, b] = await Promise.all([openNode(place, 'a', 'b'), openNode(place, 'b', 'a')])
    await b.spawn('counter', { id: 'c' })
    await a.spawn('guard', { id: 'g', input: { target: a.actor('counter', 'roscius://b/c') } })
    await a.actor('counter', 'roscius://b/c').deliver({ type: 'INC' })
    await b.stop()
    await passes(a, 'b', 3)
    await a.stop()
    for (const name of ['a', 'b']) expect(await verifyCommand([join(folder, name)])).toBe(0)
    expect(output).toMatch(/^2 actors, \d+ records: sound\n1 actors, \d+ records: sound\n$/)
  })

  it('answers 1 for a damaged one, and names the record', async () => {
    await fill()
    await damage()
    expect(await verifyCommand([folder])).toBe(1)
    expect(output).toMatch(/^a\/a: .*damaged/)
  })

  it('prints one JSON object with --json', async () => {
    await fill()
    await damage()
    expect(await verifyCommand(['--json', folder])).toBe(1)
    expect(JSON.parse(output)).toMatchObject({ ok: false, actors: 1, damages: [{ key: 'a/a' }] })
  })

  it('reads an encrypted store with ROSCIUS_KEY, and says when the key is absent or wrong', async () => {
    await fill({ key: KEY, keyId: 'k1' })
    await expect(verifyCommand([folder])).rejects.toMatchObject({
      code: 'STORE_KEY_WRONG',
      message: expect.stringContaining('ROSCIUS_KEY'),
    })
    vi.stubEnv('ROSCIUS_KEY', '00'.repeat(32))
    await expect(verifyCommand([folder])).rejects.toMatchObject({ code: 'STORE_KEY_WRONG' })
    vi.stubEnv('ROSCIUS_KEY', Buffer.from(KEY).toString('hex'))
    expect(await verifyCommand([folder])).toBe(0)
  })

  it('explains itself with --help, and answers 2 without a folder', async () => {
    expect(await verifyCommand(['--help'])).toBe(0)
    expect(output).toContain('Usage: roscius verify')
    expect(await verifyCommand([])).toBe(2)
  })

  it('makes no store where there is none, and does not touch one that is open', async () => {
    await expect(verifyCommand([join(folder, 'absent')])).rejects.toMatchObject({ code: 'STORE_FAILED' })
    await using system = await createSystem({ name: 'n', store: folder, logic: { idle } })
    await expect(verifyCommand([folder])).rejects.toMatchObject({ code: 'STORE_LOCKED' })
    expect((await (await system.spawn('idle', { id: 'b' })).deliver({ type: 'GO' })).outcome).toBe('handled')
  })
})

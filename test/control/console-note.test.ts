import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createSystem, memoryStore, type System, serveControl } from 'roscius'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { findControl } from '../../src/control/client/control-client.js'
import { createConsole, type RunningConsole } from '../../src/control/console.js'
import { ask } from './raw.js'

let folder: string
let system: System
let running: RunningConsole | undefined
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'roscius-note-'))
  system = await createSystem({ name: 'n', store: memoryStore(), logic: {} })
})
afterEach(async () => {
  await running?.close()
  running = undefined
  await system.stop()
  rmSync(folder, { recursive: true, force: true })
})

const note = (): string => join(folder, 'control', 'console.json')
const onlyPosix = it.skipIf(process.platform === 'win32')

describe('a console', () => {
  it('prints a URL of this machine, with a token that no server sees', async () => {
    running = await createConsole(system, { port: 0 })
    expect(running.url).toBe(`http://127.0.0.1:${running.port}/#token=${running.token}`)
    expect(Buffer.from(running.token, 'base64url')).toHaveLength(32)
    const other = await createConsole(system, { port: 0 })
    expect(other.token).not.toBe(running.token)
    await other.close()
  })

  onlyPosix('is noted in the folder of the store, where only its owner can read; the note goes with it', async () => {
    running = await createConsole(system, { port: 0, folder })
    expect(statSync(note()).mode & 0o777).toBe(0o600)
    expect(statSync(join(folder, 'control')).mode & 0o777).toBe(0o700)
    expect(JSON.parse(readFileSync(note(), 'utf8'))).toEqual({
      url: `http://127.0.0.1:${running.port}/`,
      token: running.token,
      pid: process.pid,
    })
    await running.close()
    expect(existsSync(note())).toBe(false)
  })

  it('is found there by programs', async () => {
    expect(await findControl(folder)).toBeUndefined()
    running = await createConsole(system, { port: 0, folder })
    const control = await findControl(folder, { by: 'ada' })
    expect(await control?.session()).toMatchObject({ role: 'operator', node: 'n' })
    await expect(control?.actor({ path: 'x' })).rejects.toMatchObject({ code: 'ACTOR_NOT_FOUND' })
    const frames: unknown[] = []
    const live = await control?.live({ topic: 'pulse' }, (frame) => frames.push(frame))
    await expect.poll(() => frames.length).toBeGreaterThan(0)
    live?.close()
    await running.close()
    expect(await findControl(folder)).toBeUndefined()
    await expect(control?.node()).rejects.toMatchObject({ code: 'STORE_FAILED' })
  })

  it('is asked through the socket of the store where there is one', async () => {
    running = await createConsole(system, { port: 0, folder })
    await using _door = await serveControl(system, { folder })
    writeFileSync(note(), JSON.stringify({ url: 'http://127.0.0.1:1/', token: 'x', pid: process.pid }))
    expect(await (await findControl(folder))?.session()).toMatchObject({ node: 'n' })
  })

  it('that a killed process has noted is not asked, whoever listens at its port by now', async () => {
    running = await createConsole(system, { port: 0 })
    mkdirSync(join(folder, 'control'), { mode: 0o700 })
    const url = `http://127.0.0.1:${running.port}/`
    writeFileSync(note(), JSON.stringify({ url, token: running.token, pid: 2 ** 22 + 1 }))
    expect(await findControl(folder)).toBeUndefined()
    writeFileSync(note(), 'rubbish')
    expect(await findControl(folder)).toBeUndefined()
  })

  onlyPosix('follows no link that somebody has left in the place of its note', async () => {
    mkdirSync(join(folder, 'control'), { mode: 0o700 })
    const other = join(folder, 'other')
    writeFileSync(other, 'mine')
    symlinkSync(other, note())
    running = await createConsole(system, { port: 0, folder })
    expect(readFileSync(other, 'utf8')).toBe('mine')
    expect(statSync(note()).mode & 0o777).toBe(0o600)
  })

  onlyPosix('is not noted where others could write, and does not listen then', async () => {
    const elsewhere = join(folder, 'elsewhere')
    mkdirSync(elsewhere)
    symlinkSync(elsewhere, join(folder, 'control'))
    await expect(createConsole(system, { port: 0, folder })).rejects.toMatchObject({ code: 'STORE_FAILED' })
    await expect(findControl(folder)).rejects.toMatchObject({ code: 'STORE_FAILED' })
  })

  it('says what to do where its port is taken, and leaves the note of the one that has it', async () => {
    running = await createConsole(system, { port: 0, folder })
    const taken = createConsole(system, { port: running.port, folder })
    await expect(taken).rejects.toMatchObject({
      code: 'LISTEN_FAILED',
      details: { port: running.port, host: '127.0.0.1' },
    })
    await expect(taken).rejects.toThrow(/taken, perhaps by another console.*another port/)
    expect(await (await findControl(folder))?.session()).toMatchObject({ node: 'n' })
  })

  it('frees its port when it is closed, whoever is connected', async () => {
    running = await createConsole(system, { port: 0 })
    const { port } = running
    await ask(port, '/healthz')
    await running.close()
    await expect(ask(port, '/healthz')).rejects.toThrow()
    running = await createConsole(system, { port })
    expect((await ask(port, '/healthz')).status).toBe(200)
  })
})

import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createSystem } from 'roscius'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createMachine } from 'xstate'
import { build } from '../support/build.js'
import { command, manifest } from '../support/package.js'

let folder: string
beforeAll(async () => {
  await build()
  folder = mkdtempSync(join(tmpdir(), 'roscius-cli-'))
  await using system = await createSystem({ name: 'n', store: folder, logic: { idle: createMachine({}) } })
  await system.spawn('idle', { id: 'a' })
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Runs the command in a process of its own. */
function roscius(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [command, ...args], (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr }),
    )
  })
}

describe('the command roscius', () => {
  it('checks a store and exits with 0', async () => {
    expect(await roscius('verify', folder)).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('sound'),
      stderr: '',
    })
  })

  it('says which version it is', async () => {
    expect(await roscius('--version')).toEqual({ code: 0, stdout: `${manifest.version}\n`, stderr: '' })
  })

  it('lists its commands with --help', async () => {
    expect(await roscius('--help')).toMatchObject({ code: 0, stdout: expect.stringContaining('verify <folder>') })
  })

  it('exits with 2 and says why when it is called wrongly', async () => {
    expect(await roscius()).toMatchObject({ code: 2, stderr: expect.stringContaining('Usage') })
    expect(await roscius('frobnicate')).toMatchObject({ code: 2, stderr: expect.stringContaining('frobnicate') })
    expect(await roscius('verify', '--bogus')).toMatchObject({ code: 2, stderr: expect.stringContaining('bogus') })
    expect(await roscius('verify', join(folder, 'absent'))).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('absent'),
    })
  })
})

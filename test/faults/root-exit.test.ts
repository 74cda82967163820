/** What `onRootFailure: 'exit'` does, tried in a process of its own. */
import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createSystem } from 'roscius'
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { assign, createMachine } from 'xstate'
import { build } from '../support/build.js'

const child = fileURLToPath(new URL('../../dist/test/faults/root-exit.child.js', import.meta.url))

interface Exit {
  readonly code: number | string | null | undefined
  readonly stdout: string
  readonly stderr: string
}

function run(folder: string): Promise<Exit> {
  return new Promise((resolve) => {
    execFile(process.execPath, [child, folder], { timeout: 30_000 }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : error.code, stdout, stderr })
    })
  })
}

const counter = createMachine({
  context: { count: 0 },
  on: { INC: { actions: assign({ count: ({ context }) => context.count + 1 }) } },
})
const fragile = createMachine({})

let folder = ''
beforeAll(() => build().then(() => build('test/faults')), 120_000)
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'roscius-exit-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

describe("with onRootFailure: 'exit'", () => {
  test('a failure at the top ends the process: told, exit code 1, and all that came before it in the store', async () => {
    const { code, stdout, stderr } = await run(folder)
    expect({ code, stdout }).toEqual({ code: 1, stdout: 'rootFailed\n' })
    expect(stderr).toContain('ROOT_FAILED')
    expect(stderr).toContain('the top has failed')
    await using system = await createSystem({ name: 'doomed', store: folder, logic: { counter, fragile } })
    expect(system.actor('counter', 'count').getSnapshot()).toMatchObject({ context: { count: 3 } })
    expect(system.actor('fragile', 'top').failure()).toMatchObject({
      error: { message: 'the top has failed' },
      event: { type: 'BREAK' },
    })
  })
})

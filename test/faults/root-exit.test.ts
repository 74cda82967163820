/** What `onRootFailure: 'exit'` does, tried in a process of its own. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createSystem } from 'roscius'
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { assign, createMachine } from 'xstate'
import { build } from '../support/build.js'
import { runChild } from './run-child.js'

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
    const { code, stdout, stderr } = await runChild('root-exit', folder)
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

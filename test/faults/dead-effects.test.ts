/** What the effects of a dead incarnation do to the process, tried in a process of its own. */
import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, test } from 'vitest'
import { build } from '../support/build.js'

const child = fileURLToPath(new URL('../../dist/test/faults/dead-effects.child.js', import.meta.url))

interface Exit {
  readonly code: number | string | null | undefined
  readonly stdout: string
  readonly stderr: string
}

function run(how: string): Promise<Exit> {
  return new Promise((resolve) => {
    execFile(process.execPath, [child, how], (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : error.code, stdout, stderr })
    })
  })
}

beforeAll(() => build().then(() => build('test/faults')), 120_000)

describe('an effect of a dead incarnation', () => {
  test.each([
    'rejects when it is aborted',
    'rejects long after it was aborted',
    'leaves a rejection behind that nobody hears',
    'throws in a timer of its own',
    'throws in its abort listener',
    'throws as it cleans up',
    'rejects as it cleans up',
  ])('that %s harms neither its successor, nor a sibling, nor the process', async (how) => {
    const { code, stdout, stderr } = await run(how)
    expect(stdout).toBe('the new attempt: of the living\nits sibling: handled\nstopped\n')
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  })
})

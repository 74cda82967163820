/** What the effects of a dead incarnation do to the process, tried in a process of its own. */
import { beforeAll, describe, expect, test } from 'vitest'
import { build } from '../support/build.js'
import { runChild } from './run-child.js'

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
    const { code, stdout, stderr } = await runChild('dead-effects', how)
    expect(stdout).toBe('the new attempt: of the living\nits sibling: handled\nstopped\n')
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  })
})

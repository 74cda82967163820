/** What an error that nobody catches does to the process, tried in a process of its own. */
import { beforeAll, describe, expect, test } from 'vitest'
import { build } from '../support/build.js'
import { runChild } from './run-child.js'

beforeAll(() => build().then(() => build('test/faults')), 120_000)

describe('an error that nobody catches', () => {
  test.each([
    ['a timer of an effect', 'late, in a timer'],
    ['a rejection in an effect', 'nobody listens'],
    ['a rejection after a wait in an effect', 'nobody listens, later'],
    ['a timer of a callback', 'late, in a callback'],
    ['a timer of an action', 'late, of an action'],
    ['an action', 'at once'],
  ])('in %s fails its actor, and neither another one nor the process', async (how, message) => {
    const { code, stdout, stderr } = await runChild('late-errors', how)
    expect(stdout).toBe(`failed: fragile: ${message}\ndelivered: handled\nstopped\n`)
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  })

  test.each([
    ['a timer outside', 'not of an actor'],
    ['a rejection outside', 'rejected outside'],
    ['a rejection outside, after the system has stopped', 'rejected after the end'],
  ])('in %s ends the process as Node always does: message on stderr, exit code 1', async (how, message) => {
    const { code, stdout, stderr } = await runChild('late-errors', how)
    expect(stdout).not.toContain('stopped')
    expect(stderr).toContain(`Error: ${message}`)
    expect(stderr).toContain('late-errors.child')
    expect(code).toBe(1)
  })

  test('is none when nothing goes wrong', async () => {
    expect(await runChild('late-errors', 'nothing')).toEqual({
      code: 0,
      stdout: 'delivered: handled\nstopped\n',
      stderr: '',
    })
  })
})

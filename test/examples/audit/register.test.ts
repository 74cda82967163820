import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createActor, fromCallback } from 'xstate'
import type { FileFinding } from '../../../examples/01-audit/finding.js'
import { DEFAULT_LIMITS } from '../../../examples/01-audit/limits.js'
import { registerMachine, type Take, type Taken } from '../../../examples/01-audit/register.js'

/** The register under plain XState, with a list of so many files. */
function registerOf(files: number) {
  const register = createActor(registerMachine, { input: { root: '/x', limits: DEFAULT_LIMITS } }).start()
  const list = { files: Array.from({ length: files }, (_, index) => `f${index}`), links: [], unread: [] }
  register.send({ type: 'LISTED', list })
  const take = (worker: string, finding?: FileFinding, isEnough = false): Taken | undefined => {
    let taken: Taken | undefined
    const replyTo = createActor(fromCallback<Taken>(({ receive }) => receive((event) => (taken = event)))).start()
    const brought = finding === undefined ? {} : { finding }
    register.send({ type: 'TAKE', worker, ...brought, isEnough, replyTo: replyTo as unknown as Take['replyTo'] })
    return taken
  }
  const read = (): string[] =>
    register
      .getSnapshot()
      .context.findings.flat()
      .map(({ path }) => path)
  return { register, take, read }
}

function found(path: string): FileFinding {
  return { status: 'unread', path, reason: 'played' }
}

describe('the register', () => {
  test('gives no file to two workers, and says how many are left', () => {
    const { take } = registerOf(2)
    expect(['a', 'b', 'c'].map((worker) => take(worker))).toEqual([
      { type: 'TAKEN', path: 'f0', left: 1 },
      { type: 'TAKEN', path: 'f1', left: 0 },
      { type: 'TAKEN', path: null, left: 0 },
    ])
  })

  test('gives a worker that has lost its file the same one again', () => {
    const { take } = registerOf(3)
    expect([take('a')?.path, take('a')?.path, take('b')?.path]).toEqual(['f0', 'f0', 'f1'])
  })

  test('takes a finding from whoever has the file in hand, once', () => {
    const { take, read } = registerOf(3)
    take('a')
    take('b', found('f0'))
    expect(read()).toEqual([])
    take('a', found('f0'))
    take('a', found('f0'))
    expect(read()).toEqual(['f0'])
  })

  test('gives nothing to a worker that has had enough, and leaves it nothing in hand', () => {
    const { take, register } = registerOf(3)
    take('a')
    expect(take('a', found('f0'), true)).toEqual({ type: 'TAKEN', path: null, left: 2 })
    expect(register.getSnapshot().context.hands.inHand).toEqual({})
  })

  test('hands out first what was in the hand of those that are gone', () => {
    const { take, register } = registerOf(4)
    take('a')
    take('b')
    register.send({ type: 'RECALLED' })
    expect(['c', 'd', 'e'].map((worker) => take(worker)?.path)).toEqual(['f0', 'f1', 'f2'])
  })

  test('lists once: what is listed later is for the next audit', () => {
    const { register } = registerOf(1)
    register.send({ type: 'LISTED', list: { files: ['other'], links: [], unread: [] } })
    expect(register.getSnapshot().context.list.files).toEqual(['f0'])
  })

  test('is complete at once for a folder without files', () => {
    expect(registerOf(0).register.getSnapshot().value).toBe('complete')
  })

  test('has one finding for each file in the end, whoever asked, forgot and was recalled in between', () => {
    const worker = fc.constantFrom('a', 'b', 'c')
    const step = fc.oneof(
      { weight: 8, arbitrary: fc.record({ does: fc.constant('report' as const), worker, isEnough: fc.boolean() }) },
      { weight: 3, arbitrary: fc.record({ does: fc.constant('ask' as const), worker }) },
      { weight: 1, arbitrary: fc.record({ does: fc.constant('recall' as const) }) },
    )
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 12 }), fc.array(step, { maxLength: 60 }), (files, steps) => {
        const { register, take, read } = registerOf(files)
        const inHand = () => register.getSnapshot().context.hands.inHand
        for (const each of steps) {
          if (each.does === 'recall') register.send({ type: 'RECALLED' })
          else if (each.does === 'ask') take(each.worker)
          else take(each.worker, found(inHand()[each.worker] ?? 'nothing'), each.isEnough)
          expect(new Set(Object.values(inHand())).size).toBe(Object.keys(inHand()).length)
        }
        register.send({ type: 'RECALLED' })
        for (let path = take('z')?.path; path; path = take('z', found(path))?.path);
        expect(read().sort()).toEqual([...register.getSnapshot().context.list.files].sort())
        expect(register.getSnapshot().value).toBe('complete')
      }),
      { numRuns: 200, seed: 1 },
    )
  })
})

import fc from 'fast-check'
import { expect, it } from 'vitest'
import { RankQueue } from '../../../src/remote/conversation/rank-queue.js'

/** A number is added, `undefined` takes one. */
const steps = fc.array(fc.option(fc.nat(20), { nil: undefined }), { maxLength: 100 })

it('a queue of ranks gives the smallest that it has', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(20)), steps, (first, after) => {
      const queue = new RankQueue(first)
      const model = first.toSorted((a, b) => a - b)
      for (const rank of after) {
        if (rank === undefined) expect(queue.take()).toBe(model.shift())
        else {
          queue.add(rank)
          model.push(rank)
          model.sort((a, b) => a - b)
        }
      }
    }),
  )
})

/** How long a question to an actor of another process takes, and how many are answered a second with 64 outstanding. */
import type { RosciusRef } from 'roscius'
import type { Bench } from '../harness/bench.js'
import { benchFolder } from '../harness/folder.js'
import { medianMs } from '../harness/latency.js'
import { interleave, perSecond } from '../harness/rounds.js'
import { type RowSpec, rowOf } from '../harness/row.js'
import { Bare, bareFar } from './bare.js'
import { type Answer, expectAnswer, questionOf } from './events.js'
import { type answerer, figuresOf, openPair, type Pair } from './nodes.js'

type Ask = () => Promise<unknown>

/** Both sides ask the same; `measure` asks as often as it wants. */
function asking(spec: RowSpec, measure: (ask: Ask, quick: boolean) => Promise<number>): Bench {
  return {
    ids: [spec.id],
    async run({ quick }) {
      await using folder = await benchFolder()
      await using pair = await openPair(folder.path, 'volatile')
      await pair.far.call('answerer')
      const ask = asker(pair.near.actor('answerer', 'roscius://b/answerer'))
      const { out, back } = await bytesOfAnAsk(pair, ask)
      await using far = await bareFar({ answerBytes: back })
      await using bare = await Bare.open(far, out)
      const outcome = await interleave({
        rounds: quick ? 3 : 11,
        warmUps: quick ? 1 : 2,
        subject: () => measure(ask, quick),
        baseline: () => measure(() => bare.ask(), quick),
      })
      return [rowOf(spec, outcome.subject, outcome.baseline)]
    },
  }
}

export function asker(ref: RosciusRef<typeof answerer>): Ask {
  let n = 0
  return async () => {
    const asked = n++
    expectAnswer(await ref.ask<Answer>((replyTo) => questionOf(asked, replyTo)), asked)
  }
}

/** What goes over the link for each, there and back, confirmations included. */
async function bytesOfAnAsk({ near }: Pair, ask: Ask): Promise<{ readonly out: number; readonly back: number }> {
  const asks = 500
  const before = figuresOf(near)
  for (let n = 0; n < asks; n++) await ask()
  const after = figuresOf(near)
  return {
    out: Math.round((after.bytesOut - before.bytesOut) / asks),
    back: Math.round((after.bytesIn - before.bytesIn) / asks),
  }
}

async function outstanding(ask: Ask, at: number, asks: number): Promise<number> {
  const each = Math.ceil(asks / at)
  return await perSecond(at * each, async () => {
    await Promise.all(
      Array.from({ length: at }, async () => {
        for (let n = 0; n < each; n++) await ask()
      }),
    )
  })
}

export const ask: readonly Bench[] = [
  asking({ id: 'remote.ask-1', unit: 'ms p50', better: 'lower', goal: 1.5 }, (ask, quick) =>
    medianMs(quick ? 1_000 : 5_000, ask),
  ),
  asking({ id: 'remote.ask-64', unit: 'asks/s', better: 'higher', goal: 0.6 }, (ask, quick) =>
    outstanding(ask, 64, quick ? 16_000 : 100_000),
  ),
]

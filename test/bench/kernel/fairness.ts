/** How long the event loop makes others wait while one actor floods itself and another is asked. */
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setTimeout as sleep } from 'node:timers/promises'
import { createSystem, type ReplyRef } from 'roscius'
import { sendTo, setup } from 'xstate'
import type { Bench } from '../harness/bench.js'
import { benchFolder } from '../harness/folder.js'
import { interleave } from '../harness/rounds.js'
import { median, percentile, rowOf } from '../harness/row.js'

/** The turn's bound in the flooded system: the defaults, given so that the row can name them. */
const TURN = { maxEvents: 1_024, maxMs: 5 }
const ASK_EVERY_MS = 5

/** Sends itself the next event at each event, for ever. */
const flooder = setup({ types: {} as { events: { type: 'FLOOD' } } }).createMachine({
  id: 'flooder',
  on: { FLOOD: { actions: sendTo(({ self }) => self, { type: 'FLOOD' }) } },
})

const answerer = setup({
  types: {} as { events: { type: 'ASK'; replyTo: ReplyRef<{ type: 'ANSWER' }> } },
}).createMachine({
  id: 'answerer',
  on: { ASK: { actions: sendTo(({ event }) => event.replyTo, { type: 'ANSWER' }) } },
})

interface Figures {
  readonly loopDelayMs: number
  readonly answerMs: number
}

async function floodedAndAsked(store: string, ms: number): Promise<Figures> {
  const system = await createSystem({
    name: 'bench',
    store,
    logic: { flooder, answerer },
    turn: TURN,
    development: false,
  })
  const flooded = await system.spawn('flooder', { id: 'flooder', ifExists: 'use' })
  const asked = await system.spawn('answerer', { id: 'answerer', ifExists: 'use' })
  const answers: number[] = []
  flooded.send({ type: 'FLOOD' })
  const loopDelayMs = await loopDelayP99(async () => {
    for (const end = performance.now() + ms; performance.now() < end; await sleep(ASK_EVERY_MS)) {
      const start = performance.now()
      await asked.ask<{ type: 'ANSWER' }>((replyTo) => ({ type: 'ASK', replyTo }))
      answers.push(performance.now() - start)
    }
  })
  await flooded.delete()
  await system.stop()
  return { loopDelayMs, answerMs: percentile(answers, 0.99) }
}

/** The p99 of the event loop's delay while `work` runs, in ms. */
async function loopDelayP99(work: () => Promise<unknown>): Promise<number> {
  const delays = monitorEventLoopDelay({ resolution: 1 })
  delays.enable()
  await work()
  delays.disable()
  return delays.percentile(99) / 1e6
}

export const fairness: readonly Bench[] = [
  {
    ids: ['kernel.fairness'],
    async run({ quick }) {
      await using folder = await benchFolder()
      const ms = quick ? 500 : 2_000
      const answers: number[] = []
      const subject = async (): Promise<number> => {
        const { loopDelayMs, answerMs } = await floodedAndAsked(join(folder.path, 'store'), ms)
        answers.push(answerMs)
        return loopDelayMs
      }
      const baseline = (): Promise<number> => loopDelayP99(() => sleep(ms))
      const outcome = await interleave({ rounds: quick ? 1 : 3, subject, baseline })
      const bound = `a turn takes at most ${TURN.maxEvents} events or ${TURN.maxMs} ms`
      const note = `${bound}; the asked actor's p99 answer took ${median(answers).toFixed(1)} ms`
      return [
        rowOf(
          { id: 'kernel.fairness', unit: 'ms p99', better: 'lower', goal: null, note },
          outcome.subject,
          outcome.baseline,
        ),
      ]
    },
  },
]

import { expect, test } from 'vitest'
import { fromScript } from '../../actors/from-script.js'
import { withRedaction } from '../../actors/with-redaction.js'
import { defineRedaction } from '../../src/governance/redaction/redaction.js'
import { ask, asked, finish } from './brain-stage.js'

const KEY = `sk-${'a'.repeat(30)}`

test('a brain behind a redaction is not told secrets, and decides all the same', async () => {
  const brain = fromScript([finish('yes')])
  const decision = await ask(withRedaction(brain, defineRedaction()), {
    goal: `use ${KEY}`,
    constraints: [`not ${KEY}`],
    observations: [{ turn: 1, kind: 'tool', text: `saw ${KEY}`, data: { password: 'x', rows: [KEY] } }],
    memory: [`once ${KEY}`],
    refused: [{ decision: { event: { type: 'USE_TOOL', input: KEY } }, reason: `no ${KEY}` }],
  })
  expect(decision.event.output).toBe('yes')
  const [question] = brain.asked
  expect(JSON.stringify(question)).not.toContain(KEY)
  expect(question?.request).toMatchObject({
    goal: 'use [redacted]',
    observations: [{ text: 'saw [redacted]', data: { password: '[redacted]', rows: ['[redacted]'] } }],
  })
})

test('a question without secrets is passed on as it is', async () => {
  const brain = fromScript([finish()])
  const more = { observations: [{ turn: 1, kind: 'note' as const, text: 'nothing' }], memory: ['a'] }
  await ask(withRedaction(brain, defineRedaction()), more)
  expect(brain.asked[0]?.request).toEqual(asked(more))
})

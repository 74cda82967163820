import { test } from 'vitest'
import { appendFileSync } from 'node:fs'
import { runOrdeal } from './society/ordeal.js'
import { scriptedRounds } from './society/script.js'

test('x', async () => {
  const rounds = scriptedRounds()
  const calm = await runOrdeal({ rounds, crashes: [] })
  for (let batch = 1; batch <= calm.batches; batch++) {
    for (const when of ['before', 'after'] as const) {
      appendFileSync('/tmp/fw/log', `${batch} ${when}\n`)
      const r = await Promise.race([runOrdeal({ rounds, crashes: [{ batch, when }] }), new Promise<undefined>((r) => setTimeout(() => r(undefined), 3000))])
      if (r === undefined) { console.log('HANG', batch, when, globalThis.stage); return }
    }
  }
}, 100000)

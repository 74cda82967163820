import { test } from 'vitest'
import { appendFileSync } from 'node:fs'
import { runOrdeal } from './society/ordeal.js'
import { scriptedRounds } from './society/script.js'
const log = (s: string) => appendFileSync('/tmp/fw/log', s + '\n')
test('x', async () => {
  log('start')
  const rounds = scriptedRounds()
  setTimeout(() => log('alive ' + JSON.stringify(globalThis.stage)), 2000)
  const calm = await runOrdeal({ rounds, crashes: [] })
  log('calm')
  for (let batch = 1; batch <= calm.batches; batch++) {
    for (const when of ['before', 'after'] as const) {
      log(`${batch} ${when}`)
      const r = await Promise.race([runOrdeal({ rounds, crashes: [{ batch, when }] }), new Promise<undefined>((r) => setTimeout(() => r(undefined), 3000))])
      if (r === undefined) { log('HANG ' + JSON.stringify(globalThis.stage)); return }
    }
  }
}, 60000)

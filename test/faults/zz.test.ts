import { test } from 'vitest'
import { createSystem, spawnActor } from 'roscius'
import { faultStore, simulatedClock } from 'roscius/testing'
import { Outside } from './society/outside.js'
import { societyLogic } from './society/society.js'

test('x', async () => {
  const outside = new Outside()
  const clock = simulatedClock()
  const store = faultStore()
  const system = await createSystem({ name: 'n', store, logic: societyLogic(outside, clock), clock })
  const boss = await system.spawn('boss', { id: 'boss' })
  await boss.deliver({ type: 'HIRE', id: 'j', times: 3, ms: 0 })
  await system.settled()
  for await (const r of system.actor('job', 'boss/j').journal()) console.log(r.seqNr, r.kind, r.event, r.value)
  for await (const [k] of store.range({ gte: 'a', lt: 'z' })) console.log(k)
  console.log(outside.deeds, JSON.stringify(boss.getSnapshot().context))
})

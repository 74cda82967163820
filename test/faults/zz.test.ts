import { cp, mkdtemp, open, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createSystem } from 'roscius'
import { levelStore } from 'roscius/level'
import { seededRandom, simulatedClock } from 'roscius/testing'
import { test } from 'vitest'
import { verify } from '../../src/persistence/verify.js'
import { describeState, faultsInJournals } from './society/observation.js'
import { Outside } from './society/outside.js'
import { societyLogic } from './society/society.js'

const clock = simulatedClock({ now: 1000 })
const open1 = async (folder: string) => createSystem({ name: 'n', store: await levelStore(folder, { writeBufferBytes: 1 << 16 }), logic: societyLogic(new Outside(), clock), clock })

test('x', async () => {
  const home = await mkdtemp(join(tmpdir(), 'rr-'))
  const folder = join(home, 'a')
  const random = seededRandom(1)
  let system = await open1(folder)
  for (let i = 0; i < 60; i++) await system.spawn('account', { id: `a${i}`, input: { name: `a${i}`, balance: 1000 } })
  for (let r = 0; r < 40; r++) await Promise.all(Array.from({ length: 40 }, (_, i) => system.actor('account', `a${i}`).deliver({ type: 'TRANSFER', to: system.actor('account', `a${(i + 1 + r) % 60}`), amount: 1 + Math.floor(random.next() * 5) } as never)))
  for (let i = 0; i < 10; i++) { const s = await system.spawn('sleeper', { id: `s${i}`, input: { name: `s${i}`, buddy: undefined } }); await s.deliver({ type: 'NAP', label: 'x', ms: 100000, at: 0 } as never) }
  await system.settled()
  const expected = JSON.stringify(await describeState(system))
  await system.stop()
  const files = (await readdir(folder)).filter((f) => /log$|ldb$|MANIFEST|CURRENT/.test(f))
  for (const f of files) console.log(f, (await stat(join(folder, f))).size)
  const counts: Record<string, number> = {}
  for (const f of files) for (let n = 0; n < 40; n++) {
    const copy = join(home, 'copy')
    await rm(copy, { recursive: true, force: true })
    await cp(folder, copy, { recursive: true })
    const bytes = await readFile(join(copy, f))
    const at = Math.floor(random.next() * bytes.length)
    bytes[at]! ^= 1 << Math.floor(random.next() * 8)
    await writeFile(join(copy, f), bytes)
    let result = ''
    try {
      const system = await open1(copy)
      try {
        const state = JSON.stringify(await describeState(system))
        const faults = await faultsInJournals(system)
        result = state === expected ? (faults.length ? 'journal-fault' : 'same') : faults.length ? 'other+fault' : 'SILENT'
      } catch (e) { result = `read:${(e as any).code ?? e}` } finally { await system.stop().catch(() => undefined) }
    } catch (e) { result = `open:${(e as any).code ?? e}` }
    if (result === 'SILENT') {
      await rm(copy, { recursive: true, force: true }); await cp(folder, copy, { recursive: true }); await writeFile(join(copy, f), bytes)
      try {
      const store = await levelStore(copy); let d = 0
      try { for await (const _ of verify(store)) d++ } finally { await store.close() }
      result += ` verify:${d > 0}` } catch (e) { result += ' verifythrows' }
    }
    const kind = f.replace(/\d+/, '') + ' ' + result
    counts[kind] = (counts[kind] ?? 0) + 1
  }
  console.log(counts)
}, 300000)

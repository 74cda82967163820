/** What a system makes of LevelDB files that were damaged while nobody had them open. */
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createSystem, isRosciusError } from 'roscius'
import { levelStore } from 'roscius/level'
import { seededRandom, simulatedClock } from 'roscius/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readManifest } from '../../src/persistence/level-manifest.js'
import {
  describeState,
  faultsInCut,
  faultsInJournals,
  readAccounts,
  type SocietySystem,
} from './society/observation.js'
import { Outside } from './society/outside.js'
import { START_BALANCE } from './society/script.js'
import { societyLogic } from './society/society.js'

const ACCOUNTS = 40
const ROUNDS = 25

let home: string
let intact: string
/** The state that was acknowledged. */
let expected: Record<string, unknown>
const clock = simulatedClock({ now: 1_000 })

async function openSystem(folder: string): Promise<SocietySystem> {
  const store = await levelStore(folder, { writeBufferBytes: 64 * 1_024 })
  return createSystem({ name: 'files', store, clock, logic: societyLogic(new Outside(), clock) })
}

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'roscius-files-'))
  intact = join(home, 'intact')
  const system = await openSystem(intact)
  for (let n = 0; n < ACCOUNTS; n++) {
    await system.spawn('account', { id: `a${n}`, input: { name: `a${n}`, balance: START_BALANCE } })
  }
  const sleeper = await system.spawn('sleeper', { id: 's', input: { name: 's', buddy: undefined } })
  await sleeper.deliver({ type: 'NAP', label: 'long', ms: 100_000, at: 0 })
  for (let round = 1; round <= ROUNDS; round++) {
    const transfers = Array.from({ length: ACCOUNTS }, (_, n) => {
      const to = system.actor('account', `a${(n + round) % ACCOUNTS}`)
      return system.actor('account', `a${n}`).deliver({ type: 'TRANSFER', to, amount: round })
    })
    await Promise.all(transfers)
  }
  await system.settled()
  expected = await describeState(system)
  await system.stop()
})
afterAll(() => rm(home, { recursive: true, force: true }))

/** `'as acknowledged'`, `'an earlier commit'`, the code of the error, or what is wrong with the state. */
async function openAfter(file: string, bytes: Uint8Array): Promise<string> {
  const folder = join(home, 'damaged')
  await rm(folder, { recursive: true, force: true })
  await cp(intact, folder, { recursive: true })
  await writeFile(join(folder, file), bytes)
  const seen = await look(folder).catch((error: unknown) => {
    if (!isRosciusError(error)) throw error
    // It names the folder and its file, or the record.
    if (!/record (meta|structures|[ajs]\/)/.test(error.message)) expect(error.message).toContain(folder)
    return error.code
  })
  return seen
}

async function look(folder: string): Promise<string> {
  const system = await openSystem(folder)
  try {
    const state = await describeState(system)
    const faults = [...faultsInCut(await readAccounts(system), START_BALANCE), ...(await faultsInJournals(system))]
    if (faults.length > 0) return `silently wrong: ${faults.join('; ')}`
    return JSON.stringify(state) === JSON.stringify(expected) ? 'as acknowledged' : 'an earlier commit'
  } finally {
    await system.stop()
  }
}

async function filesLike(pattern: RegExp): Promise<{ readonly file: string; readonly bytes: Buffer }[]> {
  const live = new Set(((await readManifest(intact))?.tables ?? []).map(({ number }) => number))
  // Tables that an interrupted merge left behind are not part of the store.
  const isPart = (name: string): boolean => !name.endsWith('.ldb') || live.has(Number.parseInt(name, 10))
  const files = (await readdir(intact)).filter((name) => pattern.test(name) && isPart(name))
  return Promise.all(files.map(async (file) => ({ file, bytes: await readFile(join(intact, file)) })))
}

/** The last batches may have changed nothing that is seen: marks of actions that are through. */
const COMMITS = ['an earlier commit', 'as acknowledged']
const ERRORS = ['RECORD_CORRUPT', 'STORE_FAILED']

describe('a system on damaged files', () => {
  test('is the acknowledged state when nothing is damaged', async () => {
    const [{ file, bytes } = { file: '', bytes: Buffer.alloc(0) }] = await filesLike(/^CURRENT$/)
    expect(await openAfter(file, bytes)).toBe('as acknowledged')
    expect((await filesLike(/\.ldb$/)).length).toBeGreaterThan(0)
    expect((await filesLike(/\.log$/)).length).toBeGreaterThan(0)
  })

  test('says so when a bit of a table, the manifest or its name has flipped', async () => {
    const random = seededRandom('flips')
    for (const { file, bytes } of await filesLike(/\.ldb$|^MANIFEST|^CURRENT$/)) {
      for (let n = 0; n < 15; n++) {
        const end = file.endsWith('.ldb') ? bytes.length - TABLE_FOOTER_BYTES : bytes.length
        expect(ERRORS, `${file} ${n}`).toContain(await openAfter(file, flipped(bytes, end, random.next)))
      }
    }
  })

  test('says so when a bit of the log has flipped; in its last record that looks like a torn end', async () => {
    const random = seededRandom('log')
    const seen: string[] = []
    for (const { file, bytes } of await filesLike(/\.log$/)) {
      for (let n = 0; n < 40; n++) seen.push(await openAfter(file, flipped(bytes, bytes.length, random.next)))
      expect([...ERRORS, ...COMMITS]).toContain(await openAfter(file, flippedAt(bytes, bytes.length - 1)))
    }
    const unclear = seen.filter((each) => !ERRORS.includes(each))
    expect(unclear.every((each) => COMMITS.includes(each))).toBe(true)
    expect(unclear.length).toBeLessThan(seen.length / 4)
  })

  test('is that of an earlier commit, whole, when the end of the log is torn off', async () => {
    const random = seededRandom('torn')
    for (const { file, bytes } of await filesLike(/\.log$/)) {
      for (let n = 0; n < 25; n++) {
        const torn = bytes.subarray(0, Math.floor(random.next() * bytes.length))
        expect(await openAfter(file, torn)).toMatch(/^(an earlier commit|as acknowledged|RECORD_CORRUPT)$/)
      }
    }
  })

  test('says so when a table or the manifest is torn', async () => {
    const random = seededRandom('torn tables')
    for (const { file, bytes } of await filesLike(/\.ldb$|^MANIFEST/)) {
      for (let n = 0; n < 10; n++) {
        const torn = bytes.subarray(0, Math.floor(random.next() * bytes.length))
        // The last edits of the manifest may have changed nothing but names.
        const allowed = file.endsWith('.ldb') ? ERRORS : [...ERRORS, 'as acknowledged']
        expect(allowed, `${file} of ${torn.length} bytes`).toContain(await openAfter(file, torn))
      }
    }
  })
})

/** Ends in padding that nobody reads. */
const TABLE_FOOTER_BYTES = 48

function flipped(bytes: Buffer, end: number, next: () => number): Buffer {
  return flippedAt(bytes, Math.floor(next() * end), Math.floor(next() * 8))
}

function flippedAt(bytes: Buffer, at: number, bit = 0): Buffer {
  const copy = Buffer.from(bytes)
  copy[at]! ^= 1 << bit
  return copy
}

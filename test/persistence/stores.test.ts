import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, it } from 'vitest'
import { encryptedStore } from '../../src/persistence/encrypted-store.js'
import { levelStore } from '../../src/persistence/level-store.js'
import { memoryStore } from '../../src/persistence/memory-store.js'
import type { Store } from '../../src/persistence/store.js'
import { faultStore } from '../../src/testing/fault-store.js'
import { storeContract } from '../../src/testing/store-contract.js'

const folder = mkdtempSync(join(tmpdir(), 'roscius-stores-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

let folders = 0
const key = randomBytes(32)

const stores: Record<string, () => Promise<Store>> = {
  'the memory store': async () => memoryStore(),
  'the level store': () => levelStore(join(folder, `${folders++}`)),
  'the encrypted store': async () => encryptedStore(memoryStore(), { key, keyId: 'k1' }),
  'the fault store': async () => faultStore(),
}

for (const [name, open] of Object.entries(stores)) {
  describe(name, () => {
    for (const { title, run } of storeContract(open)) it(title, run)
  })
}

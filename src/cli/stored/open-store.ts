/** Opening a LevelDB folder that no system has open, for commands that only read. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { isRosciusError, RosciusError } from '../../core/errors.js'
import { encryptedStore } from '../../persistence/encrypted-store.js'
import { META } from '../../persistence/keys.js'
import type { Store } from '../../persistence/store.js'

/** What the help of a command says about keys. */
export const KEY_HELP = 'An encrypted store needs its key in the environment: ROSCIUS_KEY, 64 hexadecimal digits.'

/** What begins every encrypted value; the key's id stands behind its check. */
const ENCRYPTED = 0xe1
const ID_LENGTH_AT = 5

/** Opening a folder would make a store there. Throws `STORE_FAILED`. */
export function assertStore(folder: string): void {
  if (!existsSync(join(folder, 'CURRENT'))) throw new RosciusError('STORE_FAILED', `${folder} holds no store.`)
}

/** The store whose values can be read: itself, or decrypted with the key in `ROSCIUS_KEY`. Throws `STORE_KEY_WRONG`. */
export function decrypted(store: Store): Store {
  const value = store.get(META)
  if (value?.[0] !== ENCRYPTED) return store
  const hex = process.env.ROSCIUS_KEY ?? ''
  if (!/^[0-9a-f]{64}$/i.test(hex)) {
    throw new RosciusError(
      'STORE_KEY_WRONG',
      'The store is encrypted: give its key as 64 hexadecimal digits in ROSCIUS_KEY.',
    )
  }
  const end = ID_LENGTH_AT + 1 + (value[ID_LENGTH_AT] ?? 0)
  const keyId = Buffer.from(value.subarray(ID_LENGTH_AT + 1, end)).toString()
  const values = encryptedStore(store, { key: Buffer.from(hex, 'hex'), keyId })
  assertKey(values)
  return values
}

/** A wrong key is a mistake of the caller's, not damage; a damaged value is for the command to find. */
function assertKey(values: Store): void {
  try {
    values.get(META)
  } catch (error) {
    if (isRosciusError(error, 'STORE_KEY_WRONG')) throw error
  }
}

/**
 * Encryption of values at rest: wraps any store.
 *
 *     byte 0        0xe1, the format
 *     bytes 1-4     check of the encryption key (tells a wrong key from a damaged value)
 *     byte 5        length of the key id, then the key id (UTF-8)
 *     12 bytes      nonce
 *     16 bytes      authentication tag
 *     the rest      the value, AES-256-GCM
 *
 * 1. The store key and the key id are authenticated with each value: a value moved to another key is refused.
 * 2. A nonce is 96 bits of fresh chance of the operating system, never of the `Random` port: a seeded run would repeat
 *    nonces, which breaks GCM. Change the encryption key before about 2^32 values were written with it.
 * 3. Store keys stay readable: they are addresses and numbers, and the order of the store rests on them.
 * 4. Values are written with `key` and read with it or one of `previousKeys`, so keys can be changed while running.
 */
import { createCipheriv, createDecipheriv, createHmac, randomFillSync } from 'node:crypto'
import { RosciusError } from '../core/errors.js'
import type { Entry, KeyRange, Operation, Store } from './store.js'

export interface EncryptionOptions {
  /** The encryption key: 32 bytes. Kept by the caller, never stored. */
  readonly key: Uint8Array
  /** Names the encryption key in each value: 1 to 255 bytes of UTF-8. */
  readonly keyId: string
  /** Earlier encryption keys by id, for reading only. */
  readonly previousKeys?: Readonly<Record<string, Uint8Array>>
}

const FORMAT = 0xe1
const KEY_BYTES = 32
const CHECK_BYTES = 4
const NONCE_BYTES = 12
const TAG_BYTES = 16
const ID_AT = 2 + CHECK_BYTES
/** Chance is drawn for so many nonces at a time. */
const NONCES_DRAWN = 256

interface Secret {
  readonly id: Buffer
  readonly key: Uint8Array
  readonly check: Buffer
}

/**
 * A store whose values are encrypted, over any other store.
 * Throws `OPTIONS_INVALID` for a key that isn't 32 bytes. Reading throws `STORE_KEY_WRONG` when a value was written with a
 * key that isn't among those given, `RECORD_CORRUPT` (with the store key) when it was changed or moved.
 */
export function encryptedStore(store: Store, options: EncryptionOptions): Store {
  return new EncryptedStore(store, options)
}

class EncryptedStore implements Store {
  private readonly secret: Secret
  private readonly secrets: readonly Secret[]
  private readonly nonces = Buffer.allocUnsafeSlow(NONCE_BYTES * NONCES_DRAWN)
  private nonceAt = this.nonces.length

  constructor(
    private readonly store: Store,
    { key, keyId, previousKeys = {} }: EncryptionOptions,
  ) {
    this.secret = createSecret(keyId, key)
    this.secrets = [this.secret, ...Object.entries(previousKeys).map(([id, previous]) => createSecret(id, previous))]
  }

  get(key: string): Uint8Array | undefined {
    const value = this.store.get(key)
    return value && this.decrypt(key, value)
  }

  range(range: KeyRange): AsyncIterable<Entry> {
    return this.decryptEach(this.store.range(range))
  }

  async batch(operations: readonly Operation[], options: { readonly sync: boolean }): Promise<void> {
    const encrypted = operations.map((operation) =>
      operation.type === 'put' ? { ...operation, value: this.encrypt(operation.key, operation.value) } : operation,
    )
    await this.store.batch(encrypted, options)
  }

  deleteRange(range: { readonly gte: string; readonly lt: string }): Promise<void> {
    return this.store.deleteRange(range)
  }

  close(): Promise<void> {
    return this.store.close()
  }

  private async *decryptEach(entries: AsyncIterable<Entry>): AsyncIterable<Entry> {
    for await (const [key, value] of entries) yield [key, this.decrypt(key, value)]
  }

  private encrypt(storeKey: string, value: Uint8Array): Uint8Array {
    const { id, key, check } = this.secret
    const nonce = this.nextNonce()
    const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(authenticated(id, storeKey))
    const body = cipher.update(value)
    cipher.final()
    return Buffer.concat([Buffer.of(FORMAT), check, Buffer.of(id.length), id, nonce, cipher.getAuthTag(), body])
  }

  private decrypt(storeKey: string, value: Uint8Array): Uint8Array {
    const idEnd = ID_AT + (value[ID_AT - 1] ?? 0)
    const bodyAt = idEnd + NONCE_BYTES + TAG_BYTES
    if (value[0] !== FORMAT || value.length < bodyAt) throw corrupt(storeKey)
    const id = Buffer.from(value.subarray(ID_AT, idEnd))
    const secret = this.secrets.find((candidate) => candidate.id.equals(id))
    if (secret === undefined) throw this.isKnownCheck(value) ? corrupt(storeKey) : wrongKey(storeKey, id)
    try {
      const nonce = value.subarray(idEnd, idEnd + NONCE_BYTES)
      const decipher = createDecipheriv('aes-256-gcm', secret.key, nonce, { authTagLength: TAG_BYTES })
      decipher.setAAD(authenticated(id, storeKey)).setAuthTag(value.subarray(idEnd + NONCE_BYTES, bodyAt))
      const body = decipher.update(value.subarray(bodyAt))
      decipher.final()
      return body
    } catch (cause) {
      throw this.isKnownCheck(value) ? corrupt(storeKey, cause) : wrongKey(storeKey, id, cause)
    }
  }

  /** Whether the value was written with a key that we have, whatever its key id says now. */
  private isKnownCheck(value: Uint8Array): boolean {
    return this.secrets.some(({ check }) => check.equals(value.subarray(1, 1 + CHECK_BYTES)))
  }

  private nextNonce(): Uint8Array {
    if (this.nonceAt === this.nonces.length) {
      randomFillSync(this.nonces)
      this.nonceAt = 0
    }
    this.nonceAt += NONCE_BYTES
    return this.nonces.subarray(this.nonceAt - NONCE_BYTES, this.nonceAt)
  }
}

function createSecret(keyId: string, key: Uint8Array): Secret {
  const id = Buffer.from(keyId)
  if (key.length !== KEY_BYTES || id.length === 0 || id.length > 255) {
    const message = `The encryption key ${JSON.stringify(keyId)} can't be used: a key has ${KEY_BYTES} bytes (got ${key.length}), its id 1 to 255.`
    throw new RosciusError('OPTIONS_INVALID', message, { details: { keyId, bytes: key.length } })
  }
  const check = createHmac('sha256', key)
    .update('roscius: check of the encryption key')
    .digest()
    .subarray(0, CHECK_BYTES)
  return { id, key: Uint8Array.from(key), check }
}

function authenticated(id: Buffer, storeKey: string): Buffer {
  return Buffer.concat([Buffer.of(id.length), id, Buffer.from(storeKey)])
}

function corrupt(key: string, cause?: unknown): RosciusError {
  const message = `The record ${key} is damaged: it isn't what was encrypted under that key. Run \`roscius verify\` on the store and restore it from a backup.`
  return new RosciusError('RECORD_CORRUPT', message, { address: key, details: { key }, cause })
}

function wrongKey(key: string, id: Buffer, cause?: unknown): RosciusError {
  const keyId = id.toString()
  const message = `The record ${key} was encrypted with another key than the one given as ${JSON.stringify(keyId)}: give the right one, as the key or among previousKeys.`
  return new RosciusError('STORE_KEY_WRONG', message, { address: key, details: { key, keyId }, cause })
}

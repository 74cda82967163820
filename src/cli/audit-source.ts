/** Where `roscius audit` reads from: a store that no system has open, a copy of one that has, or an exported file. */
import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'
import { isRosciusError } from '../core/errors.js'
import { entryOf } from '../governance/audit/audit-line.js'
import { HEAD_KEY, payloadKey, recordKey } from '../governance/audit/audit-record.js'
import { type AuditCheck, ChainCheck, type CheckOptions } from '../governance/audit/check-chain.js'
import { type ExportOptions, TrailReader, type TrailSource } from '../governance/audit/trail-reader.js'
import { createCodec } from '../persistence/codec.js'
import { extensionKey, journalKey, STRUCTURES } from '../persistence/keys.js'
import { levelStore } from '../persistence/level-store.js'
import { NO_REFS } from '../persistence/storable.js'
import type { Store } from '../persistence/store.js'
import { assertStore, decrypted } from './open-store.js'
import { withCopy } from './store-copy.js'

export function checkStore(folder: string, options: CheckOptions): Promise<AuditCheck> {
  return withTrail(folder, (reader) => reader.check({ anchor: options.anchor }))
}

/** Writes each line, with its end. */
export function exportLines(
  folder: string,
  options: ExportOptions,
  write: (line: string) => Promise<void>,
): Promise<void> {
  return withTrail(folder, async (reader) => {
    for await (const line of reader.lines(options)) await write(`${line}\n`)
  })
}

export async function checkFile(file: string, options: CheckOptions): Promise<AuditCheck> {
  const check = new ChainCheck(options)
  const lines = createInterface({ input: createReadStream(file), crlfDelay: Number.POSITIVE_INFINITY })
  let number = 0
  for await (const line of lines) {
    number++
    if (line.trim() !== '') check.add(entryOf(line, number))
  }
  return check.end()
}

async function withTrail<T>(folder: string, read: (reader: TrailReader) => Promise<T>): Promise<T> {
  assertStore(folder)
  const readStore = (store: Store): Promise<T> => read(new TrailReader(sourceIn(decrypted(store))))
  const store = await openUnlessLocked(folder)
  if (store === undefined) {
    process.stderr.write('A process has the store open: this is what it had committed.\n')
    return withCopy(folder, readStore)
  }
  try {
    return await readStore(store)
  } finally {
    await store.close()
  }
}

async function openUnlessLocked(folder: string): Promise<Store | undefined> {
  try {
    return await levelStore(folder)
  } catch (error) {
    if (isRosciusError(error, 'STORE_LOCKED')) return undefined
    throw error
  }
}

function sourceIn(values: Store): TrailSource {
  const codec = createCodec(values.get(STRUCTURES))
  const read = (key: string): unknown => {
    const stored = extensionKey('audit', key)
    const bytes = values.get(stored)
    return bytes && codec.decode(bytes, stored, NO_REFS)
  }
  return {
    head: () => read(HEAD_KEY),
    record: (n) => read(recordKey(n)),
    payload: (n) => read(payloadKey(n)),
    journal: (path, seqNr) => values.get(journalKey(path, seqNr)),
  }
}

/** Where `roscius audit` reads from: a store that no system has open, a copy of one that has, or an exported file. */
import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'
import { entryOf } from '../../governance/audit/audit-line.js'
import { HEAD_KEY, payloadKey, recordKey } from '../../governance/audit/audit-record.js'
import { type AuditCheck, ChainCheck, type CheckOptions } from '../../governance/audit/check-chain.js'
import { type ExportOptions, TrailReader, type TrailSource } from '../../governance/audit/trail-reader.js'
import { createCodec } from '../../persistence/codec.js'
import { extensionKey, journalKey, STRUCTURES } from '../../persistence/keys.js'
import { NO_REFS } from '../../persistence/storable.js'
import type { Store } from '../../persistence/store.js'
import { decrypted } from '../stored/open-store.js'
import { withStoreOrCopy } from '../stored/store-copy.js'

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

function withTrail<T>(folder: string, read: (reader: TrailReader) => Promise<T>): Promise<T> {
  return withStoreOrCopy(
    folder,
    () => void process.stderr.write('A process has the store open: this is what it had committed.\n'),
    (store) => read(new TrailReader(sourceIn(decrypted(store)))),
  )
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

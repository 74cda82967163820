/** How an item is stored: itself, its vector and whose vector that is. */
import { RosciusError } from '../core/errors.js'
import type { MemoryItem } from './memory-store.js'

/** The keys of records: an item; a namespace whose items are to be deleted. */
export const itemKey = (namespace: string, id: string): string => `i/${encodeURIComponent(namespace)}/${id}`
export const droppedKey = (namespace: string): string => `x/${encodeURIComponent(namespace)}`

const FORMAT = 1

export interface MemoryRecord {
  readonly item: MemoryItem
  readonly vector?: Float32Array
  /** Signature of the embedder that made the vector. */
  readonly embedder?: string
  /** Ids that this fact has replaced, the newest last: remembering them again changes nothing. */
  readonly past?: readonly string[]
}

export function packRecord(record: MemoryRecord): object {
  return { format: FORMAT, ...record }
}

export function unpackRecord(value: unknown, key: string): MemoryRecord {
  const { format, ...record } = value as MemoryRecord & { readonly format: number }
  if (format === FORMAT) return record
  const message = `The memory record ${key} has format ${format}; this version reads ${FORMAT}. Open the store with the newer version.`
  throw new RosciusError('RECORD_UNSUPPORTED', message, { address: key, details: { format } })
}

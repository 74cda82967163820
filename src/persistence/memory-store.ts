import { RosciusError } from '../core/errors.js'
import { SortedKeys } from './sorted-keys.js'
import type { Entry, KeyRange, Operation, Store } from './store.js'

/**
 * A store in this process's memory: for tests, and for systems that need not outlive their process.
 *
 * It keeps the contract of `Store` except durability (2), which memory can't. A batch copies the values that it is given
 * (the codec's are views on a shared buffer); `get` and `range` answer the stored bytes themselves, which are not to be
 * changed.
 */
export function memoryStore(): Store {
  return new MemoryStore()
}

class MemoryStore implements Store {
  private readonly values = new Map<string, Uint8Array>()
  private readonly keys = new SortedKeys(this.values)
  private isClosed = false

  get(key: string): Uint8Array | undefined {
    this.assertOpen()
    return this.values.get(key)
  }

  range({ gte, lt, reverse = false, limit = Number.POSITIVE_INFINITY }: KeyRange): AsyncIterable<Entry> {
    this.assertOpen()
    const entries = this.keys
      .between(gte, lt, reverse, limit)
      .map((key): Entry => [key, this.values.get(key) as Uint8Array])
    return this.stream(entries)
  }

  async batch(operations: readonly Operation[]): Promise<void> {
    this.assertOpen()
    for (const operation of operations) {
      if (operation.type === 'put') this.put(operation.key, operation.value)
      else this.values.delete(operation.key)
    }
  }

  async deleteRange({ gte, lt }: { readonly gte: string; readonly lt: string }): Promise<void> {
    this.assertOpen()
    for (const key of this.keys.between(gte, lt, false, Number.POSITIVE_INFINITY)) this.values.delete(key)
  }

  async close(): Promise<void> {
    this.assertOpen()
    this.isClosed = true
    this.values.clear()
  }

  private put(key: string, value: Uint8Array): void {
    const isNew = !this.values.has(key)
    this.values.set(key, Uint8Array.prototype.slice.call(value))
    if (isNew) this.keys.add(key)
  }

  private async *stream(entries: readonly Entry[]): AsyncIterable<Entry> {
    for (const entry of entries) {
      this.assertOpen()
      yield entry
    }
  }

  private assertOpen(): void {
    if (this.isClosed) throw storeClosed('the memory store')
  }
}

/** The error of every call on a closed store; `store` names it in the message. */
export function storeClosed(store: string): RosciusError {
  return new RosciusError('STORE_CLOSED', `${store} is closed: open it again before reading or writing.`)
}

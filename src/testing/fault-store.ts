/**
 * A store that fails on demand, and forgets what a real disk would forget.
 *
 * It models a computer, not a process: what was written lives in an operating system's cache until a synced batch carries
 * it, and all before it, to the disk. So a test sees a missing sync, which killing a process can't show.
 *
 * 1. `crash` ends the handle: every call on it, also those that wait, rejects or throws with `STORE_CLOSED`. `reopen` gives
 *    a new handle on what survived; faults that were asked for and the counters stay with the old one.
 * 2. Without power loss every batch that took effect survives. With it, the batches after the last synced one are lost from
 *    a random point on: their order is kept, and none is half there.
 * 3. Batches are numbered from 1 for each handle, in the order of the calls.
 */
import { RosciusError } from '../core/errors.js'
import type { Random } from '../core/random.js'
import { memoryStore, storeClosed } from '../persistence/memory-store.js'
import type { Entry, KeyRange, Operation, Store } from '../persistence/store.js'
import { seededRandom } from './seeded-random.js'

export type When = 'before' | 'after'

export interface FaultStoreOptions {
  /** Decides where a power loss cuts. Default: a seeded one, the same in every run. */
  readonly random?: Pick<Random, 'next'>
  /** Called with the number of each batch before it takes effect; the batch waits for the answer. */
  readonly delay?: (batch: number) => Promise<void> | undefined
  /** Bytes (of keys and values) that fit, counted over all writes; then batches fail with cause `ENOSPC`. Default: no end. */
  readonly diskBytes?: number
}

export interface CrashOptions {
  /** Whether what was not synced may be lost. Default false. */
  readonly powerLoss?: boolean
}

/** What a handle has written so far. */
export interface WriteCounts {
  /** Batches that took effect. */
  readonly batches: number
  readonly synced: number
  /** Bytes of the keys and values of those batches. */
  readonly bytes: number
}

export interface FaultStore extends Store {
  readonly written: WriteCounts
  /** Resolves when the handle has crashed. */
  readonly crashed: Promise<void>
  /** Makes the batch with this number fail with `STORE_FAILED`: before it takes effect, or after. */
  failBatch(batch: number, when: When): void
  /** Crashes right before or right after the batch with this number takes effect. */
  crashAtBatch(batch: number, when: When, options?: CrashOptions): void
  /** Lets no further batch take effect until the answer is called. */
  hold(): () => void
  /** Changes how many bytes fit. */
  resizeDisk(bytes: number): void
  crash(options?: CrashOptions): void
  /** A new handle on what survived the crash. Throws when there was none. */
  reopen(options?: FaultStoreOptions): FaultStore
}

/** An empty store with faults to be injected. */
export function faultStore(options: FaultStoreOptions = {}): FaultStore {
  return new FaultStoreHandle({ synced: new Map(), cached: [] }, options)
}

/** What a computer holds: the values that were synced, and the writes since then, which a power loss may take. */
interface Disk {
  readonly synced: Map<string, Uint8Array>
  readonly cached: (readonly Operation[])[]
}

interface Write {
  readonly operations: readonly Operation[]
  readonly sync: boolean
}

type Fault =
  | { readonly act: 'fail'; readonly when: When }
  | { readonly act: 'crash'; readonly when: When; readonly options: CrashOptions }

class FaultStoreHandle implements FaultStore {
  readonly crashed: Promise<void>
  private readonly state = memoryStore()
  private readonly random: Pick<Random, 'next'>
  private readonly delay: FaultStoreOptions['delay']
  private readonly faults = new Map<number, Fault>()
  private readonly counts = { batches: 0, synced: 0, bytes: 0 }
  private diskBytes: number
  private calls = 0
  /** Batches take effect in the order of their calls: each waits for the one before. */
  private tail: Promise<void> = Promise.resolve()
  private gate: Promise<void> | undefined
  private survivors: Disk | undefined
  private isClosed = false
  private noteCrash!: () => void

  constructor(
    private readonly disk: Disk,
    { random = seededRandom('fault store'), delay, diskBytes = Number.POSITIVE_INFINITY }: FaultStoreOptions,
  ) {
    this.random = random
    this.delay = delay
    this.diskBytes = diskBytes
    this.crashed = new Promise((resolve) => {
      this.noteCrash = resolve
    })
    this.show([...disk.synced].map(([key, value]) => ({ type: 'put', key, value })))
    for (const operations of disk.cached) this.show(operations)
  }

  get written(): WriteCounts {
    return { ...this.counts }
  }

  get(key: string): Uint8Array | undefined {
    this.assertOpen()
    return this.state.get(key)
  }

  range(range: KeyRange): AsyncIterable<Entry> {
    this.assertOpen()
    return this.stream(this.state.range(range))
  }

  async batch(operations: readonly Operation[], { sync }: { readonly sync: boolean }): Promise<void> {
    this.assertOpen()
    const number = ++this.calls
    const write = { operations: operations.map(copied), sync }
    const done = this.tail.then(() => this.write(write, number))
    this.tail = done.catch(() => undefined)
    await done
  }

  async deleteRange({ gte, lt }: { readonly gte: string; readonly lt: string }): Promise<void> {
    this.assertOpen()
    const operations: Operation[] = []
    for await (const [key] of this.state.range({ gte, lt })) operations.push({ type: 'del', key })
    this.assertOpen()
    this.keep({ operations, sync: false })
  }

  async close(): Promise<void> {
    this.assertOpen()
    await this.tail
    this.assertOpen()
    this.isClosed = true
    this.survivors = this.disk
  }

  failBatch(batch: number, when: When): void {
    this.faults.set(batch, { act: 'fail', when })
  }

  crashAtBatch(batch: number, when: When, options: CrashOptions = {}): void {
    this.faults.set(batch, { act: 'crash', when, options })
  }

  hold(): () => void {
    let release!: () => void
    const gate = new Promise<void>((resolve) => {
      release = resolve
    })
    this.gate = Promise.all([this.gate, gate]).then(() => undefined)
    return release
  }

  resizeDisk(bytes: number): void {
    this.diskBytes = bytes
  }

  crash({ powerLoss = false }: CrashOptions = {}): void {
    this.assertOpen()
    this.isClosed = true
    this.survivors = powerLoss ? this.afterPowerLoss() : this.disk
    this.noteCrash()
  }

  reopen(options: FaultStoreOptions = {}): FaultStore {
    if (this.survivors === undefined) {
      throw new RosciusError('STORE_LOCKED', 'The fault store is still open: crash or close it before reopening it.')
    }
    const { synced, cached } = this.survivors
    return new FaultStoreHandle({ synced: new Map(synced), cached: [...cached] }, { random: this.random, ...options })
  }

  private async write(write: Write, number: number): Promise<void> {
    await this.unlessCrashed(this.gate)
    await this.unlessCrashed(this.delay?.(number))
    this.assertOpen()
    const fault = this.faults.get(number)
    if (fault?.when === 'before') this.strike(fault, number)
    const bytes = bytesOf(write.operations)
    if (this.counts.bytes + bytes > this.diskBytes) throw diskFull(number)
    this.keep(write)
    this.counts.batches += 1
    this.counts.synced += write.sync ? 1 : 0
    this.counts.bytes += bytes
    if (fault?.when === 'after') this.strike(fault, number)
  }

  private strike(fault: Fault, number: number): never {
    if (fault.act === 'fail') throw injected(number, fault.when)
    this.crash(fault.options)
    throw storeClosed('The crashed fault store')
  }

  private async unlessCrashed(wait: Promise<void> | undefined): Promise<void> {
    if (wait !== undefined) await Promise.race([wait, this.crashed])
  }

  private keep({ operations, sync }: Write): void {
    this.show(operations)
    this.disk.cached.push(operations)
    if (!sync) return
    for (const write of this.disk.cached.splice(0)) writeTo(this.disk.synced, write)
  }

  /** Makes operations readable. The memory store applies a batch during the call. */
  private show(operations: readonly Operation[]): void {
    void this.state.batch(operations, { sync: false })
  }

  private afterPowerLoss(): Disk {
    const { synced, cached } = this.disk
    return { synced, cached: cached.slice(0, Math.floor(this.random.next() * (cached.length + 1))) }
  }

  private async *stream(entries: AsyncIterable<Entry>): AsyncIterable<Entry> {
    for await (const entry of entries) {
      this.assertOpen()
      yield entry
    }
  }

  private assertOpen(): void {
    if (this.isClosed) throw storeClosed('The fault store')
  }
}

function copied(operation: Operation): Operation {
  return operation.type === 'put' ? { ...operation, value: Uint8Array.from(operation.value) } : operation
}

function writeTo(values: Map<string, Uint8Array>, operations: readonly Operation[]): void {
  for (const operation of operations) {
    if (operation.type === 'put') values.set(operation.key, operation.value)
    else values.delete(operation.key)
  }
}

function bytesOf(operations: readonly Operation[]): number {
  let bytes = 0
  for (const operation of operations) {
    bytes += Buffer.byteLength(operation.key) + (operation.type === 'put' ? operation.value.length : 0)
  }
  return bytes
}

function injected(batch: number, when: When): RosciusError {
  const message = `Batch ${batch} of the fault store failed ${when} it took effect, as asked for.`
  return new RosciusError('STORE_FAILED', message, { details: { batch, when } })
}

function diskFull(batch: number): RosciusError {
  const cause = Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' })
  return new RosciusError('STORE_FAILED', `Batch ${batch} of the fault store doesn't fit: the disk is full.`, { cause })
}

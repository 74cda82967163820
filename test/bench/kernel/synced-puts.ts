import { ClassicLevel } from 'classic-level'
import { medianMs } from '../harness/latency.js'
import { LEVEL_OPTIONS } from './by-hand.js'

export interface SyncedPuts extends AsyncDisposable {
  /** The median of `steps` puts with `sync: true`, one after the other, in ms. */
  measure(steps: number): Promise<number>
}

/** One commit by hand: a put of `bytes` bytes into a LevelDB at `path`, synced. */
export async function syncedPuts(path: string, bytes: number): Promise<SyncedPuts> {
  const db = new ClassicLevel<string, Uint8Array>(path, LEVEL_OPTIONS)
  await db.open(LEVEL_OPTIONS)
  const value = new Uint8Array(bytes).map((_, index) => (index * 31) % 251)
  let n = 0
  return {
    measure: (steps) => medianMs(steps, () => db.put(`put-${String(n++).padStart(12, '0')}`, value, { sync: true })),
    [Symbol.asyncDispose]: () => db.close(),
  }
}

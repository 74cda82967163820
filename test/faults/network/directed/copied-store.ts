import type { Operation } from 'roscius'
import { type FaultStore, faultStore, seededRandom } from 'roscius/testing'

/** The copy of a disk, as a backup or a cloned machine has it. */
export async function copied(store: FaultStore): Promise<FaultStore> {
  const operations: Operation[] = []
  for await (const [key, value] of store.range({ gte: '', lt: '\uffff' })) operations.push({ type: 'put', key, value })
  const copy = faultStore({ random: seededRandom('copy') })
  await copy.batch(operations, { sync: true })
  await copy.close()
  return copy.reopen()
}

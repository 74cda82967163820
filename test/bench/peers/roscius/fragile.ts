/** A volatile agent under a supervisor: it throws at a question, is restarted, and answers the same question. */
import { join } from 'node:path'
import { Faults } from '../../supervision/fragile.js'
import { restartMs, supervised } from '../../supervision/restarts.js'
import type { Opened } from '../site.js'
import { type FailureService, failing } from '../works/failure.js'

export async function openFailure({ folder }: Opened): Promise<FailureService> {
  const faults = new Faults()
  const one = await supervised(join(folder, 'store'), faults, 'volatile')
  let n = 0
  return {
    calls: { fail: (failures) => failing(failures, () => restartMs(one, faults, n++)) },
    [Symbol.asyncDispose]: () => one[Symbol.asyncDispose](),
  }
}

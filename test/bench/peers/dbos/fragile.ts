/** A step that throws at its first attempt, and is retried at once. */
import { DBOS } from '@dbos-inc/dbos-sdk'
import { type FailureService, failing } from '../works/failure.js'
import { connect, launch, type OpenedCluster } from './launch.js'
import { States } from './states.js'

const RETRIED = { name: 'keep', retriesAllowed: true, maxAttempts: 2, intervalSeconds: 0 }

export async function openFailure({ url }: OpenedCluster): Promise<FailureService> {
  const pool = connect(url)
  const states = new States(pool)
  await states.create()
  let thrownAt = 0
  const keep = async (message: string): Promise<number> => {
    if (DBOS.stepStatus?.currentAttempt === 1) {
      thrownAt = performance.now()
      throw new Error('the step fails')
    }
    return await states.keep(0, message, message)
  }
  const handle = DBOS.registerWorkflow((message: string) => DBOS.runStep(() => keep(message), RETRIED), {
    name: 'handle',
  })
  const dbos = await launch(url, pool)
  let n = 0
  const fail = async (): Promise<number> => {
    const message = `message-${n++}`
    await (await DBOS.startWorkflow(handle, { workflowID: message })(message)).getResult()
    return performance.now() - thrownAt
  }
  return {
    calls: { fail: (failures) => failing(failures, fail) },
    [Symbol.asyncDispose]: () => dbos[Symbol.asyncDispose](),
  }
}

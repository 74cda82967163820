/** Agents that wake by a workflow each, which is enqueued with a delay: one that sleeps is a row of DBOS's own. */
import { DBOS } from '@dbos-inc/dbos-sdk'
import type { Pool } from 'pg'
import { collectGarbage } from '../../harness/rounds.js'
import type { SleepService, Woken } from '../works/sleep.js'
import { CONNECTIONS, connect, launch, type OpenedCluster } from './launch.js'

const QUEUE = 'wakings'

/** Those that have woken since, and when the last of them had. */
const WOKEN = `select count(*)::integer as count, coalesce(max(completed_at), 0)::float8 as "lastAt"
  from dbos.workflow_status where name = 'wake' and status = 'SUCCESS' and completed_at >= $1`

/** Launched, it looks for those that are due: there is nothing else to arm. */
export async function openSleep({ url }: OpenedCluster): Promise<SleepService> {
  const openedAt = Date.now()
  const pool = connect(url)
  const wake = DBOS.registerWorkflow(async () => undefined, { name: 'wake' })
  const dbos = await launch(url, pool)
  await DBOS.registerQueue(QUEUE, { minPollingIntervalMs: 100 })
  const sleep = async (n: number, dueAt: number): Promise<void> => {
    const enqueueOptions = { delaySeconds: (dueAt - Date.now()) / 1_000 }
    await DBOS.startWorkflow(wake, { workflowID: `sleeper-${n}`, queueName: QUEUE, enqueueOptions })()
  }
  return {
    calls: {
      async sleep({ from, count, dueAt }) {
        await Promise.all(Array.from({ length: count }, (_, n) => sleep(from + n, dueAt)))
      },
      woken: () => woken(pool, openedAt),
      async rest() {
        await connected(pool)
        collectGarbage()
      },
    },
    [Symbol.asyncDispose]: () => dbos[Symbol.asyncDispose](),
  }
}

/** A workflow is complete once that is durable. */
async function woken(pool: Pool, since: number): Promise<Woken> {
  const { rows } = await pool.query<Woken>({ text: WOKEN, values: [since] })
  return rows[0] ?? { count: 0, lastAt: 0 }
}

/** Opens all connections before anything is weighed, as the memory that they take isn't that of those asleep. */
async function connected(pool: Pool): Promise<void> {
  await Promise.all(Array.from({ length: CONNECTIONS }, () => pool.query({ text: 'select 1' })))
}

/** An agent whose history is a row for each message. */
import { DBOS } from '@dbos-inc/dbos-sdk'
import type { Pool } from 'pg'
import { type GrowingService, growth } from '../works/growing.js'
import { connect, launch, type OpenedCluster } from './launch.js'

const CREATE = `create table if not exists messages (
  agent integer, n integer, message text not null, workflow text not null unique, primary key (agent, n))`

const ADD = `insert into messages
  select $1, coalesce(max(n), 0) + 1, $2, $3 from messages where agent = $1
  on conflict (workflow) do update set workflow = $3
  returning n`

const AGENT = 1

export async function openGrowing({ url }: OpenedCluster): Promise<GrowingService> {
  const pool = connect(url)
  await pool.query({ text: CREATE })
  const handle = DBOS.registerWorkflow(
    (message: string) => DBOS.runStep(() => add(pool, message, DBOS.workflowID), { name: 'add' }),
    { name: 'handle' },
  )
  const dbos = await launch(url, pool)
  return {
    calls: {
      grow: (steps) => growth(steps, async (message) => await (await DBOS.startWorkflow(handle)(message)).getResult()),
      length: async () => (await history(pool)).length,
    },
    [Symbol.asyncDispose]: () => dbos[Symbol.asyncDispose](),
  }
}

async function add(pool: Pool, message: string, workflow: string | undefined): Promise<number> {
  const { rows } = await pool.query<{ n: number }>({ name: 'add', text: ADD, values: [AGENT, message, workflow] })
  return rows[0]?.n ?? 0
}

async function history(pool: Pool): Promise<readonly string[]> {
  const text = 'select message from messages where agent = $1 order by n'
  const { rows } = await pool.query<{ message: string }>({ text, values: [AGENT] })
  return rows.map(({ message }) => message)
}

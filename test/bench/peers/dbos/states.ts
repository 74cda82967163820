/**
 * The agents' states: a table of the application's own, as DBOS has it, which a step changes.
 *
 * A transaction of a datasource would commit the change together with a record of it. None of those on npm goes with SDK 5.3.0,
 * which does not export functions that they call: postgres-datasource 4.24.16, knex-datasource 4.5.13, drizzle-datasource 4.27.6,
 * prisma-datasource 5.1.10. One written by hand for that SDK saves no fsync: it commits its own checkpoint afterwards all the same.
 */
import type { Pool } from 'pg'
import type { AgentState } from '../works/step.js'

const CREATE = `create table if not exists agents (
  id integer primary key, count integer not null, last text[] not null, workflow text not null)`

/** The workflow that was last is kept too: a step whose checkpoint was lost is run again, and isn't to count again. */
const KEEP = `insert into agents values ($1, 1, array[$2::text], $3)
  on conflict (id) do update set
    count = agents.count + 1,
    last = (agents.last || $2::text)[greatest(1, cardinality(agents.last) - 8):],
    workflow = $3
  where agents.workflow <> $3
  returning count`

export class States {
  constructor(private readonly pool: Pool) {}

  async create(): Promise<void> {
    await this.pool.query({ text: CREATE })
  }

  /** Resolves with the agent's count once the message is kept, by that workflow. */
  async keep(agent: number, message: string, workflow: string): Promise<number> {
    const query = { name: 'keep', text: KEEP, values: [agent, message, workflow] }
    const { rows } = await this.pool.query<AgentState>(query)
    return rows[0]?.count ?? (await this.of(agent)).count
  }

  async of(agent: number): Promise<AgentState> {
    const query = { name: 'state', text: 'select count, last from agents where id = $1', values: [agent] }
    const { rows } = await this.pool.query<AgentState>(query)
    return rows[0] ?? { count: 0, last: [] }
  }
}

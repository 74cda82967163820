/** DBOS in this process, and the connections that it shares with the agents' own table. */
import { DBOS } from '@dbos-inc/dbos-sdk'
import { Pool } from 'pg'
import type { Opened } from '../site.js'

export interface OpenedCluster extends Opened {
  readonly url: string
}

export const CONNECTIONS = 20

export function connect(url: string): Pool {
  const pool = new Pool({ connectionString: url, max: CONNECTIONS, idleTimeoutMillis: 0 })
  // Without a listener a server that ends first would end this process too; whoever waits for an answer is told anyway.
  pool.on('error', () => undefined)
  return pool
}

/** Goes on with what was interrupted: the workflows are to be registered before, and the tables to be there. */
export async function launch(url: string, pool: Pool): Promise<AsyncDisposable> {
  DBOS.setConfig({ name: 'agents', systemDatabaseUrl: url, systemDatabasePool: pool, logLevel: 'error' })
  await DBOS.launch()
  return {
    async [Symbol.asyncDispose]() {
      await DBOS.shutdown()
      await pool.end()
    },
  }
}

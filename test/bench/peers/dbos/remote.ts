/** This side: DBOS's client, which writes what it asks and tells to the database, and reads the answers there. */
import { DBOSClient } from '@dbos-inc/dbos-sdk'
import { secondProcess } from '../../harness/second-process.js'
import { closedLoop } from '../works/closed-loop.js'
import { BESIDE, type RemoteService } from '../works/remote.js'
import { messageOf } from '../works/step.js'
import { ANSWERING, type Far, HEAR, openFar, TOLD } from './far.js'
import { connect, type OpenedCluster } from './launch.js'

/** A client isn't notified of an answer: it looks for it that often. */
const POLLING = { pollingIntervalMs: 1, timeoutSeconds: 30 }

export async function openRemote({ url }: OpenedCluster): Promise<RemoteService> {
  const module = new URL('far.js', import.meta.url).href
  const far = await secondProcess<Far>({ module, name: openFar.name, argument: url }, BESIDE)
  const pool = connect(url)
  const client = await DBOSClient.create({ systemDatabaseUrl: url, systemDatabasePool: pool })
  let sent = 0
  return {
    calls: {
      ask: (load) => closedLoop(load, asker(client)),
      async tell(count) {
        await Promise.all(Array.from({ length: count }, () => tell(client)))
        sent += count
        const told = await far.call('told', sent)
        if (told !== sent) throw new Error(`${sent} messages were sent and ${told} have come`)
      },
    },
    async [Symbol.asyncDispose]() {
      await client.destroy()
      await pool.end()
      await far[Symbol.asyncDispose]()
    },
  }
}

function asker(client: DBOSClient): () => Promise<void> {
  let n = 0
  return async () => {
    const question = messageOf(0, n++)
    await client.send(ANSWERING, question, ANSWERING, question)
    const answer = await client.getEvent<string>(ANSWERING, question, POLLING)
    if (answer !== question) throw new Error(`"${question}" came back as "${answer}"`)
  }
}

const MESSAGE = messageOf(0, 0)

async function tell(client: DBOSClient): Promise<void> {
  await client.enqueue({ workflowName: HEAR, queueName: TOLD }, MESSAGE)
}

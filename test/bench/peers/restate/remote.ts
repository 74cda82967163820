/** This side of the server: asks and tells, through the ingress, a service whose handlers are in the other process. */
import { secondProcess } from '../../harness/second-process.js'
import { closedLoop } from '../works/closed-loop.js'
import { BESIDE, type RemoteService } from '../works/remote.js'
import { messageOf } from '../works/step.js'
import type { Reached } from './endpoint.js'
import { type FarService, openFar } from './far.js'
import { connectIngress, type Ingress } from './ingress.js'

/** Sends that the server hasn't accepted yet. */
const OUTSTANDING = 256

export async function openRemote(reached: Reached): Promise<RemoteService> {
  const module = new URL('far.js', import.meta.url).href
  const far = await secondProcess<FarService>({ module, name: openFar.name, argument: reached }, BESIDE)
  const ingress = connectIngress(reached.ingress)
  let sent = 0
  return {
    calls: {
      ask: (load) => closedLoop(load, asker(ingress)),
      async tell(messages) {
        const upTo = sent + messages
        const told = far.call('toldUpTo', upTo)
        const sender = async (): Promise<void> => {
          while (sent < upTo) await ingress.send('far/tell', messageOf(0, sent++))
        }
        await Promise.all([told, ...Array.from({ length: OUTSTANDING }, sender)])
      },
    },
    async [Symbol.asyncDispose]() {
      await ingress[Symbol.asyncDispose]()
      await far[Symbol.asyncDispose]()
    },
  }
}

function asker(ingress: Ingress): () => Promise<void> {
  let n = 0
  return async () => {
    const question = messageOf(0, n++)
    const answer = await ingress.call('far/ask', question)
    if (answer !== question) throw new Error(`"${question}" was answered with "${answer}"`)
  }
}

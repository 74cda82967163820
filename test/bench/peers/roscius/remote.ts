/** Two nodes, linked: this process asks and tells volatile agents of the other one. */
import { eventOf } from '../../kernel/work.js'
import { asker } from '../../remote/ask.js'
import { openPair } from '../../remote/nodes.js'
import { teller } from '../../remote/tell.js'
import type { Opened } from '../site.js'
import { closedLoop } from '../works/closed-loop.js'
import { BESIDE, type RemoteService } from '../works/remote.js'

export async function openRemote({ folder }: Opened): Promise<RemoteService> {
  const pair = await openPair(folder, 'volatile', { running: BESIDE })
  await pair.far.call('answerer')
  await pair.far.call('sinks', 1)
  const ask = asker(pair.near.actor('answerer', 'roscius://b/answerer'))
  return {
    calls: { ask: (load) => closedLoop(load, ask), tell: teller(pair, eventOf) },
    [Symbol.asyncDispose]: () => pair[Symbol.asyncDispose](),
  }
}

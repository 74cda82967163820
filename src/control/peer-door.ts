/** What can be done at the door about links. */
import type { PeerFigures } from '../remote/peer-figures.js'
import type { PeerRequest, ToldPeer } from './peer-protocol.js'

/** Whose links are shown and reset: a system. */
export interface PeerSource {
  peers(): readonly PeerFigures[]
  peer(name: string): { reset(by: { readonly by?: string; readonly reason?: string }): Promise<void> }
}

/** Answers a request. Throws what is to be told to whoever asked. */
export async function answerAboutPeers(
  source: PeerSource,
  request: PeerRequest,
): Promise<ToldPeer[] | { readonly peer: string }> {
  if (request.op === 'peers') return source.peers().map((figures) => ({ ...figures }))
  const { peer, by, reason } = request
  await source.peer(peer).reset({ by, reason })
  return { peer }
}

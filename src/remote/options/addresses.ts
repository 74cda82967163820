/** Whether the addresses of peers can be dialled, and every peer can be reached or can call. */
import { refusal } from '../../supervision/refusal.js'
import type { GivenPeers } from './peers.js'

interface Reach {
  /** Whether peers can call. */
  readonly listens: boolean
  /** Whether the node dials by WebSockets of its own; another transport has addresses of its own. */
  readonly isWebSocket: boolean
}

/** Throws `OPTIONS_INVALID`, without repeating an address: it may hold a secret. */
export function checkAddresses(peers: GivenPeers, { listens, isWebSocket }: Reach): void {
  const byAddress = new Map<string, string>()
  for (const [name, { address }] of peers) {
    const at = `peers.${name}.address`
    if (address === undefined) {
      if (!listens) throw refusal(at, 'is needed: this node does not listen, so the peer has no way to call')
      continue
    }
    const problem = problemOf(address, isWebSocket)
    if (problem !== undefined) throw refusal(at, problem)
    const other = byAddress.get(address)
    if (other !== undefined) throw refusal(at, `is the address of ${other} already`)
    byAddress.set(address, name)
  }
}

function problemOf(address: string, isWebSocket: boolean): string | undefined {
  const url = URL.canParse(address) ? new URL(address) : undefined
  if (url === undefined) return isWebSocket ? NOT_A_WEBSOCKET : 'must be a URL that the transport can dial'
  if (isWebSocket && !/^wss?:$/.test(url.protocol)) return NOT_A_WEBSOCKET
  if (url.username !== '' || url.password !== '') return 'must not hold a user or a password'
  return url.hash === '' ? undefined : 'must not hold a fragment'
}

const NOT_A_WEBSOCKET = 'must be a URL that begins with ws:// or wss://'

/**
 * Whether the options let every peer show who it is, and nobody else in.
 *
 * 1. Nothing listens beyond loopback without keys or certificates, and on loopback only where the user has said so.
 * 2. Each peer has a way to be believed: a setting with which a link could never come up is refused.
 */
import { refusal } from '../../supervision/refusal.js'
import { isLoopbackHost } from '../loopback.js'
import type { SharedKey } from '../protocol/handshake/shared-keys.js'
import type { Remote, Transport } from '../transport.js'
import type { ListenOptions } from '../websocket/options.js'
import type { GivenPeers } from './peers.js'

/** How peers show who they are. */
export interface AuthOptions {
  /**
   * Secrets that all nodes share; the first is the one in use, any is believed. Whoever holds one can call itself by any
   * name: give `peers.x.keys` where that matters.
   */
  readonly keys?: readonly SharedKey[]
  /**
   * Believes certificates: of an authority that was named for nodes, with the node's name as common name. Needs
   * `listen.tls.requireClientCertificate`, or a `transport` that asks for them. Default false.
   */
  readonly certificates?: boolean
  /** Believes whoever is on this machine, under any name that `peers` has. Default: nobody. */
  readonly unauthenticated?: 'loopback'
}

export interface ReadAuth {
  readonly keys: readonly SharedKey[]
  readonly certificates: boolean
  readonly unauthenticated?: 'loopback' | undefined
}

/** Why the other side of a connection needs no proof, as the handshake takes it; empty where it does. */
export function beliefIn(
  { certificateName, isLoopback }: Remote,
  { certificates, unauthenticated }: ReadAuth,
): { readonly peerCertificateName?: string; readonly trustsPeer?: boolean } {
  if (certificates && certificateName !== undefined) return { peerCertificateName: certificateName }
  return unauthenticated === 'loopback' && isLoopback ? { trustsPeer: true } : {}
}

interface Given {
  readonly listen: ListenOptions | undefined
  readonly transport: Transport | undefined
  readonly auth: ReadAuth
  readonly peers: GivenPeers
}

/** Throws `OPTIONS_INVALID`. */
export function checkAuthentication(given: Given): void {
  const { auth, peers } = given
  if (auth.certificates) checkCertificates(given)
  const hasKeys = auth.keys.length > 0 || [...peers.values()].some(({ keys }) => keys !== undefined)
  if (!hasKeys && !auth.certificates) checkLoopback(given)
  for (const [name, { address, keys = auth.keys }] of peers) {
    if (keys.length === 0) checkKeyless(`peers.${name}`, address, auth)
  }
}

function checkCertificates({ listen, transport }: Given): void {
  if (transport !== undefined || listen?.tls?.requireClientCertificate === true) return
  throw refusal('auth.certificates', 'needs listen.tls.requireClientCertificate, or a transport that asks for them')
}

/** Nobody can prove anything: that is for this machine only, and only if wanted. */
function checkLoopback({ listen, auth }: Given): void {
  if (auth.unauthenticated === undefined) {
    throw refusal(
      'auth',
      "nothing shows who a peer is: give keys or certificates, or say unauthenticated: 'loopback' if every program of this machine may link with it",
    )
  }
  const { host = '127.0.0.1' } = listen ?? {}
  if (isLoopbackHost(host)) return
  throw refusal('auth', `listening at ${host} needs keys or certificates: unauthenticated is for loopback only`)
}

function checkKeyless(at: string, address: string | undefined, { certificates, unauthenticated }: ReadAuth): void {
  const url = address === undefined || !URL.canParse(address) ? undefined : new URL(address)
  const isHere = url === undefined || !/^wss?:$/.test(url.protocol) || isLoopbackHost(url.hostname)
  if (unauthenticated === 'loopback' && isHere) return
  if (certificates && url?.protocol !== 'ws:') return
  if (certificates) throw refusal(`${at}.address`, 'must begin with wss:// to show a certificate, or have keys')
  throw refusal(`${at}.keys`, 'nothing shows who this peer is: give it keys, or auth.keys for all')
}

/** What a store knows of its peers, as a person reads it. */
import { countText, plural } from '../../runtime/phrases.js'
import type { Amount, LaneName, StoredPeer } from '../stored/stored-peers.js'
import { bytesText } from './amounts.js'
import type { Paint } from './colours.js'
import { line } from './printable.js'

export function storedPeersText(peers: readonly StoredPeer[], paint: Paint): string {
  if (peers.length === 0) return 'The store knows of no peer.\n'
  return `${peers.map((peer) => blockOf(peer, paint)).join('\n\n')}\n`
}

function blockOf(peer: StoredPeer, paint: Paint): string {
  const { known, retired, damaged, outbox } = peer
  const received = (known && peer.received[known.storeId]) ?? { high: 0, normal: 0, low: 0 }
  return [
    waitingText(peer, paint),
    ...(outbox.count === 0
      ? []
      : [
          field(
            'waiting',
            lanesText(peer, ({ waiting }) => amountText(waiting)),
          ),
        ]),
    field('confirmed', lanesText(peer, ({ confirmed }) => upTo(confirmed)) || 'nothing yet'),
    field('received', namedText(received, upTo) || 'nothing yet'),
    field('last met', metText(known)),
    ...(retired.length === 0 ? [] : [field('before', `${retired.length} other ${plural(retired.length, 'store')}`)]),
    ...(damaged === 0 ? [] : [paint(field('damaged', `${countText(damaged)} ${plural(damaged, 'record')}`), 'bad')]),
  ].join('\n')
}

/** `312 messages (80 kB) wait for b`. */
function waitingText({ peer, outbox }: StoredPeer, paint: Paint): string {
  const name = line(peer, 64)
  if (outbox.count === 0) return paint(`Nothing waits for ${name}`, 'faint')
  const { count, bytes } = outbox
  const text = `${countText(count)} ${plural(count, 'message')} (${bytesText(bytes)}) ${count === 1 ? 'waits' : 'wait'} for ${name}`
  return paint(text, 'warning')
}

function metText(known: StoredPeer['known']): string {
  return known === undefined ? 'never' : `start ${countText(known.incarnation)} of the store ${line(known.storeId, 48)}`
}

type Lane = StoredPeer['lanes'][LaneName]

function lanesText({ lanes }: StoredPeer, textOf: (lane: Lane) => string): string {
  return namedText(lanes, textOf)
}

/** Of lanes of which there is something to tell: `12 high, 300 normal`. */
function namedText<T>(lanes: Readonly<Record<LaneName, T>>, textOf: (lane: T) => string): string {
  return Object.entries(lanes)
    .map(([name, lane]) => [name, textOf(lane)] as const)
    .filter(([, text]) => text !== '')
    .map(([name, text]) => `${name} ${text}`)
    .join(', ')
}

function amountText({ count, bytes }: Amount): string {
  return count === 0 ? '' : `${countText(count)} (${bytesText(bytes)})`
}

function upTo(number: number): string {
  return number === 0 ? '' : `up to ${countText(number)}`
}

function field(name: string, text: string): string {
  return `  ${name.padEnd(9)}  ${text}`
}

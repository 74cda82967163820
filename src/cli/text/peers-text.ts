/**
 * The links of a running system as a table of 80 columns.
 *
 * 1. A row has its figures, in columns as wide as they need to be; the name of the peer gets what is left, and is cut.
 * 2. What went wrong last is below the row, in whole.
 */
import type { ToldPeer } from '../../control/protocol/links.js'
import { durationText, plural } from '../../runtime/phrases.js'
import type { Tone } from '../../runtime/tree-text.js'
import { shortBytes, shortCount } from './amounts.js'
import type { Paint } from './colours.js'
import { line } from './printable.js'

const WIDTH = 80
const GAP = 2
const MIN_NAME = 8
const INDENT = '  '

const HEADS = ['state', 'rtt', 'in flight', 'outbox', 'resent', 'in', 'out'] as const

/** `folder`: what the command was called with, for what to do next. */
export function peersText(peers: readonly ToldPeer[], folder: string, paint: Paint): string {
  if (peers.length === 0) return 'The system has no peers.\n'
  const rows = peers.map(cellsOf)
  const widths = HEADS.map((head, i) => Math.max(head.length, ...rows.map((cells) => (cells[i] as string).length)))
  const taken = widths.reduce((sum, width) => sum + width + GAP, 0)
  const longest = Math.max('peer'.length, ...peers.map(({ peer }) => line(peer).length))
  const name = Math.min(longest, Math.max(MIN_NAME, WIDTH - taken))
  return [
    `${totalText(peers)}\n`,
    paint(rowText(['peer', ...HEADS], [name, ...widths]), 'faint'),
    ...peers.flatMap((peer, i) => {
      const cells = [line(peer.peer, name), ...(rows[i] as readonly string[])]
      return [rowText(cells, [name, ...widths], (state) => paint(state, toneOf(peer))), ...notesOf(peer, folder, paint)]
    }),
    '',
  ].join('\n')
}

/** `3 peers: 2 up, 1 refused`. */
function totalText(peers: readonly ToldPeer[]): string {
  const counts = new Map<string, number>()
  for (const peer of peers) counts.set(stateOf(peer), (counts.get(stateOf(peer)) ?? 0) + 1)
  const states = [...counts].map(([state, count]) => `${shortCount(count)} ${state}`)
  return `${shortCount(peers.length)} ${plural(peers.length, 'peer')}: ${states.join(', ')}`
}

/** Whether somebody should look at it. */
export function isInTrouble({ state, detector }: ToldPeer): boolean {
  return state === 'refused' || detector === 'down'
}

// --- a row ---

function cellsOf(peer: ToldPeer): readonly string[] {
  const { sinceMs, rttMs, inFlight, outbox, resends, bytesIn, bytesOut } = peer
  const since = durationText(Math.floor(sinceMs / 1_000) * 1_000)
  return [
    `${stateOf(peer)} ${since}`,
    rttMs === undefined ? '' : rttText(rttMs),
    shortCount(inFlight),
    outbox.count === 0 ? '0' : `${shortCount(outbox.count)}, ${shortBytes(outbox.bytes)}`,
    shortCount(resends),
    shortBytes(bytesIn),
    shortBytes(bytesOut),
  ]
}

/** Names and states begin where their columns do, figures end where theirs end. */
function rowText(
  cells: readonly string[],
  widths: readonly number[],
  paintState = (text: string): string => text,
): string {
  const [peer = '', state = '', ...figures] = cells
  const [nameWidth = 0, stateWidth = 0, ...others] = widths
  const padded = figures.map((figure, i) => figure.padStart(others[i] ?? 0))
  return [peer.padEnd(nameWidth), paintState(state.padEnd(stateWidth)), ...padded].join(' '.repeat(GAP))
}

/** `backingOff` is `backing off`. */
function stateOf({ state }: ToldPeer): string {
  return line(
    state.replace(/[A-Z]/g, (capital) => ` ${capital.toLowerCase()}`),
    16,
  )
}

function rttText(ms: number): string {
  if (ms >= 1_000) return `${(ms / 1_000).toFixed(1)}s`
  return ms < 9.95 ? `${ms.toFixed(1)}ms` : `${Math.round(ms)}ms`
}

const TONES: Readonly<Record<string, Tone>> = {
  up: 'good',
  idle: 'faint',
  closing: 'faint',
  closed: 'faint',
}

function toneOf(peer: ToldPeer): Tone {
  return isInTrouble(peer) ? 'bad' : (TONES[peer.state] ?? 'warning')
}

// --- below it ---

/** Where only an operator knows which of two pasts is true. */
const UNTIL_RESET: ReadonlySet<string> = new Set(['PEER_ROLLED_BACK', 'POSITION_IMPOSSIBLE', 'STORE_CHANGED'])

function notesOf(peer: ToldPeer, folder: string, paint: Paint): readonly string[] {
  const { state, detector, fault, streak } = peer
  const down = detector === 'down' ? ['The peer is taken to be down.'] : []
  const failures = streak > 1 ? [`${shortCount(streak)} failures in a row.`] : []
  const last = fault === undefined ? [] : [`${whenOf(peer)}: ${line(fault.reason)} (${line(fault.code, 64)})`]
  const text = [...down, ...last, ...failures].join(' ')
  const tone = isInTrouble(peer) ? 'bad' : 'faint'
  const isWaiting = state === 'refused' && fault?.by === 'self' && UNTIL_RESET.has(fault.code)
  return [
    ...(text === '' ? [] : wrapped(text).map((each) => paint(each, tone))),
    ...(isWaiting ? [`${INDENT}Take it as it is: roscius peers reset ${folder} ${line(peer.peer)}`] : []),
  ]
}

/** Which fault it is, and who says so. */
function whenOf({ peer, state, fault }: ToldPeer): string {
  const what = state === 'refused' ? 'Refused' : 'Last fault'
  return fault?.by === 'peer' ? `${what}, says ${line(peer, 64)}` : what
}

function wrapped(text: string): readonly string[] {
  const lines: string[] = []
  for (const word of text.split(' ')) {
    const last = lines.at(-1)
    if (last !== undefined && last.length + 1 + word.length <= WIDTH) lines[lines.length - 1] = `${last} ${word}`
    else lines.push(`${INDENT}${word}`)
  }
  return lines
}

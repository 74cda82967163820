/** What stands beside the lanes of a printed conversation: time, type, who to whom, how long it took; each in its column. */
import type { Message } from './messages.js'

/** More causes don't indent a line further. */
const MAX_INDENTED = 8
const ARROW = '→ '
const GAP = '  '

/** Characters of a day in `timeText`. */
export const DAY = 'yyyy-mm-dd'.length

/** UTC, to the millisecond. */
export const timeText = (at: number): string => new Date(at).toISOString().slice(0, -1).replace('T', ' ')

/** The text without what moves a cursor or turns the direction of writing. */
export const plain = (text: string): string => text.replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, '\uFFFD')

/** The columns of some messages: as wide as they need, if all of it is at most `width`. */
export class Columns {
  readonly #isOneDay: boolean
  readonly #typeWidth: number
  readonly #placesWidth: number

  constructor(messages: readonly Message[], width: number) {
    this.#isOneDay = new Set(messages.map((message) => timeText(timeOf(message)).slice(0, DAY))).size === 1
    const left = width - this.#time(messages[0]!).length - longest(messages.map(lagOf)) - 4 * GAP.length
    this.#typeWidth = Math.min(longest(messages.map(indentedType)), Math.floor(left * 0.4))
    this.#placesWidth = Math.min(longest(messages.map((message) => placesOf(message).join(''))), left - this.#typeWidth)
  }

  of(message: Message): string {
    const type = pad(cut(indentedType(message), this.#typeWidth), this.#typeWidth)
    const places = pad(fitted(placesOf(message), this.#placesWidth), this.#placesWidth)
    return ['', this.#time(message), type, places, lagOf(message)].join(GAP)
  }

  #time(message: Message): string {
    return timeText(timeOf(message)).slice(this.#isOneDay ? DAY + 1 : 0)
  }
}

const timeOf = ({ sentAt, receivedAt }: Message): number => (sentAt ?? receivedAt)!

const indentedType = ({ type, depth }: Message): string => '  '.repeat(Math.min(depth, MAX_INDENTED)) + plain(type)

/** The sender, where there is one, and the receiver behind an arrow. */
function placesOf({ from, to }: Message): readonly string[] {
  const [sender, receiver] = [from, to].map((address) => plain(address?.replace(/^roscius:\/\//, '') ?? ''))
  return sender === '' ? [`${ARROW}${receiver}`] : [`${sender} `, `${ARROW}${receiver}`]
}

/** How long it was on its way; or which end of it is all that is known. What no actor sent, nobody has noted as sent. */
function lagOf({ from, sentAt, receivedAt }: Message): string {
  if (sentAt === undefined) return from === undefined ? '' : 'only received'
  if (receivedAt === undefined) return 'only sent'
  return durationText(receivedAt - sentAt)
}

function durationText(ms: number): string {
  const sign = ms < 0 ? '-' : ''
  const size = Math.abs(ms)
  if (size < 1_000) return `${sign}${Math.round(size)} ms`
  if (size < 60_000) return `${sign}${(size / 1_000).toFixed(1)} s`
  return size < 3_600_000 ? `${sign}${(size / 60_000).toFixed(1)} min` : `${sign}${(size / 3_600_000).toFixed(1)} h`
}

// --- widths ---

/** The places; if they don't fit, the longer one is shortened, or both to half of `width`. */
function fitted([first = '', second = '']: readonly string[], width: number): string {
  const half = Math.floor(width / 2)
  const ofFirst = Math.max(half, width - lengthOf(second))
  const ofSecond = Math.max(width - half, width - lengthOf(first))
  return shortened(first, ofFirst) + shortened(second, ofSecond)
}

/** Without its middle: an address says most at its ends. */
function shortened(place: string, width: number): string {
  const characters = [...place]
  if (characters.length <= width) return place
  const head = Math.floor((width - 1) / 3)
  return `${characters.slice(0, head).join('')}…${characters.slice(characters.length - (width - 1 - head)).join('')}`
}

/** What is too long ends in `…`. */
export function cut(text: string, width: number): string {
  return lengthOf(text) <= width ? text : `${[...text].slice(0, width - 1).join('')}…`
}

const pad = (text: string, width: number): string => text + ' '.repeat(Math.max(0, width - lengthOf(text)))

const lengthOf = (text: string): number => [...text].length

const longest = (texts: readonly string[]): number => texts.reduce((most, text) => Math.max(most, lengthOf(text)), 0)

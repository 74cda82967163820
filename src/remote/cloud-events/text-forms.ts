/** The types of CloudEvents that are strings in JSON: strings, URIs, times, media types. */
import { isNodeName } from '../../core/address.js'
import { boundedClock, type VectorClock } from '../conversation/vector-clock.js'

/** No control characters, no noncharacters, no unpaired surrogates. */
const FORBIDDEN = /[\p{Cc}\p{Cs}\p{Noncharacter_Code_Point}]/u
const URI_REFERENCE =
  /^(?:[A-Za-z][A-Za-z0-9+.-]*:|(?![^/?#]*:))(?:[\w.~:/?[\]@!$&'()*+,;=-]|%[0-9A-Fa-f]{2})*(?:#(?:[\w.~:/?@!$&'()*+,;=-]|%[0-9A-Fa-f]{2})*)?$/
const SCHEME = /^[A-Za-z][A-Za-z0-9+.-]*:/
const MEDIA_TYPE =
  /^[\w!#$&^.+-]+\/[\w!#$&^.+-]+(?:[ \t]*;[ \t]*[\w!#$%&'*+.^`|~-]+=(?:[\w!#$%&'*+.^`|~-]+|"(?:[^"\\]|\\.)*"))*$/
const TIME = /^(\d{4}-\d\d-\d\d)[Tt](\d\d:\d\d:)(\d\d)(\.\d+)?(?:[Zz]|([+-]\d\d:\d\d))$/
const PARTS = /^([^=]+)=(\d{1,16})$/

export const isCloudString = (text: string): boolean => !FORBIDDEN.test(text)

export const isUriReference = (text: string): boolean => text !== '' && URI_REFERENCE.test(text)

export const isUri = (text: string): boolean => SCHEME.test(text) && URI_REFERENCE.test(text)

export const isMediaType = (text: string): boolean => MEDIA_TYPE.test(text)

/** RFC 3339, to the millisecond; what can't be written so stays a text that is none. */
export function timeText(ms: number): string {
  return Math.abs(ms) <= 8.64e15 ? new Date(ms).toISOString() : String(ms)
}

/** Milliseconds since the epoch, whole ones; `undefined` if it is no time of RFC 3339. A leap second is the one before it. */
export function readTime(text: string): number | undefined {
  const [, date, minute, second, fraction = '', zone = 'Z'] = TIME.exec(text) ?? []
  if (date === undefined || !isDate(date)) return undefined
  const ms = Date.parse(`${date}T${minute}${second === '60' ? '59' : second}${fraction.slice(0, 4)}${zone}`)
  return Number.isNaN(ms) ? undefined : ms
}

/** `Date.parse` takes the 30th of February for the 1st of March. */
function isDate(date: string): boolean {
  const ms = Date.parse(date)
  return !Number.isNaN(ms) && new Date(ms).toISOString().startsWith(date)
}

/** `a=3,b=5`: nodes in the order of their names. `undefined` for a clock that counts nothing. */
export function clockText(clock: VectorClock): string | undefined {
  const nodes = Object.keys(clock).sort()
  return nodes.length === 0 ? undefined : nodes.map((node) => `${node}=${clock[node]}`).join(',')
}

/** `undefined` if it is no clock, or counts a node twice, or more nodes than a clock can. */
export function readClock(text: string): VectorClock | undefined {
  const counts = text.split(',').map((part) => PARTS.exec(part))
  const entries = counts.map((match) => [match?.[1] ?? '', Number(match?.[2])] as const)
  const clock = Object.fromEntries(entries)
  const isClock = entries.every(([node, count]) => isNodeName(node) && Number.isSafeInteger(count))
  return isClock && Object.keys(boundedClock(clock)).length === entries.length ? clock : undefined
}

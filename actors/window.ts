/**
 * How much of what an agent has seen fits into a number of tokens, and what is said of the rest. Pure.
 *
 * 1. Observations, memory and the summary together are never above `maxTokens`, as `countTokens` counts.
 * 2. The newest `keepLast` observations are there, if need be cut short; then come memory and older observations, the newest
 *    first and without gaps.
 * 3. Nothing goes silently: what is left out is counted in the summary, and a text that is cut says by how much.
 */
import { canonical } from '../machines/agent/repetition.js'
import type { Observation } from '../machines/brain.js'

export interface WindowRules {
  readonly maxTokens: number
  readonly countTokens: (text: string) => number
  readonly keepLast: number
  /** How much of the room for older observations is filled, 0 to 1. Less leaves room for the next turns. */
  readonly fill: number
}

export interface Window {
  readonly observations: readonly Observation[]
  readonly memory: readonly string[]
  /** The oldest, in their order. */
  readonly leftOut: readonly Observation[]
  readonly memoryLeftOut: number
}

export interface Seen {
  readonly observations: readonly Observation[]
  readonly memory: readonly string[]
}

/** Share of the tokens that is set aside for the summary. */
const SUMMARY_SHARE = 0.25

export function summaryRoom({ maxTokens }: WindowRules): number {
  return Math.floor(maxTokens * SUMMARY_SHARE)
}

function costOf(observation: Observation, { countTokens }: WindowRules): number {
  return countTokens(canonical(observation))
}

function costOfAll({ observations, memory }: Seen, rules: WindowRules): number {
  const costs = [...observations.map((each) => costOf(each, rules)), ...memory.map((line) => rules.countTokens(line))]
  return costs.reduce((sum, cost) => sum + cost, 0)
}

/** As much as there is room for. */
export function cutWindow(seen: Seen, rules: WindowRules): Window {
  if (costOfAll(seen, rules) <= rules.maxTokens) return { ...seen, leftOut: [], memoryLeftOut: 0 }
  const older = seen.observations.slice(0, -rules.keepLast)
  const last = shortened(seen.observations.slice(-rules.keepLast), rules)
  const left = rules.maxTokens - summaryRoom(rules) - costOfAll({ observations: last, memory: [] }, rules)
  const memory = fitting(seen.memory, rules.countTokens, older.length > 0 ? left / 2 : left)
  const forOlder = (left - costOfAll({ observations: [], memory }, rules)) * rules.fill
  const kept = fitting(older.toReversed(), (each) => costOf(each, rules), forOlder).toReversed()
  return {
    observations: [...kept, ...last],
    memory,
    leftOut: older.slice(0, older.length - kept.length),
    memoryLeftOut: seen.memory.length - memory.length,
  }
}

/** Everything but the oldest `from` observations, if there is room for it beside a summary. */
export function windowFrom(seen: Seen, from: number, rules: WindowRules): Window | undefined {
  const observations = seen.observations.slice(from)
  const fits = costOfAll({ observations, memory: seen.memory }, rules) <= rules.maxTokens - summaryRoom(rules)
  if (!fits || observations.length < Math.min(rules.keepLast, seen.observations.length)) return undefined
  return { observations, memory: seen.memory, leftOut: seen.observations.slice(0, from), memoryLeftOut: 0 }
}

/** The longest beginning that has room. */
function fitting<T>(items: readonly T[], cost: (item: T) => number, room: number): readonly T[] {
  let left = room
  const end = items.findIndex((item) => {
    left -= cost(item)
    return left < 0
  })
  return end < 0 ? items : items.slice(0, end)
}

/** The newest observations, each within its share if together they are too long. */
function shortened(observations: readonly Observation[], rules: WindowRules): readonly Observation[] {
  const room = rules.maxTokens - summaryRoom(rules)
  if (costOfAll({ observations, memory: [] }, rules) <= room) return observations
  const share = Math.floor(room / observations.length)
  return observations.map((each) => (costOf(each, rules) <= share ? each : shortenedTo(each, share, rules)))
}

/** Without its data, whose text stands in for it if there is no other. */
function shortenedTo({ data, ...observation }: Observation, room: number, rules: WindowRules): Observation {
  const whole = data === undefined ? observation.text : `${observation.text}\n${canonical(data)}`
  return { ...observation, text: fitText(whole, (text) => costOf({ ...observation, text }, rules), room) }
}

/** The text, or as much of its beginning as costs no more than `room` together with the note of how much is cut. */
function fitText(text: string, cost: (text: string) => number, room: number): string {
  if (cost(text) <= room) return text
  let fits = 0
  let tooLong = text.length
  while (tooLong - fits > 1) {
    const middle = (fits + tooLong) >> 1
    if (cost(cutAt(text, middle)) <= room) fits = middle
    else tooLong = middle
  }
  return cutAt(text, fits)
}

function cutAt(text: string, length: number): string {
  return `${text.slice(0, length).toWellFormed()}… [${text.length - length} characters cut]`
}

// --- what is said of the rest ---

/** The note in front of a window: how much is left out, and `text`, or the first line of each as far as there is room. */
export function summaryNote(
  { leftOut, memoryLeftOut }: Pick<Window, 'leftOut' | 'memoryLeftOut'>,
  rules: WindowRules,
  text?: string,
): Observation {
  const note = (body: string): Observation => ({
    turn: leftOut.at(-1)?.turn ?? 0,
    kind: 'note',
    text: body,
    data: { leftOut: leftOut.length, memoryLeftOut },
  })
  const head = headOf(leftOut.length, memoryLeftOut)
  const cost = (body: string): number => costOf(note(`${head}${body}`), rules)
  const room = summaryRoom(rules)
  const body = text === undefined ? firstLines(leftOut, cost, room) : fitText(`\n${text}`, cost, room)
  return note(`${head}${body}`)
}

function headOf(leftOut: number, memoryLeftOut: number): string {
  const parts = [
    leftOut === 0 ? '' : `${leftOut} earlier observations`,
    memoryLeftOut === 0 ? '' : `${memoryLeftOut} lines of memory`,
  ]
  return `[Left out: ${parts.filter((part) => part !== '').join(', ')}.]`
}

/** The newest of them that there is room for. */
function firstLines(leftOut: readonly Observation[], cost: (body: string) => number, room: number): string {
  let body = ''
  for (const { turn, kind, text } of leftOut.toReversed()) {
    const longer = `\n${kind} in turn ${turn}: ${firstSentence(text)}${body}`
    if (cost(longer) > room) return body
    body = longer
  }
  return body
}

const LONGEST_SENTENCE = 160

function firstSentence(text: string): string {
  const sentence =
    /^[^\n]*?[.!?。！？](?=\s|$)/u.exec(text.trimStart())?.[0] ?? text.trimStart().split('\n', 1)[0] ?? ''
  return sentence.length <= LONGEST_SENTENCE ? sentence : `${sentence.slice(0, LONGEST_SENTENCE).toWellFormed()}…`
}

/** More than any agent has seen. */
const MANY = 1_000_000_000

/** Whether there is room for the shortest window there can be. */
export function hasRoom(rules: WindowRules): boolean {
  const text = cutAt('', -MANY)
  const note: Observation = {
    turn: MANY,
    kind: 'note',
    text: `${headOf(MANY, MANY)}${text}`,
    data: { leftOut: MANY, memoryLeftOut: MANY },
  }
  const room = rules.maxTokens - summaryRoom(rules)
  const last = costOf({ turn: MANY, kind: 'refusal', text }, rules) * rules.keepLast
  return costOf(note, rules) <= summaryRoom(rules) && last <= room
}

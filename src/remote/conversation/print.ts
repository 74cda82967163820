/**
 * A conversation as a text for a terminal: one line a message, in causal order.
 *
 *     order-17: 2 messages between 2 nodes
 *     2026-11-21 09:41:07.120 to 09:41:07.149 UTC
 *
 *       shop
 *       │ pay
 *       ●─►  09:41:07.120  CHARGE     shop/orders/o17 → pay/cards/visa  11 ms
 *       ◄─●  09:41:07.140    CHARGED  pay/cards/visa → shop/orders/o17  9 ms
 *
 * 1. What causes what is seen by indentation; a line marked `‖` could as well stand before the line above.
 * 2. Texts come from other nodes: what would move a terminal's cursor, or turn its direction of writing, is replaced.
 * 3. The text says nothing that the records don't: durations between two nodes are differences of their wall clocks.
 */
import { Columns, cut, DAY, plain, timeText } from './columns.js'
import type { ConversationRecord } from './conversation-record.js'
import { Lanes } from './lanes.js'
import { type Message, messagesOf } from './messages.js'

export interface ConversationTextOptions {
  /** Characters a line at most, from 80 up. Default 100. */
  readonly width?: number
}

const LEAST_WIDTH = 80
const MAX_ID = 40
const CONCURRENT = '‖'

/**
 * The conversation that the records of one or several nodes tell of, as lines for a terminal. Times are UTC, by the clock
 * of who sent; what is behind a line is how long the message was on its way.
 *
 * @example
 * ```ts
 * import { conversationText } from 'roscius'
 *
 * const ping = { id: '1', conversation: 'c', from: 'roscius://a/x', to: 'roscius://b/y', type: 'PING' }
 * console.log(conversationText([{ ...ping, node: 'a', direction: 'sent', at: 1_000 }]))
 * ```
 */
export function conversationText(
  records: Iterable<ConversationRecord>,
  { width = 100 }: ConversationTextOptions = {},
): string {
  const all = [...records]
  const messages = messagesOf(all)
  if (messages.length === 0) return 'No messages.\n'
  const lanes = new Lanes(nodesOf(messages))
  const gutter = `${CONCURRENT} `.length
  const columns = new Columns(messages, Math.max(width, LEAST_WIDTH) - gutter - lanes.width)
  return [
    ...titleOf(all, messages),
    ...lanes.head().map((line) => cut(`  ${line}`, LEAST_WIDTH)),
    ...messages.map((message) => {
      const mark = message.concurrent ? CONCURRENT : ' '
      return `${mark} ${lanes.arrow(message.fromNode, message.toNode)}${columns.of(message)}`.trimEnd()
    }),
    ...(messages.some(({ concurrent }) => concurrent) ? [`\n${CONCURRENT} in no known order with the line above`] : []),
    '',
  ].join('\n')
}

function titleOf(records: readonly ConversationRecord[], messages: readonly Message[]): readonly string[] {
  const ids = [...new Set(records.map(({ conversation }) => plain(conversation)))].join(', ')
  const times = records.map(({ at }) => at)
  const [first, last] = [timeText(least(times)), timeText(-least(times.map((at) => -at)))]
  const end = last.slice(0, DAY) === first.slice(0, DAY) ? last.slice(DAY + 1) : last
  const counts = `${count(messages.length, 'message')} between ${count(nodesOf(messages).length, 'node')}`
  return [`${cut(ids, MAX_ID)}: ${counts}`, `${first} to ${end} UTC`, '']
}

/** In the order in which they come in. */
function nodesOf(messages: readonly Message[]): readonly string[] {
  const nodes = messages.flatMap(({ fromNode, toNode }) => [fromNode, toNode])
  return [...new Set(nodes.filter((node) => node !== undefined))].map(plain)
}

/** `Math.min` can't take as many arguments as there may be. */
const least = (numbers: readonly number[]): number => numbers.reduce((a, b) => Math.min(a, b))

const count = (n: number, what: string): string => `${n} ${what}${n === 1 ? '' : 's'}`

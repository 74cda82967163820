/**
 * What an agent's state, a count and the last ten messages, tells of the messages 1 to `answered` that it has answered. The count
 * alone would not do: an answered one that is lost and another that was not yet answered make up for each other.
 */
import { type AgentState, messageOf } from './step.js'

/** How many of a state's messages are in it. */
const LAST = 10

/** The messages to an agent, up to the n-th. */
export function messagesTo(agent: number, n: number): readonly string[] {
  return Array.from({ length: n }, (_, index) => messageOf(agent, index + 1))
}

/** How many of those that were answered the state lacks. The one after them was outstanding: it may be there. */
export function lostOf(agent: number, answered: number, { count, last }: AgentState): number {
  checkOwn(agent, answered + 1, last)
  const outstanding = last.filter((message) => message === messageOf(agent, answered + 1)).length
  return Math.max(0, answered - (count - outstanding), missing(messagesTo(agent, answered), last))
}

/** How many were applied twice, in the end, when the last one that was sent is answered. */
export function twiceOf(agent: number, answered: number, lost: number, { count, last }: AgentState): number {
  checkOwn(agent, answered, last)
  const twice = Math.max(0, count + lost - answered)
  const isAsSent = last.join() === messagesTo(agent, answered).slice(-LAST).join()
  if (!isAsSent && (lost + twice === 0 || last.at(-1) !== messageOf(agent, answered)))
    throw new Error(`agent ${agent} has got other messages than it was sent, or in another order: ${last.join()}`)
  return twice
}

/** How many of the messages are missing that would be the last ones, where others have not taken their places. */
function missing(messages: readonly string[], last: readonly string[]): number {
  const wanted = new Set(messages)
  const others = last.length - new Set(last.filter((message) => wanted.has(message))).size
  const places = Math.max(0, LAST - others)
  return messages
    .slice(messages.length - Math.min(places, messages.length))
    .filter((message) => !last.includes(message)).length
}

function checkOwn(agent: number, sent: number, last: readonly string[]): void {
  const own = new Set(messagesTo(agent, sent))
  const foreign = last.find((message) => !own.has(message))
  if (foreign !== undefined) throw new Error(`agent ${agent} has got a message that it was not sent: ${foreign}`)
}

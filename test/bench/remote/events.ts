/** What the remote rows send: the kernel's event with a text that makes it 200 bytes (as MessagePack), and questions. */
import type { ReplyRef } from 'roscius'
import type { AgentEvent } from '../kernel/work.js'

/** An event of 200 bytes. A new object each time, as events from outside are. */
export function largeEventOf(n: number): AgentEvent {
  return { type: 'APPEND', text: TEXTS[n % TEXTS.length] ?? '' }
}

const TEXTS = Array.from({ length: 1_009 }, (_, index) => `${String(index).padStart(8, '0')}${'t'.repeat(172)}`)

export interface Question {
  readonly type: 'ASK'
  readonly n: number
  readonly text: string
  readonly replyTo: ReplyRef<Answer>
}

export interface Answer {
  readonly type: 'ANSWER'
  readonly n: number
  readonly text: string
}

/** A question without the address that its answer goes to. */
export type BareQuestion = Omit<Question, 'replyTo'>

export function bareQuestionOf(n: number): BareQuestion {
  return { type: 'ASK', n, text: QUESTION }
}

export function questionOf(n: number, replyTo: ReplyRef<Answer>): Question {
  return { type: 'ASK', n, text: QUESTION, replyTo }
}

export function answerTo({ n, text }: BareQuestion): Answer {
  return { type: 'ANSWER', n, text }
}

const QUESTION = 'q'.repeat(40)

/** Throws unless it is the answer to question `n`: a benchmark that mixes them up is fast. */
export function expectAnswer({ type, n, text }: Answer, expected: number): void {
  if (type !== 'ANSWER' || n !== expected || text !== QUESTION) throw new Error(`question ${expected} got answer ${n}`)
}

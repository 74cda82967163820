/** From what a model has said to a decision, trusting nothing of it. */
import type { Decision } from '../../machines/brain.js'
import type { AnsweredCall, ModelAnswer } from './ai-sdk.js'
import { unreadable } from './choices.js'
import { readAnswer } from './object-mode.js'
import type { Question } from './question.js'

type Decided = Pick<Decision, 'event' | 'reason'>

export function decided(answer: ModelAnswer, question: Question, mode: 'tools' | 'object'): Decided {
  const problem = problemOf(answer.finishReason)
  if (problem !== undefined) return { event: unreadable(problem, answer.text), reason: reasonOf(answer) }
  if (mode === 'tools') return { event: eventOf(answer, question), reason: reasonOf(answer) }
  const { event, reason } = readAnswer(answer.text)
  return { event, reason: reason === '' ? reasonOf({ ...answer, text: '' }) : reason }
}

/** What a cut or a filtered answer would have been can't be known, even if there is a call in it. */
function problemOf(finishReason: string): string | undefined {
  if (finishReason === 'length') return 'the answer was cut off: it was too long'
  if (finishReason === 'error') return 'the answer broke off'
  return finishReason === 'content-filter' ? 'the answer was held back by a filter of the provider' : undefined
}

function eventOf({ calls, text }: ModelAnswer, question: Question): Decision['event'] {
  const [call] = calls
  return call === undefined ? unreadable('no function was called', text) : eventOfCall(call, question)
}

function eventOfCall({ name, input, problem }: AnsweredCall, { tools, choices }: Question): Decision['event'] {
  const choice = choices[tools.findIndex((tool) => tool.name === name)]
  if (choice === undefined) return unreadable(`there is no function ${name.slice(0, 100)}`, input)
  if (problem !== undefined) return unreadable(`the arguments of ${name} can't be read as JSON`, input)
  return choice.toEvent(input)
}

function reasonOf({ text, reasoning }: ModelAnswer): string {
  return text.trim() || reasoning.trim() || 'no reason given'
}

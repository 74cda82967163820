/** What observers hear of an answer while it comes in: what the model says, and not the JSON around it. */
import type { BrainContext } from '../define-brain.js'
import type { Listener, PartialJson } from './ai-sdk.js'

export function hearing(
  mode: 'tools' | 'object',
  emit: BrainContext['emit'],
  partialJson: PartialJson,
): Listener['onText'] {
  if (mode === 'tools') return (text) => emit({ type: 'token', text })
  let heard = ''
  let isOver = false
  return async (_, soFar) => {
    if (isOver) return
    const answer = (await partialJson(soFar)) as { readonly reason?: unknown; readonly event?: unknown } | undefined
    const reason = typeof answer?.reason === 'string' ? answer.reason : ''
    isOver = answer?.event !== undefined
    if (reason.length <= heard.length || !reason.startsWith(heard)) return
    emit({ type: 'token', text: reason.slice(heard.length) })
    heard = reason
  }
}

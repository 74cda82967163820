/** What others tell an agent. */

import { readCommand } from '../commands.js'
import type { AgentContext } from '../context.js'
import { type Grant, withGrant } from '../limits.js'
import { type Change, learn, type UpdateArgs, type UpdateEvent } from './learning.js'

export function noteStart({ context, event }: UpdateArgs): Change {
  const command = readCommand('START', event)
  return { goal: command?.goal ?? context.goal, constraints: command?.constraints ?? context.constraints }
}

export function noteGuidance({ context, event }: UpdateArgs): Change {
  const command = readCommand('GUIDE', event)
  if (command === undefined) return {}
  const text = command.by === undefined ? command.context : `${command.by}: ${command.context}`
  return { ...granted(context, event), ...learn(context, { kind: 'person', text }) }
}

export function noteRedirect({ context, event }: UpdateArgs): Change {
  const command = readCommand('REDIRECT', event)
  if (command === undefined) return {}
  const { goal = context.goal, constraints = context.constraints } = command
  const change = learn(context, { kind: 'person', text: `The goal is now: ${goal}` })
  return { ...granted(context, event), ...change, goal, constraints, refused: [], failures: 0 }
}

export function noteResume({ context, event }: UpdateArgs): Change {
  return granted(context, event)
}

function granted(context: AgentContext, event: UpdateEvent): Change {
  const { grant } = event as UpdateEvent & { grant?: Grant }
  return grant === undefined ? {} : { limits: withGrant(context.limits, grant) }
}

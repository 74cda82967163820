/** Actors: lists of them, one of them whole, and why it is where it is. */
import { RosciusError } from '../../core/errors.js'
import { plainJson } from '../http/json-text.js'
import { actorOf, checkedPath } from './actor-of.js'
import type { Answers, Desk } from './desk.js'
import { enabledEvents } from './enabled-events.js'

type Routes = 'actors' | 'actor' | 'explanation' | 'events' | 'decisions'

export function actorAnswers({ system, mask, shown, inspection }: Desk): Pick<Answers, Routes> {
  return {
    actors: ({ under, ...query }) =>
      inspection.rows({ ...query, ...(under !== undefined && { under: checkedPath(under) }) }),
    actor: async ({ path }, { role }) => {
      const detail = await inspection.detail(checkedPath(path))
      if (detail === undefined) throw notFound(path)
      return role === 'operator' ? detail : { ...detail, can: NO_ORDERS }
    },
    explanation: ({ path, event }, { role }) => {
      const asked = event === undefined ? {} : { event: eventIn(event) }
      if (role === 'viewer') refuseGuesses(path, asked.event)
      const explanation = actorOf(system, path).explain(asked)
      const { toString: _, ...facts } = explanation
      const told = plainJson(mask.value(facts)) as Record<string, unknown>
      return { text: mask.text(String(explanation)), explanation: told }
    },
    events: ({ path }) => ({
      events: enabledEvents(actorOf(system, path)).map((event) => ({
        ...event,
        description: event.description === undefined ? undefined : shown.text(event.description, 1_000),
      })),
    }),
    decisions: async ({ path, from, to }) => {
      const range = { ...(from !== undefined && { from }), ...(to !== undefined && { to }) }
      const records = await system.decisions(checkedPath(path), range)
      return {
        decisions: records.slice(-MAX_DECISIONS).map((one) => plainJson(mask.value(one)) as Record<string, unknown>),
      }
    },
  }
}

const MAX_DECISIONS = 1_000
/** What a viewer can do with an actor. */
export const NO_ORDERS = { send: false, pause: false, resume: false, restart: false, cancel: false } as const

/** An event as JSON, or its type. */
function eventIn(text: string): { readonly type: string } {
  try {
    const event: unknown = JSON.parse(text)
    if (typeof event === 'object' && event !== null && typeof Reflect.get(event, 'type') === 'string')
      return event as { readonly type: string }
  } catch {
    // It is no JSON: a type.
  }
  return { type: text }
}

/** Guards compare what is in an event with what the actor knows: whoever may ask them anything finds out secrets. */
function refuseGuesses(path: string, event: object | undefined): void {
  if (event === undefined || Object.keys(event).every((key) => key === 'type')) return
  const message = `${path}: only an operator may ask what would become of an event with fields. Ask with its type alone.`
  throw new RosciusError('ACCESS_DENIED', message, { address: path, details: { why: 'role' } })
}

function notFound(path: string): RosciusError {
  return new RosciusError('ACTOR_NOT_FOUND', `${path}: there is no such actor on this node.`, { address: path })
}

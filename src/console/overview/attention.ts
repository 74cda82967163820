/** What a person should look at, worst first: failures, then what waits for somebody, then what mends itself. */
import type { ActorRow } from '../../control/protocol/actors.js'
import type { Pulse } from '../../control/protocol/live.js'
import { countText, many, wordsOf } from '../parts/amounts.js'
import type { Tone } from '../parts/tone.js'

export interface Concern {
  readonly key: string
  readonly tone: Tone
  readonly icon: 'fault' | 'question' | 'restart' | 'approvals' | 'budgets' | 'pause' | 'links' | 'deadLetters'
  /** Of the actor that it is about; else it is about the node or a peer. */
  readonly path?: string
  readonly peer?: string
  /** `has failed`. */
  readonly what: string
  /** Why, as far as it is known. */
  readonly why: string | undefined
  readonly rank: number
}

/** Whether the filter "trouble" lets a row through. */
export function isInTrouble(row: ActorRow): boolean {
  return row.restarts > 0 || concernOf(row) !== undefined
}

export function concernsOf(rows: Iterable<ActorRow>, pulse: Pulse | undefined): readonly Concern[] {
  const concerns: Concern[] = nodeConcerns(pulse)
  for (const row of rows) {
    const concern = concernOf(row)
    if (concern !== undefined) concerns.push(concern)
  }
  return concerns.sort((a, b) => a.rank - b.rank || (a.key < b.key ? -1 : 1))
}

function concernOf(row: ActorRow): Concern | undefined {
  const { path, status, error, restarts, approvals, isPaused, budget } = row
  const of = { key: `actor ${path}`, path }
  switch (status) {
    case 'failed':
      return { ...of, tone: 'bad', icon: 'fault', what: 'has failed', why: error, rank: 1 }
    case 'quarantined':
      return { ...of, tone: 'bad', icon: 'fault', what: 'is quarantined', why: error, rank: 1 }
    case 'missing':
      return {
        ...of,
        tone: 'bad',
        icon: 'question',
        what: 'has no logic',
        why: `“${row.logic}” is not in the logic table.`,
        rank: 2,
      }
    case 'restarting':
      return {
        ...of,
        tone: 'warn',
        icon: 'restart',
        what: `restarts (${many(restarts, 'time')} so far)`,
        why: error,
        rank: 5,
      }
    case 'active':
    case 'starting':
      break
    default:
      return undefined
  }
  if (approvals > 0)
    return {
      ...of,
      tone: 'note',
      icon: 'approvals',
      what: `waits for ${many(approvals, 'approval')}`,
      why: undefined,
      rank: 3,
    }
  if (budget !== undefined && budget.used >= 1)
    return {
      ...of,
      tone: 'warn',
      icon: 'budgets',
      what: 'has spent its budget',
      why: `${wordsOf(budget.dimension)}: ${countText(budget.used * 100)} % used`,
      rank: 4,
    }
  if (isPaused)
    return {
      ...of,
      tone: 'note',
      icon: 'pause',
      what: 'is paused',
      why: 'An operator holds it until it is resumed.',
      rank: 6,
    }
  return undefined
}

function nodeConcerns(pulse: Pulse | undefined): Concern[] {
  if (pulse === undefined) return []
  const links = pulse.links.filter(({ state, detector }) => state === 'refused' || detector === 'down')
  const broken = links.map(
    ({ peer, state }): Concern => ({
      key: `link ${peer}`,
      tone: 'bad',
      icon: 'links',
      peer,
      what: state === 'refused' ? 'has no link: it was refused' : 'is down',
      why: 'Mail for it waits in the outbox.',
      rank: 2,
    }),
  )
  const letters = letterConcerns(pulse.deadLetters)
  if (pulse.halted === undefined) return [...broken, ...letters]
  return [
    { key: 'halted', tone: 'bad', icon: 'fault', what: 'The node has halted', why: pulse.halted, rank: 0 },
    ...broken,
    ...letters,
  ]
}

function letterConcerns(count: number): Concern[] {
  if (!(count > 0)) return []
  const what = `${many(count, 'dead letter')} ${count === 1 ? 'waits' : 'wait'} to be sent again or discarded`
  return [
    { key: 'dead letters', tone: 'warn', icon: 'deadLetters', what, why: 'Nobody could take these events.', rank: 4 },
  ]
}

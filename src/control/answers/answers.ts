/** How each route is answered. */
import type { ChangedList } from '../../inspect/live/shapes.js'
import type { Who } from '../controlled-system.js'
import { type RouteName, type RouteSpec, routes } from '../protocol/routes.js'
import { actorAnswers } from './actors.js'
import { approvalAnswers, approvalsOf } from './approvals.js'
import { budgetAnswers } from './budgets.js'
import { deadLetterAnswers } from './dead-letters.js'
import type { Answerer, Answers, Desk } from './desk.js'
import { historyAnswers } from './history.js'
import { linkAnswers } from './links.js'
import { machineAnswers } from './machines.js'
import { nodeAnswers } from './node.js'
import { noted, refusalNoted } from './operator-log.js'
import { orderAnswers } from './orders.js'

export type Answer = (route: RouteName, asked: unknown, who: Who) => Promise<unknown>

/** Answers a request that was read by its route's schema. */
export function answering(desk: Desk): Answer {
  const answers = allAnswers(desk)
  return async (name, asked, who) => {
    const answer = answers[name] as Answerer<RouteName>
    const route: RouteSpec = routes[name]
    if (route.role === 'viewer') return answer(asked as never, who)
    const act = () => answer(asked as never, who)
    const note = SPEAKS_FOR_ITSELF.has(name) ? refusalNoted : noted
    const done = await note(desk.system, name, asked as object, who, act)
    const list = CHANGES[name]
    if (list !== undefined) desk.inspection.changed(list)
    return done
  }
}

/** What these do has a record of its own in the audit trail, which says by whom; what is refused has none. */
const SPEAKS_FOR_ITSELF: ReadonlySet<RouteName> = new Set([
  'pause',
  'resume',
  'restart',
  'decideApprovals',
  'resetLink',
])

/** Which list they change without the system telling of it. */
const CHANGES: Readonly<Partial<Record<RouteName, ChangedList>>> = {
  retryDeadLetters: 'deadLetters',
  discardDeadLetters: 'deadLetters',
  raiseBudget: 'budgets',
  resetLink: 'links',
}

function allAnswers(desk: Desk): Answers {
  const approvals = approvalAnswers(approvalsOf(desk.system.approvals), desk.mask)
  return {
    ...nodeAnswers(desk),
    ...actorAnswers(desk),
    ...historyAnswers(desk),
    ...machineAnswers(desk),
    ...orderAnswers(desk),
    ...approvals,
    decideApprovals: (asked, { by }) => approvals.decideApprovals(asked, by),
    ...deadLetterAnswers(desk),
    ...budgetAnswers(desk),
    ...linkAnswers(desk),
  }
}

/**
 * The desk as a tree:
 *
 *     desk              supervisor; the budget of all, and their scopes
 *       board           the tasks
 *       creators        \
 *       processors       > supervisors: an agent for each task, with the scopes of its kind
 *       notifiers       /
 */
import { createSystem, type System, supervisor, withBudget, withPermissions } from 'roscius'
import { delegateTo } from 'roscius/actors'
import { createCreator, createNotifier, createProcessor } from './agents.js'
import { createBoardMachine } from './board.js'
import type { Outside } from './outside.js'

export const KINDS = ['creator', 'processor', 'notifier'] as const
export type Kind = (typeof KINDS)[number]

const desk = supervisor({
  children: [
    { id: 'creators', logic: 'creators', ...withPermissions({ scopes: ['inbox', 'tasks'] }) },
    {
      id: 'processors',
      logic: 'processors',
      ...withPermissions({ scopes: ['tasks:read', 'orders', 'money', 'parcels'] }),
    },
    { id: 'notifiers', logic: 'notifiers', ...withPermissions({ scopes: ['tasks:read', 'mail'] }) },
    { id: 'board', logic: 'board', restart: 'transient', systemId: 'board' },
  ],
})

/** Each agent ends with its task. */
const agentsOf = (kind: Kind) => supervisor({ template: { logic: kind, restart: 'temporary' } })

function createLogic(outside: Outside) {
  const peers = Object.fromEntries(KINDS.map((kind) => [kind, { supervisor: `desk/${kind}s` }]))
  return {
    desk,
    board: createBoardMachine(delegateTo(peers)),
    creators: agentsOf('creator'),
    processors: agentsOf('processor'),
    notifiers: agentsOf('notifier'),
    creator: createCreator(outside),
    processor: createProcessor(outside),
    notifier: createNotifier(outside),
  }
}

export type Desk = System<ReturnType<typeof createLogic>>

/** Opens the store. What was begun there goes on by itself. */
export function openDesk(store: string, outside: Outside): Promise<Desk> {
  return createSystem({ name: 'shop', store, logic: createLogic(outside) })
}

/** Starts the desk, if it is not there yet. */
export async function startDesk(system: Desk): Promise<void> {
  await system.spawn('desk', {
    id: 'desk',
    ifExists: 'use',
    ...withPermissions({ scopes: ['*'] }),
    ...withBudget({ turns: 60, toolCalls: 30, costUsd: 20 }),
  })
}

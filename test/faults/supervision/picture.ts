/** What can be seen of the system from outside, written down for the judge. */
import { type ActorNode, type ActorTree, type RosciusRef, type Store, type System, whichChildren } from 'roscius'
import { verifyStore } from 'roscius/testing'
import { leftovers } from '../society/observation.js'
import type { Entry, Handled, Letter, Rest, Seen } from './ledger.js'
import { POOL_PATH, STATIC_SUPERVISORS, STEADY, type treeLogic, VOLATILE } from './tree.js'

export type TreeSystem = System<ReturnType<typeof treeLogic>>

/** All actors of the node, parents before their children. */
export function actorsIn({ children }: Pick<ActorTree, 'children'>): Seen[] {
  return children.flatMap((node) => [seen(node), ...actorsIn(node)])
}

function seen({ path, status, value, mailbox, stash }: ActorNode): Seen {
  return { path, status, value, mailbox, stash }
}

const IS_ALIVE: ReadonlySet<string> = new Set(['active', 'restarting', 'starting'])

/** Whether nobody does anything or waits for anything, and every child is there. */
export async function isAtRest(system: TreeSystem, actors: readonly Seen[]): Promise<boolean> {
  const alive = actors.filter(({ status }) => IS_ALIVE.has(status))
  const isQuiet = alive.every(
    ({ status, value, mailbox, stash }) =>
      status === 'active' && (value === 'idle' || value === 'running') && mailbox === 0 && stash === 0,
  )
  const children = await whichChildren(system.actor('pool', POOL_PATH))
  return (
    isQuiet && actors.some(({ path }) => path === VOLATILE) && children.every(({ status }) => status !== 'restarting')
  )
}

/** What the journals, the contexts and the dead letters tell. */
export async function readRest(system: TreeSystem): Promise<Omit<Rest, 'leftovers' | 'damages'>> {
  const journals: Record<string, Entry[]> = {}
  const contexts: Record<string, Handled> = {}
  for (const path of STEADY) {
    if (path === VOLATILE) continue
    const ref = system.actor('leaf', path)
    journals[path] = await journalOf(ref)
    const { got, woke, called } = ref.getSnapshot().context
    contexts[path] = { got, woke, called }
  }
  for (const path of STATIC_SUPERVISORS) journals[path] = await journalOf(system.actor('root', path))
  const letters: Letter[] = []
  for await (const { path, reason, event } of system.deadLetters.list()) {
    letters.push({ path, reason, n: (event as { n?: string }).n })
  }
  return { journals, contexts, letters }
}

async function journalOf(ref: Pick<RosciusRef, 'journal'>): Promise<Entry[]> {
  const entries: Entry[] = []
  for await (const { kind, key, event, time } of ref.journal({ from: 1 })) {
    const { type, n, id, why, failureClass } = event
    entries.push({ kind, key, time, event: { type, n, id, why, failureClass } })
  }
  return entries
}

export async function examineStore(store: Store): Promise<Pick<Rest, 'leftovers' | 'damages'>> {
  const damages: string[] = []
  for await (const { key, problem } of verifyStore(store)) damages.push(`${key}: ${problem}`)
  return { leftovers: await leftovers(store), damages }
}

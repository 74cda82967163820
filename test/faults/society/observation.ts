/** What can be seen of a society from outside: states, cuts, keys that should be gone. */
import { isDeepStrictEqual } from 'node:util'
import type { Store, System } from 'roscius'
import type { AccountContext, Flow } from './account.js'
import type { LogicName } from './script.js'
import type { SocietyLogic } from './society.js'

export type SocietySystem = System<SocietyLogic>

/** Each stored actor's state by its path, with refs as addresses; and the dead letters, in no order. */
export async function describeState(system: SocietySystem): Promise<Record<string, unknown>> {
  const state: Record<string, unknown> = {}
  for await (const { path, logic, status, durability } of system.actors()) {
    if (durability === 'volatile') continue
    const snapshot = system.actor(logic as LogicName, path).getSnapshot() as { value: unknown; context: unknown }
    state[path] = plain({ logic, status, value: snapshot.value, context: snapshot.context })
  }
  const letters: string[] = []
  for await (const { path, event, reason } of system.deadLetters.list()) {
    letters.push(JSON.stringify([path, reason, plain(event)]))
  }
  return { ...state, 'dead letters': letters.sort() }
}

function plain(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value, (_, each: unknown) => (isRef(each) ? `ref ${each.address}` : each)),
  ) as unknown
}

function isRef(value: unknown): value is { readonly address: string } {
  return typeof value === 'object' && value !== null && 'address' in value && 'xstate$$type' in value
}

/**
 * Records of work in progress that a settled society leaves behind: mail, unmarked actions, ends and deletions begun.
 * Callbacks go on, so `e/` may name actors.
 */
export async function leftovers(store: Pick<Store, 'range'>): Promise<string[]> {
  const left: string[] = []
  for (const kind of ['m', 'q', 'z', 'g']) {
    for await (const [key] of store.range({ gte: `${kind}/`, lt: `${kind}0` })) left.push(key)
  }
  return left
}

export type Accounts = ReadonlyMap<string, AccountContext>

/** All accounts as they are now: one cut, since nothing runs in between. */
export async function readAccounts(system: SocietySystem): Promise<Map<string, AccountContext>> {
  const refs: { readonly path: string; readonly logic: LogicName }[] = []
  for await (const { path, logic } of system.actors()) {
    if (logic === 'account' || logic === 'purse') refs.push({ path, logic })
  }
  return new Map(
    refs.map(({ path, logic }) => [
      path,
      (system.actor(logic, path).getSnapshot() as { context: AccountContext }).context,
    ]),
  )
}

const EMPTY: Flow = { count: 0, amount: 0 }

/**
 * What is wrong with a set of accounts that was seen at one moment (I1, I3, I5): money that is not what was begun with
 * and moved, or that arrived without having been sent. `isAtRest` also finds what was sent and did not arrive.
 */
export function faultsInCut(accounts: Accounts, startBalance: number, isAtRest = false): string[] {
  const faults: string[] = []
  for (const [name, { balance, sent, got, faults: own }] of accounts) {
    faults.push(...own.map((fault) => `${name}: ${fault}`))
    const moved = total(got) - total(sent)
    if (balance !== startBalance + moved)
      faults.push(`${name} has ${balance}, began with ${startBalance}, moved ${moved}`)
    for (const [from, flow] of Object.entries(got)) {
      const source = accounts.get(from)?.sent[name] ?? EMPTY
      if (flow.count > source.count || flow.amount > source.amount) {
        faults.push(`${name} got ${shown(flow)} from ${from}, who had sent ${shown(source)}`)
      }
    }
    if (isAtRest) faults.push(...notArrived(name, sent, accounts))
  }
  return faults
}

function notArrived(name: string, sent: AccountContext['sent'], accounts: Accounts): string[] {
  return Object.entries(sent).flatMap(([to, flow]) => {
    const receiver = accounts.get(to)
    if (receiver === undefined) return []
    const got = receiver.got[name] ?? EMPTY
    const isSame = got.count === flow.count && got.amount === flow.amount
    return isSame ? [] : [`${name} sent ${shown(flow)} to ${to}, who at rest has got ${shown(got)}`]
  })
}

const total = (flows: Readonly<Record<string, Flow>>): number =>
  Object.values(flows).reduce((sum, { amount }) => sum + amount, 0)

const shown = ({ count, amount }: Flow): string => `${amount} in ${count}`

/** Journals that do not tell the actor's whole life, up to the state that it is in. */
export async function faultsInJournals(system: SocietySystem): Promise<string[]> {
  const faults: string[] = []
  for await (const { path, logic, durability } of system.actors()) {
    if (durability === 'volatile') continue
    const ref = system.actor(logic as LogicName, path)
    let count = 0
    let last: unknown
    for await (const { seqNr, snapshot } of ref.journal({ from: 1 })) {
      if (seqNr !== ++count) faults.push(`${path}: record ${seqNr} is in the place of ${count}`)
      last = (snapshot as { context: unknown }).context
    }
    const now = (ref.getSnapshot() as { context: unknown }).context
    if (!isDeepStrictEqual(plain(last), plain(now)))
      faults.push(`${path}: its journal leads to ${JSON.stringify(plain(last))}`)
  }
  return faults
}

/** Who lives in the crash suite's system, and what is asked of them. */
import type { Random } from 'roscius'
import { GHOST, type LogicName, type Named, RELAY, START_BALANCE, type Step, TALLY } from '../society/script.js'

const ORACLE: Named = { logic: 'oracle', id: 'oracle' }

const many = (logic: LogicName, prefix: string, count: number): Named[] =>
  Array.from({ length: count }, (_, index) => ({ logic, id: `${prefix}${index}` }))

const accounts = many('account', 'a', 140)
const purses = many('purse', 'p', 20)
const holders = [...accounts, ...purses]
const sleepers = [...many('sleeper', 's', 14), ...many('dozer', 'd', 4)]
const workers = [...many('worker', 'w', 10), ...many('helper', 'h', 4)]
const bosses = many('boss', 'boss', 3)
const askers = many('asker', 'ask', 6)
const nests = many('nest', 'nest', 3)

/** Every actor that the driver starts, in an order in which each finds those that it refers to: 206 of them. */
export const population: readonly (Step & { readonly kind: 'spawn' })[] = [
  ...holders.map((who) => spawn(who, { name: who.id, balance: START_BALANCE })),
  spawn(TALLY, {}),
  spawn(ORACLE, {}),
  ...sleepers.map((who, index) => spawn(who, { name: who.id, buddy: sleepers[index - 1] })),
  ...workers.map((who) => spawn(who, { tally: TALLY })),
  ...askers.map((who) => spawn(who, { oracle: ORACLE })),
  ...[...bosses, ...nests, RELAY].map((who) => spawn(who, {})),
]

function spawn(who: Named, input: Readonly<Record<string, unknown>>): Step & { readonly kind: 'spawn' } {
  return { kind: 'spawn', who, input }
}

/** A random thing to ask for; `n` is its idempotency key, and part of every label. */
export function randomStep(random: Pick<Random, 'next'>, n: string): Step {
  const whole = (below: number): number => Math.floor(random.next() * below)
  const one = <T>(choices: readonly T[]): T => choices[whole(choices.length)] as T
  const deliver = (to: Named, event: { type: string } & Record<string, unknown>): Step => ({
    kind: 'deliver',
    to,
    key: n,
    event,
  })
  const kind = random.next()
  if (kind < 0.6) {
    const from = whole(holders.length)
    const to = kind < 0.01 ? GHOST : holders[(from + 1 + whole(4)) % holders.length]
    return deliver(holders[from] as Named, { type: 'TRANSFER', to, amount: 1 + whole(9) })
  }
  if (kind < 0.72) return deliver(one(workers), { type: 'WORK', label: `work ${n}`, ms: whole(3) * 8 })
  if (kind < 0.8) return deliver(one(sleepers), { type: 'NAP', label: `nap ${n}`, ms: 20 + whole(200), at: 'now' })
  if (kind < 0.86) return deliver(one(bosses), { type: 'HIRE', id: `job-${n}`, times: 1 + whole(2), ms: whole(3) * 8 })
  if (kind < 0.91) return deliver(one(askers), { type: 'WONDER', id: `question ${n}` })
  if (kind < 0.93) return deliver(one(nests), { type: 'LAY', label: `egg ${n}` })
  return { kind: 'relay', label: `label ${n}` }
}

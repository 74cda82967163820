/** What an outside driver asks of the society: rounds of steps; the steps of a round are asked for at once. */
import type { Random } from 'roscius'
import type { EventObject } from 'xstate'
import type { SocietyLogic } from './society.js'

export type LogicName = keyof SocietyLogic

/** An actor as a script names it; the driver puts its ref in its place. */
export interface Named {
  readonly logic: LogicName
  readonly id: string
}

export type Step =
  | { readonly kind: 'spawn'; readonly who: Named; readonly input: Readonly<Record<string, unknown>> }
  | {
      readonly kind: 'deliver'
      readonly to: Named
      readonly key: string
      readonly event: EventObject & Record<string, unknown>
    }
  /** A question to the volatile relay, answered by the durable tally. */
  | { readonly kind: 'relay'; readonly label: string }
  | { readonly kind: 'wait'; readonly ms: number }

export type Round = readonly Step[]

export const START_BALANCE = 1_000

/** Whether a loss of power may take the last of what the actor did. */
export const isRelaxed = (logic: LogicName): boolean => logic === 'purse' || logic === 'dozer' || logic === 'helper'

export const RELAY: Named = { logic: 'relay', id: 'relay' }
export const TALLY: Named = { logic: 'tally', id: 'tally' }
export const GHOST: Named = { logic: 'account', id: 'ghost' }

const named =
  (logic: LogicName) =>
  (id: string): Named => ({ logic, id })

const ACCOUNTS = ['a', 'b', 'c'].map(named('account'))
const PURSES = ['ra', 'rb'].map(named('purse'))
const SLEEPERS = [...['s1', 's2'].map(named('sleeper')), named('dozer')('d1')]
const WORKERS = [named('worker')('w1'), named('helper')('h1')]
/** Ids of those that a loss of power may set back. */
export const RELAXED: ReadonlySet<string> = new Set(
  [...PURSES, ...SLEEPERS, ...WORKERS].filter(({ logic }) => isRelaxed(logic)).map(({ id }) => id),
)
const BOSS = named('boss')('boss')
const ORACLE = named('oracle')('oracle')
const ASKER = named('asker')('asker')
const NEST = named('nest')('nest')

const spawn = (who: Named, input: Readonly<Record<string, unknown>> = {}): Step => ({ kind: 'spawn', who, input })

/** Everybody that a script speaks to. The relay is not here: it is volatile, so each run of the node needs it anew. */
const BEGINNING: readonly Round[] = [
  [
    ...[...ACCOUNTS, ...PURSES].map((who) => spawn(who, { name: who.id, balance: START_BALANCE })),
    spawn(TALLY),
    spawn(ORACLE),
    spawn(BOSS),
    spawn(NEST),
  ],
  [
    spawn(SLEEPERS[0]!, { name: 's1', buddy: undefined }),
    spawn(SLEEPERS[1]!, { name: 's2', buddy: SLEEPERS[0] }),
    spawn(SLEEPERS[2]!, { name: 'd1', buddy: SLEEPERS[1] }),
    spawn(ASKER, { oracle: ORACLE }),
    ...WORKERS.map((who) => spawn(who, { tally: TALLY })),
  ],
]

/** Labels of effects that are stopped at once, perhaps before they have begun. */
export const FLEETING = 'job slow'

/** Makes steps; keys count up, so a script is the same whenever it is made. */
class Steps {
  #count = 0

  deliver(to: Named, event: EventObject & Record<string, unknown>): Step {
    return { kind: 'deliver', to, key: `key-${++this.#count}`, event }
  }

  transfer(from: Named, to: Named, amount: number): Step {
    return this.deliver(from, { type: 'TRANSFER', to, amount })
  }

  work(who: Named, ms: number): Step {
    return this.deliver(who, { type: 'WORK', label: `work ${who.id} ${this.#count}`, ms })
  }

  nap(who: Named, ms: number): Step {
    return this.deliver(who, { type: 'NAP', label: `nap ${this.#count}`, ms, at: 'now' })
  }

  hire(times: number, ms: number): Step {
    return this.deliver(BOSS, { type: 'HIRE', id: `job-${this.#count}`, times, ms })
  }

  /** Hires somebody who would never be done, to be fired. */
  hireForLong(id: string): Step {
    return this.deliver(BOSS, { type: 'HIRE', id, times: 1, ms: 1_000_000_000 })
  }

  fire(id: string): Step {
    return this.deliver(BOSS, { type: 'FIRE', id })
  }

  wonder(): Step {
    return this.deliver(ASKER, { type: 'WONDER', id: `question-${this.#count}` })
  }

  lay(): Step {
    return this.deliver(NEST, { type: 'LAY', label: `egg ${this.#count}` })
  }

  relay(): Step {
    return { kind: 'relay', label: `label ${++this.#count}` }
  }
}

/** A random run over all that a driver can ask for; the same for the same chance. */
export function randomRounds(random: Pick<Random, 'next'>, count = 12): Round[] {
  const steps = new Steps()
  const whole = (below: number): number => Math.floor(random.next() * below)
  const one = <T>(choices: readonly T[]): T => choices[whole(choices.length)] as T
  const holders = [...ACCOUNTS, ...PURSES]
  const makers: (() => Step)[] = [
    () => steps.transfer(one(holders), one([...holders, GHOST]), 1 + whole(9)),
    () => steps.transfer(one(holders), one(holders), 1 + whole(9)),
    () => steps.transfer(one(ACCOUNTS), one(ACCOUNTS), 1 + whole(9)),
    () => steps.work(one(WORKERS), whole(3) * 25),
    () => steps.nap(one(SLEEPERS), 20 + whole(8) * 20),
    () => steps.relay(),
    () => steps.hire(1 + whole(3), whole(3) * 15),
    () => steps.wonder(),
    () => steps.lay(),
  ]
  const round = (): Round => Array.from({ length: 1 + whole(6) }, () => one(makers)())
  const waiting = (): Round => [{ kind: 'wait', ms: whole(10) * 20 }]
  const middle = Array.from({ length: count }, () => (random.next() < 0.2 ? waiting() : round()))
  return [...BEGINNING, ...middle, [{ kind: 'wait', ms: 4_000 }]]
}

/** The scripted run: each feature alone, then all at once. */
export function scriptedRounds(): Round[] {
  const steps = new Steps()
  const [a, b, c] = ACCOUNTS as [Named, Named, Named]
  const [ra, rb] = PURSES as [Named, Named]
  const [s1, s2, d1] = SLEEPERS as [Named, Named, Named]
  const [w1, h1] = WORKERS as [Named, Named]
  return [
    ...BEGINNING,
    [steps.transfer(a, b, 10), steps.transfer(a, b, 20), steps.transfer(b, c, 5)],
    [steps.transfer(ra, a, 1), steps.transfer(a, ra, 2), steps.transfer(ra, rb, 3), steps.transfer(c, GHOST, 7)],
    [steps.work(w1, 0), steps.work(w1, 30), steps.work(w1, 0), steps.work(h1, 10)],
    [steps.nap(s1, 100), steps.nap(s2, 60), steps.nap(s2, 40), steps.nap(d1, 80)],
    [{ kind: 'wait', ms: 50 }],
    [steps.relay(), steps.relay(), steps.transfer(b, a, 4)],
    [steps.hire(1, 0), steps.hire(2, 20)],
    [steps.wonder(), steps.wonder(), steps.lay(), steps.lay()],
    [steps.transfer(a, rb, 1), steps.work(w1, 5), steps.nap(s1, 30), steps.hire(2, 0), steps.relay(), steps.wonder()],
    [steps.hireForLong('slow'), steps.fire('slow'), steps.hire(1, 0)],
    [{ kind: 'wait', ms: 400 }],
  ]
}

/** What is asked of the tree, as data: mail to leaves, and children that come and go. */
import type { Random, RestartType } from 'roscius'
import type { LeafEvent } from './leaf.js'
import { BREAKABLE, GANG, GANG_LEAVES, POOL_PATH, STEADY, TEMPORARY, YARD } from './tree.js'

export type Step =
  | { readonly kind: 'tell'; readonly path: string; readonly event: LeafEvent }
  | { readonly kind: 'start'; readonly path: string; readonly logic: 'leaf' | 'squad'; readonly restart: RestartType }
  /** By the supervisor, or by the ref. */
  | { readonly kind: 'terminate' | 'restart' | 'delete' | 'cancel' | 'stop'; readonly path: string }

/** Steps that follow one another: the next is asked for when the one before has been answered. */
export type Lane = (n: string) => Step

type Chance = Pick<Random, 'next'>

const below = (chance: Chance, count: number): number => Math.floor(chance.next() * count)
const pick = <T>(chance: Chance, choices: readonly T[]): T => choices[below(chance, choices.length)] as T

/** All that goes on at once in a life. */
export function lanesOf(chance: Chance, life: number): Lane[] {
  return [
    ...Array.from({ length: MAIL_LANES }, () => (n: string) => mail(chance, n)),
    ...['d0', 'd1', 'd2'].map((id) => (): Step => command(chance, `${POOL_PATH}/${id}`)),
    missions(chance, `${life}-a`),
    missions(chance, `${life}-b`),
    passers(chance, life),
    (n) => (chance.next() < 0.25 ? { kind: 'stop', path: GANG } : mailTo(chance, pick(chance, GANG_LEAVES), n)),
    (n) => (chance.next() < 0.1 ? tell(TEMPORARY, { type: 'FAIL', n }) : mailTo(chance, TEMPORARY, n)),
  ]
}

const MAIL_LANES = 10

const tell = (path: string, event: LeafEvent): Step => ({ kind: 'tell', path, event })

function mail(chance: Chance, n: string): Step {
  const kind = chance.next()
  if (kind < 0.8) return mailTo(chance, pick(chance, STEADY), n)
  const failureClass = chance.next() < 0.06 ? 'permanent' : pick(chance, ['bug', 'transient', 'bug'])
  const path = pick(chance, BREAKABLE)
  // What is to be escalated is given up at the first failure: nothing of that class passes by itself.
  if (kind < 0.86 || failureClass === 'permanent') return tell(path, { type: 'FAIL', n, failureClass })
  return tell(path, { type: 'FLAKY', n, failureClass, fails: 1 + below(chance, 2), starts: below(chance, 3) })
}

function mailTo(chance: Chance, path: string, n: string): Step {
  const kind = chance.next()
  if (kind < 0.8) return tell(path, { type: 'MSG', n })
  if (kind < 0.9) return tell(path, { type: 'NAP', n })
  return tell(path, { type: 'CALL', n, fails: BREAKABLE.includes(path) ? below(chance, 2) : 0 })
}

/** A child that comes and goes; also when that makes no sense. */
function command(chance: Chance, path: string): Step {
  const kind = pick(chance, ['start', 'terminate', 'restart', 'delete'] as const)
  return kind === 'start' ? { kind, path, logic: 'leaf', restart: 'permanent' } : { kind, path }
}

/** Subtrees that are started, work, and are ended from outside in one way or another. */
function missions(chance: Chance, name: string): Lane {
  let count = 0
  let left = 0
  return (n) => {
    const path = `${YARD}/mission-${name}-${count}`
    if (left > 1) {
      left--
      return tell(`${path}/${pick(chance, ['s0', 's1'])}`, { type: pick(chance, ['MSG', 'CALL', 'NAP'] as const), n })
    }
    if (left === 1) {
      left = 0
      return { kind: pick(chance, ['cancel', 'stop', 'terminate'] as const), path }
    }
    left = 2 + below(chance, 4)
    return { kind: 'start', path: `${YARD}/mission-${name}-${++count}`, logic: 'squad', restart: 'temporary' }
  }
}

/** Temporary children that fail, and transient ones that are done. */
function passers(chance: Chance, life: number): Lane {
  let count = 0
  let isThere = false
  return (n) => {
    isThere = !isThere
    if (isThere) count++
    const isJob = count % 2 === 0
    const path = `${YARD}/${isJob ? 'job' : 'temp'}-${life}-${count}`
    if (isThere) return { kind: 'start', path, logic: 'leaf', restart: isJob ? 'transient' : 'temporary' }
    if (chance.next() < 0.2) return tell(path, { type: 'MSG', n })
    return tell(path, { type: isJob ? 'FINISH' : 'FAIL', n })
  }
}

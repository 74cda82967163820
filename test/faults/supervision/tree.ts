/**
 * Who lives in the supervision suite's system: three levels of supervisors with all three strategies, and what is known of
 * each child without asking the system.
 */
import { type ChildSpec, type Clock, supervisor } from 'roscius'
import { leafMachine } from './leaf.js'
import type { Outside } from './outside.js'

const UNBOUNDED = { maxRestarts: 100_000, withinMs: 1_000 }
const SHORT_BACKOFF = { initialMs: 30, maxMs: 200 }
/** As long as many a life: such a restart is pending when the process is killed. */
const LONG_BACKOFF = { initialMs: 250, maxMs: 350 }

/** The default backoff is for people: it would make a storm wait for minutes. */
const leaf = (id: string, spec: Partial<ChildSpec> = {}): ChildSpec => ({
  id,
  logic: 'leaf',
  shutdownMs: 100,
  backoff: false,
  ...spec,
})

/** Of those that restart alone: how many failures their supervisor bears. */
const POOL_INTENSITY = { maxRestarts: 4, withinMs: 1_000 }
const WARD_INTENSITY = { maxRestarts: 1, withinMs: 300 }
const GROUP_INTENSITY = { maxRestarts: 5, withinMs: 500 }

const SUPERVISORS = {
  root: {
    strategy: 'oneForOne',
    intensity: UNBOUNDED,
    children: ['crew', 'pool', 'gang', 'yard'].map((id) => ({ id, logic: id })),
  },
  crew: {
    strategy: 'oneForAll',
    intensity: GROUP_INTENSITY,
    children: [
      leaf('a'),
      leaf('b', { backoff: SHORT_BACKOFF }),
      leaf('c', { restartFrom: 'initial' }),
      { id: 'line', logic: 'line' },
    ],
  },
  line: {
    strategy: 'restForOne',
    intensity: GROUP_INTENSITY,
    children: [leaf('x'), leaf('y'), leaf('z', { durability: 'volatile' })],
  },
  pool: {
    strategy: 'oneForOne',
    intensity: POOL_INTENSITY,
    children: [
      leaf('h0'),
      leaf('h1', { durability: 'relaxed' }),
      leaf('f0'),
      leaf('f1', { backoff: LONG_BACKOFF }),
      leaf('f2', { restartFrom: 'initial', backoff: SHORT_BACKOFF }),
      { id: 'ward', logic: 'ward' },
    ],
  },
  ward: { strategy: 'oneForOne', intensity: WARD_INTENSITY, children: [leaf('w0'), leaf('w1')] },
  /** Never gives up, so that its temporary children end for reasons of their own alone. */
  yard: { strategy: 'oneForOne', intensity: UNBOUNDED, children: [leaf('t0', { restart: 'temporary' })] },
  /** Is stopped again and again, and comes back. */
  gang: { strategy: 'restForOne', intensity: UNBOUNDED, children: [leaf('g0'), leaf('g1')] },
  /** Comes and goes. */
  squad: { strategy: 'oneForAll', intensity: UNBOUNDED, children: [leaf('s0'), leaf('s1')] },
} as const

export const ROOT = 'root'
const CREW = ['root/crew/a', 'root/crew/b', 'root/crew/c', 'root/crew/line/x', 'root/crew/line/y', 'root/crew/line/z']
const POOL = ['h0', 'h1', 'f0', 'f1', 'f2', 'ward/w0', 'ward/w1'].map((id) => `root/pool/${id}`)

/** Permanent leaves that nobody stops: they must be there at the end, and their mail is handled or poison. */
export const STEADY: readonly string[] = [...CREW, ...POOL]
/** Those of them that are made to fail. The others are their healthy siblings. */
export const BREAKABLE: readonly string[] = [
  'crew/b',
  'crew/c',
  'crew/line/y',
  'pool/f0',
  'pool/f1',
  'pool/f2',
  'pool/ward/w0',
].map((path) => `root/${path}`)
export const VOLATILE = 'root/crew/line/z'
/** They begin again with nothing. */
export const AFRESH: readonly string[] = ['root/crew/c', 'root/pool/f2', VOLATILE]
/** Those that restart alone. */
export const ALONE: readonly string[] = POOL
/** Those of them that restart at once, with what their supervisor bears of that. */
export const COUNTED = {
  ...Object.fromEntries(['h0', 'h1', 'f0'].map((id) => [`root/pool/${id}`, POOL_INTENSITY])),
  ...Object.fromEntries(['w0', 'w1'].map((id) => [`root/pool/ward/${id}`, WARD_INTENSITY])),
}
export const TEMPORARY = 'root/yard/t0'
export const GANG = 'root/gang'
export const GANG_LEAVES: readonly string[] = ['root/gang/g0', 'root/gang/g1']
export const STATIC_SUPERVISORS: readonly string[] = [
  'root',
  'root/crew',
  'root/crew/line',
  'root/pool',
  'root/pool/ward',
  'root/yard',
  GANG,
]
/** Where permanent children come and go. */
export const POOL_PATH = 'root/pool'
/** Where others do. */
export const YARD = 'root/yard'
/** Children of a group in the order of their starts. */
export const GROUPS: readonly (readonly string[])[] = [
  ['root/crew/a', 'root/crew/b', 'root/crew/c', 'root/crew/line/x', 'root/crew/line/y', VOLATILE],
]

/** The logic table. Journals are kept whole, to be read at the end. */
export function treeLogic(outside: Outside, clock: Clock) {
  const { root, crew, line, pool, ward, yard, gang, squad } = SUPERVISORS
  return {
    leaf: { logic: leafMachine(outside, clock), keep: 'all' },
    root: { logic: supervisor(root), keep: 'all' },
    crew: { logic: supervisor(crew), keep: 'all' },
    line: { logic: supervisor(line), keep: 'all' },
    pool: { logic: supervisor(pool), keep: 'all' },
    ward: { logic: supervisor(ward), keep: 'all' },
    yard: { logic: supervisor(yard), keep: 'all' },
    gang: { logic: supervisor(gang), keep: 'all' },
    squad: { logic: supervisor(squad), keep: 'all' },
  } as const
}

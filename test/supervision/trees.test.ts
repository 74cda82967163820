import { beforeAll, describe, expect, it } from 'vitest'
import { attackTrees } from '../faults/trees.suite.js'
import type { Breach, Resting, Seen, TrialRecord } from './trees/record.js'
import type { Branch, Leaf } from './trees/tree.js'
import { runTrial } from './trees/trial.js'
import { verdict } from './trees/verdict.js'

const SEEDS = 40

it('random trees are whole after random failures and crashes: everyone who must runs, once, in order, with all mail', async () => {
  const { runs, violations, facts } = await attackTrees({ seed: 1, seeds: SEEDS, log: () => undefined })
  expect(violations).toEqual([])
  expect(runs).toBe(3 * SEEDS)
  for (const seen of Object.values(facts ?? {})) expect(seen).toBeGreaterThan(SEEDS / 2)
})

it('the same seed gives the same trial', async () => {
  const [one, other] = [await attackTrees({ seed: 7, seeds: 3, log }), await attackTrees({ seed: 7, seeds: 3, log })]
  expect(one).toEqual(other)
})

const log = (): void => undefined

// --- the checks can fail ---

const leaf = (id: string, more: Partial<Leaf> = {}): Leaf => ({
  kind: 'leaf',
  id,
  path: `root/${id}`,
  restart: 'permanent',
  restartFrom: undefined,
  durability: 'durable',
  backoff: undefined,
  maxDeliveries: 1,
  directives: undefined,
  ...more,
})

const branch = (id: string, path: string, more: Partial<Branch>): Branch => ({
  kind: 'branch',
  id,
  path,
  restart: 'permanent',
  durability: 'durable',
  strategy: 'oneForOne',
  intensity: { maxRestarts: 3, withinMs: 5_000 },
  children: [],
  ...more,
})

const TREE = branch('root', 'root', {
  strategy: 'oneForAll',
  children: [
    leaf('a'),
    leaf('b'),
    branch('c', 'root/c', {
      children: [leaf('d', { path: 'root/c/d' }), leaf('e', { path: 'root/c/e', restart: 'temporary' })],
    }),
  ],
})

describe('a record that is forged is found out', () => {
  let record: TrialRecord

  beforeAll(async () => {
    const tell = (path: string, type: string, n: number) =>
      ({ kind: 'tell', path, fails: 0, event: { type, n, starts: 0, failureClass: 'bug' } }) as never
    const wait = { kind: 'wait', ms: 100 } as const
    const steps = [wait, tell('root/b', 'MSG', 1), tell('root/a', 'FAIL', 2), wait, tell('root/c/d', 'CALL', 3), wait]
    const failing = [tell('root/c/d', 'FAIL', 4), tell('root/c/e', 'FAIL', 5)]
    record = await runTrial({ seed: 1, root: TREE, steps: [...steps, ...failing], crashes: [], powerLoss: false })
  })

  it('unless nothing is', () => {
    expect(verdict(record)).toEqual([])
  })

  it('a leaf that was started twice', () => {
    expect(wrong(doubled((seen) => seen.kind === 'begins'))).toContain('twice')
  })

  it('an effect of which two attempts ran', () => {
    expect(wrong(doubled((seen) => seen.kind === 'calls'))).toContain('twice')
  })

  it('a group that was stopped in the order of its starts', () => {
    const isStop = (seen: Seen): boolean => seen.kind === 'ends' && seen.reason.includes('with its group')
    const stops = record.log.filter(isStop).toReversed()
    expect(stops.length).toBeGreaterThan(1)
    expect(wrong({ log: record.log.map((seen) => (isStop(seen) ? (stops.shift() as Seen) : seen)) })).toContain('order')
  })

  it('a sibling that was left running while its group restarted', () => {
    const isLast = (seen: Seen): boolean => seen.kind === 'ends' && seen.path === 'root/b'
    expect(wrong({ log: record.log.filter((seen) => !isLast(seen)) })).toContain('order')
  })

  it('leaves that were started in another order than that of the tree', () => {
    const [first, second] = record.log.filter(({ kind }) => kind === 'begins') as [Seen, Seen]
    const swapped = new Map([
      [first, second],
      [second, first],
    ])
    expect(wrong({ log: record.log.map((seen) => swapped.get(seen) ?? seen) })).toContain('order')
  })

  it('an orphan: alive, though its supervisor is not', () => {
    expect(wrong(resting('root/c', { status: 'failed' }))).toContain('orphan')
  })

  it('an orphan that runs, though nobody knows of it', () => {
    expect(wrong(resting('root/c/d', { status: 'stopped' }))).toContain('orphan')
  })

  it('a permanent child that is not there', () => {
    expect(wrong(resting('root/b', { status: 'done' }))).toContain('permanent')
  })

  it('a temporary child that failed and is there', () => {
    expect(wrong(resting('root/c/e', { status: 'active' }))).toContain('temporary')
  })

  it('a child that was restarted too often', () => {
    const failure = record.log.find((seen) => seen.kind === 'told' && isFailureOf(seen, 'root/c/d')) as Seen
    const log = record.log.flatMap((seen) => (seen === failure ? Array.from({ length: 4 }, () => seen) : [seen]))
    expect(wrong({ log })).toContain('intensity')
  })

  it('a message that was lost, or handled twice, or never answered', () => {
    const isFirst = (seen: Seen): boolean => seen.kind === 'handled' && seen.n === 1
    expect(wrong({ log: record.log.filter((seen) => !isFirst(seen)) })).toContain('mail')
    expect(wrong(doubled(isFirst))).toContain('mail')
    const tellings = record.tellings.map((telling) => ({ ...telling, answer: undefined }))
    expect(wrong({ tellings })).toContain('mail')
  })

  it('a leaf that handled something while it was paused', () => {
    const told = (type: 'actorPaused' | 'actorResumed'): Seen => ({
      kind: 'told',
      event: { type, path: 'root/b', by: undefined, reason: undefined },
      atMs: 0,
    })
    const before = [told('actorPaused'), told('actorResumed')]
    expect(wrong({ log: [...before, ...record.log] })).toEqual([])
    expect(wrong({ log: [told('actorPaused'), ...record.log] })).toContain('pause')
  })

  it('mail and stash that are left, and a supervisor that is left half-way', () => {
    expect(wrong(resting('root/b', { mailbox: 1 }))).toContain('rest')
    expect(wrong(resting('root/b', { stash: 1 }))).toContain('rest')
    expect(wrong(resting('root/c', { value: 'restarting' }))).toContain('rest')
  })

  function wrong(change: Partial<TrialRecord>): readonly string[] {
    return verdict({ ...record, ...change }).map(({ what }: Breach) => what)
  }

  function doubled(isMeant: (seen: Seen) => boolean): Partial<TrialRecord> {
    const meant = record.log.find(isMeant)
    return { log: record.log.flatMap((seen) => (seen === meant ? [seen, seen] : [seen])) }
  }

  function resting(path: string, change: object): Partial<TrialRecord> {
    const end = new Map(record.end)
    end.set(path, { ...(end.get(path) as Resting), ...change })
    return { end }
  }
})

function isFailureOf(seen: Seen, path: string): boolean {
  return seen.kind === 'told' && seen.event.type === 'childFailed' && seen.event.path === path
}

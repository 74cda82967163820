/** The side-by-side suite, with peers whose agents answer from within this process. */
import { existsSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { Peer, WorkName } from '../bench/peers/peer.js'
import { overRounds, type PeerResult } from '../bench/peers/results.js'
import type { AgentProcess, Site } from '../bench/peers/site.js'
import { runSuite, type SuiteOptions } from '../bench/peers/suite.js'
import type { FailureService } from '../bench/peers/works/failure.js'
import { works } from '../bench/peers/works/index.js'

/** What a fake peer does otherwise than to answer `round` in each round. */
interface Ways {
  available?(): ReturnType<Peer['available']>
  /** Given how often it was asked before. */
  fail?(round: number): Promise<readonly number[]>
  open?(): Promise<never>
  dispose?(): Promise<void>
}

/** It is set to the failure alone: that asks for figures, and takes no time. */
class FakePeer implements Peer {
  readonly name: string
  readonly settings = 'in memory'
  readonly folders: string[] = []
  readonly works: Peer['works']
  disposed = 0
  #round = -1

  constructor(
    readonly id: string,
    private readonly ways: Ways = {},
  ) {
    this.name = id.toUpperCase()
    const none = { declined: 'it has no such thing' }
    const failure = { promise: 'memory' as const, lacks: '', open: (folder: string) => this.#open(folder) }
    this.works = { step: none, growing: none, sleep: none, crash: none, remote: none, failure }
  }

  async available(): ReturnType<Peer['available']> {
    return (await this.ways.available?.()) ?? { versions: { [this.id]: '1' } }
  }

  async #open(folder: string): Promise<Site<FailureService>> {
    this.#round++
    this.folders.push(folder)
    await this.ways.open?.()
    return {
      start: async () => this.#started(),
      bytes: async () => 0,
      [Symbol.asyncDispose]: async () => {
        this.disposed++
        await this.ways.dispose?.()
      },
    }
  }

  #started(): AgentProcess<FailureService> {
    const fail = async () => (await this.ways.fail?.(this.#round)) ?? [this.#round]
    return {
      call: fail as AgentProcess<FailureService>['call'],
      kill: async () => undefined,
      close: async () => undefined,
      pids: async () => [],
    }
  }
}

async function run(peers: readonly FakePeer[], options: Partial<SuiteOptions> = {}) {
  const told: string[] = []
  const all = { quick: false, works: ['failure'] as const, onProgress: (what: string) => told.push(what), ...options }
  const results = await runSuite(peers, all)
  return { told, of: (id: string) => results.peers.find((peer) => peer.id === id) as PeerResult }
}

const failureOf = ({ works }: PeerResult, work: WorkName = 'failure'): string => {
  const result = works[work]
  return result !== undefined && 'failed' in result ? result.failed : ''
}

const MEASURED = { figures: { 'failure.p50': 1, 'failure.p99': 1 } }

describe('the suite', () => {
  it('begins each round with another peer, and tells the median of all rounds', async () => {
    const { told, of } = await run([new FakePeer('a'), new FakePeer('b'), new FakePeer('c')])
    const turns = ['A', 'B', 'C', 'B', 'C', 'A', 'C', 'A', 'B']
    expect(told).toEqual(turns.map((name, turn) => `failure, round ${Math.floor(turn / 3) + 1} of 3: ${name}`))
    for (const id of ['a', 'b', 'c']) expect(of(id).works.failure).toMatchObject(MEASURED)
  })

  it('gives each measurement a folder of its own, and leaves none', async () => {
    const peer = new FakePeer('a')
    await run([peer])
    expect(new Set(peer.folders).size).toBe(3)
    expect(peer.folders.filter((folder) => existsSync(folder))).toEqual([])
    expect(peer.disposed).toBe(3)
  })

  it('leaves out a peer that fails in a later round, with its figures, and goes on with the others', async () => {
    const failing = new FakePeer('a', {
      fail: async (round) => {
        if (round === 1) throw new Error('no heartbeat')
        return [round]
      },
    })
    const { told, of } = await run([failing, new FakePeer('b')])
    expect(of('a').works.failure).toEqual({ failed: expect.stringContaining('no heartbeat') })
    expect(of('b').works.failure).toMatchObject(MEASURED)
    expect(told.filter((what) => what.endsWith('A'))).toHaveLength(2)
    expect(failing.disposed).toBe(2)
  })

  it('goes on when a peer cannot be set up', async () => {
    const { of } = await run([
      new FakePeer('a', { open: () => Promise.reject(new Error('no server')) }),
      new FakePeer('b'),
    ])
    expect(failureOf(of('a'))).toContain('no server')
    expect(of('b').works.failure).toMatchObject(MEASURED)
  })

  it('takes a peer that cannot be ended for one that fails, and tells what it failed at before that', async () => {
    const dispose = () => Promise.reject(new Error('still there'))
    const fail = () => Promise.reject(new Error('no heartbeat'))
    const { of } = await run([new FakePeer('a', { dispose }), new FakePeer('b', { dispose, fail }), new FakePeer('c')])
    expect(failureOf(of('a'))).toContain('still there')
    expect(failureOf(of('b'))).toMatch(/no heartbeat[\s\S]*and then: [\s\S]*still there/)
    expect(of('c').works.failure).toMatchObject(MEASURED)
  })

  it('ends a measurement past its deadline, and names work and peer', async () => {
    const stuck = new FakePeer('a', { fail: () => new Promise(() => undefined) })
    const { of } = await run([stuck, new FakePeer('b')], { deadlineMs: 500 })
    expect(failureOf(of('a'))).toContain('failure with A: not done after 0.5 s')
    expect(stuck.disposed).toBe(1)
    expect(of('b').works.failure).toMatchObject(MEASURED)
  })

  it('ends a peer that opens past the deadline', async () => {
    const late = new FakePeer('a', { open: () => new Promise((resolve) => setTimeout(resolve as () => void, 100)) })
    const { of } = await run([late], { deadlineMs: 20 })
    expect(failureOf(of('a'))).toContain('failure with A: not done')
    expect(late.disposed).toBe(1)
  })

  it('takes a peer that cannot be looked for as missing, and measures the others', async () => {
    const lost = new FakePeer('a', { available: () => Promise.reject(new Error('spawnSync a ENOENT')) })
    const { of } = await run([lost, new FakePeer('b')])
    expect(of('a')).toMatchObject({ missing: expect.stringContaining('spawnSync a ENOENT'), works: {} })
    expect(lost.folders).toEqual([])
    expect(of('b').works.failure).toMatchObject(MEASURED)
  })

  it('tells what a peer does not do', async () => {
    const { of } = await run([new FakePeer('a')], { works: ['step'] })
    expect(of('a').works.step).toEqual({ declined: 'it has no such thing' })
  })
})

describe('the figure of several rounds', () => {
  it('is the median of what is measured', () => {
    expect(
      overRounds(
        works.failure.measures,
        [9, 1, 2].map((p50) => ({ 'failure.p50': p50 })),
      ),
    ).toEqual({
      'failure.p50': 2,
    })
  })

  it.each(['crash.lost', 'crash.twice', 'crash.effects-again', 'crash.effects-missing'])(
    'is the worst of %s: one round in which that happens is one too many',
    (count) => {
      const rounds = [0, 0, 5].map((times) => ({ [count]: times, 'crash.first': times }))
      expect(overRounds(works.crash.measures, rounds)).toEqual({ [count]: 5, 'crash.first': 0 })
    },
  )

  it('is the lowest where more is better', () => {
    const measure = { label: 'kept', unit: 'steps', better: 'higher', of: 'worst' } as const
    expect(overRounds({ kept: measure }, [{ kept: 3 }, { kept: 1 }, { kept: 2 }])).toEqual({ kept: 1 })
  })
})

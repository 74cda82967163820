/** The works of the side-by-side suite, against peers that do not do what they are asked. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { AgentProcess, Site } from '../bench/peers/site.js'
import { failing } from '../bench/peers/works/failure.js'
import { type GrowingService, growing } from '../bench/peers/works/growing.js'
import { loading } from '../bench/peers/works/step.js'
import { processOf } from './answering.js'

const NO_TIME = { warmUpMs: 0, ms: 5 }

describe('the step', () => {
  it('fails a peer whose agents do not count each message', async () => {
    const { load } = loading(async () => 1)
    await expect(load({ agents: 1, ...NO_TIME })).rejects.toThrow('agent 0 counts 1 messages, and has got 2')
  })

  it('measures one whose agents do', async () => {
    const counts = new Map<number, number>()
    const { load } = loading(async (agent) => {
      await new Promise((resolve) => setImmediate(resolve))
      counts.set(agent, (counts.get(agent) ?? 0) + 1)
      return counts.get(agent) ?? 0
    })
    expect((await load({ agents: 3, ...NO_TIME })).perSecond).toBeGreaterThan(0)
  })
})

describe('the growing agent', () => {
  it('fails a peer that has forgotten some of the history after a restart', async () => {
    await using site = new Historian(1)
    await expect(growing.measure(site, QUICK)).rejects.toThrow('249 of 250 messages are there after a restart')
  })

  it('measures one that has it all', async () => {
    await using site = new Historian(0)
    expect(await growing.measure(site, QUICK)).toEqual({
      'growing.bytes': 0.125,
      'growing.first': 1,
      'growing.last': 2,
    })
  })
})

describe('the failure', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['performance'] })
  })

  afterEach(() => {
    vi.useRealTimers()
  })

  const taking = (ms: number) => async (): Promise<number> => {
    vi.advanceTimersByTime(ms)
    return ms
  }

  it('happens as often as is wanted, or for as long, and once at least', async () => {
    expect(await failing({ times: 3, ms: 1_000 }, taking(10))).toEqual([10, 10, 10])
    expect(await failing({ times: 100, ms: 25 }, taking(10))).toEqual([10, 10, 10])
    expect(await failing({ times: 0, ms: 0 }, taking(10))).toEqual([10])
  })

  it('fails with what the agent could not get over', async () => {
    const fail = async (): Promise<number> => {
      throw new Error('no answer')
    }
    await expect(failing({ times: 3, ms: 1_000 }, fail)).rejects.toThrow('no answer')
  })
})

const QUICK = { quick: true, folder: '', promise: 'durable' } as const

/** Keeps 500 bytes of each step, and forgets so many of them with each restart. */
class Historian implements Site<GrowingService> {
  #length = 0

  constructor(private readonly forgets: number) {}

  bytes = async (): Promise<number> => this.#length * 500

  async start(): Promise<AgentProcess<GrowingService>> {
    if (this.#length > 0) this.#length -= this.forgets
    return processOf({
      grow: (steps: number) => {
        this.#length = steps
        return Array.from({ length: steps }, (_, n) => (n < steps / 2 ? 1 : 2))
      },
      length: () => this.#length,
    })
  }

  async [Symbol.asyncDispose](): Promise<void> {}
}

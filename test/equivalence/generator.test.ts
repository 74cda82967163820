import fc from 'fast-check'
import { beforeAll, describe, expect, test, vi } from 'vitest'
import { plainHost } from '../hosts/plain-host.js'
import { machineSpec, stepList } from './arbitrary.js'
import type { Observation } from './observe.js'
import { type Outcome, runScenario, type Trace } from './run-scenario.js'

vi.spyOn(console, 'warn').mockImplementation(() => {})

/** An equivalence that is proved over machines that do nothing proves nothing: these must reach every feature. */
describe('generated machines', () => {
  let outcomes: Outcome[]

  beforeAll(async () => {
    const samples = fc.sample(fc.tuple(machineSpec(), stepList()), { numRuns: 150, seed: 1 })
    outcomes = []
    for (const [spec, steps] of samples) outcomes.push(await runScenario(plainHost, spec, steps))
  })

  const runs = (): (readonly Trace[])[] => outcomes.map(({ traces }) => traces)
  const traces = (): Trace[] => runs().flat()
  const actions = (): string[] => traces().flatMap((trace) => trace.actions)

  test.each([
    ['events from outside', / on E0$/],
    ['raised, sent and delayed events', / on I0$/],
    ['delayed transitions', / on xstate\.after\./],
    ['done states', / on xstate\.done\.state\./],
    ['children that end', / on xstate\.done\.actor\./],
    ['children that fail', / on xstate\.error\.actor\./],
    ['snapshots of children', / on xstate\.snapshot\./],
    ['spawned machines', /^kid\d: /],
    ['invoked machines', /^m[_\d]*-i\d: /],
    ['inline actions', /: inline/],
    ['named actions with params', /: named/],
  ])('log actions on %s', (_, pattern) => {
    expect(actions().filter((line) => pattern.test(line)).length).toBeGreaterThan(10)
  })

  test('emit, reach another cell, and are reached from it', () => {
    expect(traces().flatMap(({ emitted }) => emitted).length).toBeGreaterThan(10)
    expect(traces().flatMap(({ peerActions }) => peerActions).length).toBeGreaterThan(10)
    expect(
      traces().filter(({ step, actions }) => step !== 'start' && 'nudge' in step && actions.length > 0),
    ).not.toEqual([])
  })

  test('end with an output, and go on to the last step', () => {
    const ends = runs().map((run) => run.at(-1)!.main)
    expect(ends.filter(({ status }) => status === 'done' || status === 'active').length).toBe(runs().length)
    expect(ends.filter(({ output }) => output !== undefined)).not.toEqual([])
    expect(ends.filter(({ status }) => status === 'active').length).toBeGreaterThan(runs().length / 2)
  })

  test('have two levels of children, parallel states and tags', () => {
    const mains = traces().map(({ main }) => main)
    expect(mains.filter((main) => depthOf(main) === 2)).not.toEqual([])
    expect(mains.filter(({ tags }) => tags!.length > 1)).not.toEqual([])
    expect(mains.filter(({ value }) => Object.keys(value as object).length > 1)).not.toEqual([])
  })

  test('rarely meet a defect of XState that makes them incomparable', () => {
    expect(outcomes.filter(({ isSound }) => !isSound).length).toBeLessThan(outcomes.length / 6)
  })

  test('change state in a quarter of the steps', () => {
    const changed = runs().flatMap((run) => run.filter(({ main }, at) => at > 0 && !same(main, run[at - 1]!.main)))
    expect(changed.length).toBeGreaterThan(traces().length / 4)
  })
})

function depthOf({ children = {} }: Observation): number {
  return (
    Math.max(
      -1,
      ...Object.values(children)
        .filter(({ value }) => value !== undefined)
        .map(depthOf),
    ) + 1
  )
}

function same(one: Observation, other: Observation): boolean {
  return JSON.stringify(one) === JSON.stringify(other)
}

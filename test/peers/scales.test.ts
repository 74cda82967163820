/** How the side-by-side suite weighs processes. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { afterEach, describe, expect, it } from 'vitest'
import { residentBytes } from '../bench/peers/works/resident.js'
import { Scales } from '../bench/peers/works/scales.js'

describe('the scales', () => {
  it('tell at least a page for each process, however much lighter it has become', async () => {
    const weights = [8_000_000, 7_000_000]
    const scales = new Scales(async () => weights.shift() ?? 0)
    const weighed = { pids: async () => [1, 2] }
    await scales.addEmpty(weighed)
    expect(await scales.inAnother(weighed, 4)).toBe(2_048)
  })

  it('add up what all processes weigh', async () => {
    const [one, other] = [waiting(), waiting()]
    const alone = await residentBytes(async () => [one])
    expect(alone).toBeGreaterThan(4_096)
    expect(await residentBytes(async () => [one, other])).toBeGreaterThan(alone)
  })

  it('ask again for processes one of which has ended, and fail if one is never there', async () => {
    const [pid, gone] = [waiting(), ended()]
    const told = [[pid, gone], [pid]]
    expect(await residentBytes(async () => told.shift() ?? [])).toBeGreaterThan(4_096)
    await expect(residentBytes(async () => [pid, gone])).rejects.toThrow(`weigh: ${gone}`)
  })
})

const children: ChildProcess[] = []

afterEach(() => {
  for (const child of children.splice(0)) child.kill()
})

/** A process that waits until the test is over. */
function waiting(): number {
  const child = spawn('sleep', ['60'])
  children.push(child)
  return child.pid as number
}

/** A process that is no more. */
function ended(): number {
  return spawnSync('true').pid
}

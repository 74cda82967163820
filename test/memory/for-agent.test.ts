import { describe, expect, it } from 'vitest'
import { createActor, toPromise } from 'xstate'
import { defineBrain } from '../../actors/define-brain.js'
import type { BrainRequest } from '../../machines/brain.js'
import { createAgentMachine } from '../../machines/index.js'
import { type ForAgentOptions, searchMemory } from '../../src/memory/index.js'
import { World } from '../support/world.js'
import { trigrams } from './trigrams.js'

/** Reflects once and ends; `asked` is what it was told. */
function reflecting(asked: BrainRequest[]) {
  return defineBrain((request) => {
    asked.push(request)
    const hasReflected = request.observations.length > 0
    return hasReflected
      ? { event: { type: 'FINISH', output: request.memory }, reason: 'enough' }
      : { event: { type: 'REFLECT', note: 'The hives behind the barn gave 12 jars.' }, reason: 'worth knowing' }
  })
}

/** A world of agents that remember and recall. */
function worldOf(options?: ForAgentOptions, namespace?: string) {
  const memory = searchMemory({ embedder: trigrams() })
  const asked: BrainRequest[] = []
  const agent = createAgentMachine({ brain: reflecting(asked), memory: memory.forAgent(namespace, options) })
  return { memory, asked, world: new World({ agent }, { extensions: [memory] }) }
}

describe('an agent with a memory', () => {
  it('recalls in its next life what it remembered in the one before', async () => {
    const { memory, asked, world } = worldOf()
    await world.open()
    await world.system.spawn('agent', { id: 'keeper', input: { goal: 'how much honey do the hives give?' } })
    await world.system.settled()
    expect(asked[0]?.memory).toEqual([])
    await world.crashAndOpen()
    await world.system.spawn('agent', { id: 'keeper', input: { goal: 'count the jars of the hives' } })
    await world.system.settled()
    const next = asked.find(({ goal }) => goal === 'count the jars of the hives')
    expect(next?.memory).toEqual(['The hives behind the barn gave 12 jars.'])
    const { items } = await memory.list({ namespace: 'keeper' })
    expect(items[0]).toMatchObject({ kind: 'note', by: 'keeper', data: { turn: expect.any(Number) } })
    await world.stop()
  })

  it('sees nothing of another agent, but what it is given to see', async () => {
    const { memory, asked, world } = worldOf({ also: ['team'], limit: 3 })
    await world.open()
    await memory.remember({ namespace: 'team', text: 'Jars are counted in the evening.' })
    await memory.remember({ namespace: 'other', text: 'Jars of another.' })
    await world.system.spawn('agent', { id: 'keeper', input: { goal: 'count the jars' } })
    await world.system.settled()
    expect(asked[0]?.memory).toEqual(['Jars are counted in the evening.'])
    expect((await memory.list({ namespace: 'team' })).items).toHaveLength(1)
    await world.stop()
  })

  it('may share a namespace, and say what its notes are', async () => {
    const { memory, world } = worldOf({ kind: 'semantic', importance: 0.9, tags: ['jars'] }, 'team')
    await world.open()
    await world.system.spawn('agent', { id: 'keeper', input: { goal: 'count the jars' } })
    await world.system.settled()
    const { items } = await memory.list({ namespace: 'team' })
    expect(items[0]).toMatchObject({ kind: 'semantic', importance: 0.9, tags: ['jars'] })
    await world.stop()
  })

  it('needs a namespace outside a system', async () => {
    const { recall } = searchMemory().forAgent()
    const actor = createActor(recall, { input: { goal: 'jars', constraints: [], turn: 1 } })
    await expect(toPromise(actor.start())).rejects.toMatchObject({ code: 'NOT_IN_SYSTEM' })
  })
})

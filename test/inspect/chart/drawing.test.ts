import { SaxesParser } from 'saxes'
import { describe, expect, test } from 'vitest'
import { createMachine, setup } from 'xstate'
import { drawMachine } from '../../../src/inspect/chart/draw-machine.js'
import { definitionOf, stateIdsOf } from '../../../src/inspect/definition/definition.js'
import { writtenDefinition } from '../../../src/inspect/definition/definition-schema.js'
import { structureHash } from '../../../src/runtime/structure-hash.js'
import { agentMachine } from '../../support/statechart/agent-machine.js'
import { hostileMachine } from './hostile-machine.js'

interface Element {
  readonly name: string
  readonly style: string
  readonly text: string
}

/** Every element of a picture, which must be well-formed. */
function elements(svg: string): Element[] {
  const found: { name: string; style: string; text: string }[] = []
  const around: (typeof found)[number][] = []
  const parser = new SaxesParser()
  parser.on('error', (error) => {
    throw error
  })
  parser.on('opentag', ({ name, attributes }) => {
    const element = { name, style: String(attributes.class ?? ''), text: '' }
    found.push(element)
    around.push(element)
  })
  parser.on('text', (text) => {
    for (const element of around) element.text += text
  })
  parser.on('closetag', () => void around.pop())
  parser.write(svg).close()
  return found
}

const texts = (svg: string): string[] =>
  elements(svg)
    .filter(({ name }) => name === 'text')
    .map(({ text }) => text)

describe('a drawn statechart', () => {
  test('shows every state, also in nested regions', async () => {
    const names = ['agent', 'running ∥', 'heartbeat', 'beat', 'toolUse', 'failed', 'paused', 'replying', 'H*']
    expect(texts(await drawMachine(agentMachine))).toEqual(expect.arrayContaining(names))
  })

  test('has an arrow for every transition and every initial state', async () => {
    const drawn = elements(await drawMachine(agentMachine))
    expect(drawn.filter(({ style }) => style === 'arrow')).toHaveLength(25)
    expect(drawn.filter(({ style }) => style === 'dot')).toHaveLength(4)
  })

  test('shows active states filled, and the last transition', async () => {
    const active = stateIdsOf(agentMachine, { running: { heartbeat: 'waiting', thinking: 'calling' } })
    const drawn = elements(await drawMachine(agentMachine, { active, last: ['agent.idle|TASK|0'] }))
    const styles = drawn.map(({ style }) => style)
    expect(styles.filter((style) => style.endsWith(' active'))).toHaveLength(6)
    expect(styles.filter((style) => style === 'arrow last')).toHaveLength(1)
    expect(elements(await drawMachine(agentMachine)).some(({ style }) => /active|last/.test(style))).toBe(false)
  })

  test('colours a condition that takes more than one line all over', async () => {
    const drawn = elements(await drawMachine(agentMachine))
    const guards = drawn.filter(({ style }) => style === 'guard').map(({ text }) => text)
    expect(guards).toEqual(expect.arrayContaining(['[budgetLeft and not', 'canRetry]', '[canRetry]']))
  })

  test('leads on from a history that has nothing to remember', async () => {
    const states = {
      a: { on: { GO: 'b.h' } },
      b: { initial: 'c', states: { c: {}, d: {}, h: { type: 'history', target: 'd' } } },
    }
    const machine = createMachine({ id: 'm', initial: 'a', states } as Parameters<typeof createMachine>[0])
    const arrows = elements(await drawMachine(machine)).filter(({ style }) => style === 'arrow')
    expect(arrows).toHaveLength(4)
  })

  test('is light or dark as its page, or as it is told', async () => {
    const machine = createMachine({ id: 'm' })
    expect(await drawMachine(machine)).toContain('prefers-color-scheme: dark')
    const [light, dark] = [
      await drawMachine(machine, { theme: 'light' }),
      await drawMachine(machine, { theme: 'dark' }),
    ]
    expect(`${light}${dark}`).not.toContain('prefers-color-scheme')
    expect(light).not.toBe(dark)
  })

  test('escapes what a name may hold', async () => {
    const machine = setup({}).createMachine({ id: 'a<b', initial: 'x', states: { x: { on: { 'A&B': 'y' } }, y: {} } })
    expect(texts(await drawMachine(machine))).toEqual(expect.arrayContaining(['a<b', 'A&B']))
  })

  test('of a machine that means no good is a picture and nothing else, and not larger than others', async () => {
    const svg = await drawMachine(hostileMachine())
    const drawn = elements(svg)
    expect(new Set(drawn.map(({ name }) => name))).toEqual(
      new Set(['svg', 'title', 'style', 'defs', 'marker', 'rect', 'path', 'circle', 'text', 'tspan']),
    )
    expect(Math.max(...texts(svg).map((text) => text.length))).toBeLessThanOrEqual(130)
  })

  test('is the same each time', async () => {
    expect(await drawMachine(agentMachine)).toBe(await drawMachine(agentMachine))
  })

  test('of one of its states, or so many levels, leaves out the rest', async () => {
    const part = texts(await drawMachine(agentMachine, { state: 'agent.running.thinking', depth: 1 }))
    expect(part).toEqual(expect.arrayContaining(['thinking', 'calling', 'toolUse', 'done: callModel']))
    expect(part).not.toContain('heartbeat')
    expect(part).not.toContain('failed')
    await expect(drawMachine(agentMachine, { state: 'agent.gone' })).rejects.toMatchObject({ code: 'OPTIONS_INVALID' })
  })

  test('as JSON is the whole definition with its hash', async () => {
    const { hash, structure, ...definition } = JSON.parse(await drawMachine(agentMachine, { format: 'json' }))
    expect(definition).toEqual(definitionOf(agentMachine))
    expect(hash).toMatch(/^[0-9a-f]{16}$/)
    expect(structure).toBe(structureHash(agentMachine))
    expect(writtenDefinition.parse({ structure, ...definition })).toEqual({ structure, ...definition })
  })
})

import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createSystem, serveControl } from 'roscius'
import { describe, expect, it } from 'vitest'
import { vizCommand } from '../../src/cli/commands/viz.js'
import { readMermaid } from '../inspect/chart/mermaid.js'
import { commandLine } from '../support/command-line.js'
import { machineIn, moduleIn } from './machine-files.js'

const cli = commandLine('viz')

const LIGHT = `export const light = createMachine({
  id: 'light',
  initial: 'red',
  states: {
    red: { on: { GO: { target: 'green', guard: 'isClear' } } },
    green: { initial: 'on', on: { STOP: 'red' }, states: { on: { on: { BLINK: 'off' } }, off: { on: { BLINK: 'on' } } } },
  },
}).provide({ guards: { isClear: () => true } })`
const PLAIN = `export const plain = createMachine({ id: 'plain', initial: 'a', states: { a: {} } })`

const texts = (svg: string): string[] => [...svg.matchAll(/<text[^>]*>(.*?)<\/text>/g)].map(([, text = '']) => text)
const actives = (svg: string): number => svg.match(/ active"/g)?.length ?? 0

describe('roscius viz, of a module', () => {
  it('draws the machine that it exports as SVG', async () => {
    expect(await vizCommand([moduleIn(cli.folder, LIGHT)])).toBe(0)
    expect(cli.output).toMatch(/^<svg .*<\/svg>\n$/s)
    expect(texts(cli.output)).toEqual(expect.arrayContaining(['light', 'red', 'green', 'off', 'BLINK']))
    expect(cli.notes).toBe('')
  })

  it('draws it for Mermaid, and only so many levels or one state if asked to', async () => {
    const file = moduleIn(cli.folder, LIGHT)
    expect(await vizCommand([file, '--format', 'mermaid'])).toBe(0)
    const titles = () => [...readMermaid(cli.output).states.values()].map(({ title }) => title)
    expect(titles()).toEqual(['light', 'red', 'green', 'on', 'off'])
    cli.clear()
    await vizCommand([file, '--format', 'mermaid', '--depth', '1'])
    expect(titles()).toEqual(['light', 'red', 'green'])
    cli.clear()
    await vizCommand([file, '--format', 'mermaid', '--state', 'light.green'])
    expect(titles()).toEqual(['green', 'on', 'off'])
  })

  it('writes the definition as JSON, from which the same is drawn again', async () => {
    const file = moduleIn(cli.folder, LIGHT)
    const written = join(cli.folder, 'light.json')
    expect(await vizCommand([file, '--format', 'json', '-o', written])).toBe(0)
    expect(cli.output).toBe('')
    expect(JSON.parse(readFileSync(written, 'utf8'))).toMatchObject({ id: 'light', root: { type: 'compound' } })
    await vizCommand([file])
    const drawn = cli.output
    cli.clear()
    await vizCommand([written])
    expect(cli.output).toBe(drawn)
  })

  it('asks which machine, where there is more than one', async () => {
    const file = moduleIn(cli.folder, `${LIGHT}\n${PLAIN}`)
    await expect(vizCommand([file])).rejects.toThrow(
      'more than one machine: say which with --export. It has: light, plain.',
    )
    await expect(vizCommand([file, '--export', 'other'])).rejects.toThrow('no machine "other"')
    expect(await vizCommand([file, '--export', 'plain'])).toBe(0)
    expect(texts(cli.output)).toEqual(['plain', 'a'])
  })

  it('says what it does not take', async () => {
    const file = moduleIn(cli.folder, PLAIN)
    for (const args of [
      [],
      ['a', 'b', 'c'],
      [file, '--format', 'png'],
      [file, '--depth', 'x'],
      [file, '--theme', 'red'],
    ]) {
      cli.clear()
      expect(await vizCommand(args)).toBe(2)
      expect(cli.notes).toContain('Usage: roscius viz')
    }
    expect(cli.notes).toContain('--theme: ')
    await expect(vizCommand([file, '--state', 'plain.b'])).rejects.toThrow('There is no state plain.b')
    const damaged = join(cli.folder, 'damaged.json')
    writeFileSync(damaged, '{"id":"x","root":{"id":7}}')
    await expect(vizCommand([damaged])).rejects.toThrow(`${damaged} is no definition of a machine: root.id:`)
    writeFileSync(damaged, '{"id":')
    await expect(vizCommand([damaged])).rejects.toThrow(`${damaged} is no definition of a machine: `)
    expect(await vizCommand(['--help'])).toBe(0)
  })
})

describe('roscius viz, of an actor', () => {
  const open = async (file: string) =>
    createSystem({ name: 'n', store: join(cli.folder, 'data'), logic: { light: await machineIn(file, 'light') } })

  it('shows the states that a stored one is in, with the machine of a module', async () => {
    const file = moduleIn(cli.folder, `${PLAIN}\n${LIGHT}`)
    const data = join(cli.folder, 'data')
    {
      await using system = await open(file)
      const ref = await system.spawn('light', { id: 'l' })
      await ref.deliver({ type: 'GO' })
    }
    expect(await vizCommand([data, 'l', '--machine', file])).toBe(0)
    expect(actives(cli.output)).toBe(3)
    cli.clear()
    expect(await vizCommand([data, 'roscius://n/l', '--machine', file, '--format', 'mermaid'])).toBe(0)
    const { active, states } = readMermaid(cli.output)
    expect(active.map((id) => states.get(id)!.title)).toEqual(['on'])
    expect(cli.notes).toBe('')
    await expect(vizCommand([data, 'gone', '--machine', file])).rejects.toThrow('There is no actor gone')
    await expect(vizCommand([data, 'l'])).rejects.toThrow('say with --machine')
    await expect(vizCommand(['roscius://n/l'])).rejects.toThrow('--folder')
  })

  it('says so where the machine is not the one that it was stored by', async () => {
    const file = moduleIn(cli.folder, LIGHT)
    {
      await using system = await open(file)
      await system.spawn('light', { id: 'l' })
    }
    const other = moduleIn(cli.folder, PLAIN, 'plain.mjs')
    expect(await vizCommand([join(cli.folder, 'data'), 'l', '--machine', other])).toBe(0)
    expect(cli.notes).toBe('l was stored by another machine than plain, or an older one.\n')
    expect(actives(cli.output)).toBe(1)
  })

  it('reads a copy where a process has the store open and lets nobody in', async () => {
    const file = moduleIn(cli.folder, LIGHT)
    await using system = await open(file)
    await system.spawn('light', { id: 'l' })
    expect(await vizCommand([join(cli.folder, 'data'), 'l', '--machine', file])).toBe(0)
    expect(cli.notes).toContain('lets nobody in')
    expect(actives(cli.output)).toBe(2)
  })

  it('asks a running system: what its actor is in, also as it goes on', async () => {
    const file = moduleIn(cli.folder, LIGHT)
    const data = join(cli.folder, 'data')
    await using system = await open(file)
    const ref = await system.spawn('light', { id: 'l' })
    await using _ = await serveControl(system, { folder: data })
    expect(await vizCommand([data, 'l'])).toBe(0)
    expect(actives(cli.output)).toBe(2)
    expect(texts(cli.output)).toContain('green')
    await ref.deliver({ type: 'GO' })
    cli.clear()
    expect(await vizCommand([data, 'l', '--format', 'json'])).toBe(0)
    expect(JSON.parse(cli.output)).toMatchObject({ path: 'l', active: ['light', 'light.green', 'light.green.on'] })
    cli.clear()
    expect(await vizCommand(['roscius://n/l', '--folder', data, '--format', 'mermaid', '--depth', '1'])).toBe(0)
    expect([...readMermaid(cli.output).states.values()].map(({ title }) => title)).toEqual(['light', 'red', 'green'])
    cli.clear()
    await vizCommand([data, 'l', '--state', 'light.green'])
    expect(texts(cli.output)).not.toContain('red')
    await expect(vizCommand([data, 'gone'])).rejects.toMatchObject({ code: 'ACTOR_NOT_FOUND' })
  })
})

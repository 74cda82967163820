import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { defineTool } from '../../../src/governance/tools/define-tool.js'
import { toolRegistry } from '../../../src/governance/tools/tool-registry.js'

function tool(name: string, version = '1.0.0', description = 'Does something.', scopes: string[] = []) {
  const schemas = { input: z.object({ a: z.string() }), output: z.string() }
  return defineTool({ ...schemas, name, version, description, scopes, risk: 'read', execute: ({ input }) => input.a })
}

const names = (tools: readonly { readonly name: string }[]): string[] => tools.map(({ name }) => name)

describe('a registry', () => {
  test('finds the newest version of a tool, and any by its number', () => {
    const tools = toolRegistry([
      tool('a', '1.2.0'),
      tool('a', '1.10.0'),
      tool('a', '2.0.0-beta.1'),
      tool('b', '0.1.0-rc.1'),
    ])
    expect(tools.versions('a')).toEqual(['1.10.0', '1.2.0', '2.0.0-beta.1'])
    expect(tools.get('a')?.version).toBe('1.10.0')
    expect(tools.get('a', '2.0.0-beta.1')?.version).toBe('2.0.0-beta.1')
    expect(tools.get('b')?.version).toBe('0.1.0-rc.1')
    expect([tools.get('a', '3.0.0'), tools.get('constructor'), tools.versions('c')]).toEqual([undefined, undefined, []])
  })

  test('lists each tool once, as JSON with its schemas', () => {
    const list = toolRegistry([tool('b'), tool('a', '1.0.0'), tool('a', '1.1.0')]).list()
    expect(JSON.parse(JSON.stringify(list))).toEqual([
      {
        name: 'a',
        version: '1.1.0',
        description: 'Does something.',
        risk: 'read',
        scopes: [],
        input: expect.objectContaining({ type: 'object', required: ['a'] }),
        output: expect.objectContaining({ type: 'string' }),
      },
      expect.objectContaining({ name: 'b' }),
    ])
  })

  test('lists only what these scopes allow', () => {
    const tools = toolRegistry([
      tool('a', '1.0.0', 'A.', ['read:files']),
      tool('b', '1.0.0', 'B.', ['read:files', 'net']),
    ])
    expect(names(tools.list({ scopes: ['read'] }))).toEqual(['a'])
    expect(names(tools.list({ scopes: ['*'] }))).toEqual(['a', 'b'])
    expect(names(tools.search('b', { scopes: ['read'] }))).toEqual([])
  })

  test('refuses two of the same name and version', () => {
    expect(() => toolRegistry([tool('a'), tool('b'), tool('a')])).toThrow(
      expect.objectContaining({ code: 'OPTIONS_INVALID', details: { field: '2' } }),
    )
  })
})

describe('a search', () => {
  const tools = toolRegistry([
    tool('readFile', '1.0.0', 'Gives the text of a file.'),
    tool('write_file', '1.0.0', 'Puts a text in its place.'),
    tool('hash', '1.0.0', 'A digest of files; reads them in parts.'),
    tool('mail', '1.0.0', 'Sends a message. Überträgt Umlaute.'),
  ])

  test.each([
    ['file', ['readFile', 'write_file', 'hash']],
    ['read file', ['readFile', 'write_file', 'hash']],
    ['FILES', ['hash']],
    ['digest', ['hash']],
    ['mess', ['mail']],
    ['übert', ['mail']],
    ['absent', []],
    [' .* ', []],
  ])('for %j finds %j, the best first', (text, found) => {
    expect(names(tools.search(text))).toEqual(found)
  })

  test('gives at most as many as are wanted', () => {
    expect(names(tools.search('file', { limit: 1 }))).toEqual(['readFile'])
  })
})

import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import ts from 'typescript'
import { describe, expect, test } from 'vitest'
import { programOf, root } from './support/compile.js'

/** The entry points that package.json offers, with the source that each is built from. */
async function entryPoints(): Promise<[name: string, source: string][]> {
  const { exports } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'))
  return Object.entries(exports as Record<string, { types?: string }>)
    .filter(([, { types }]) => types !== undefined)
    .map(([path, { types = '' }]) => [join('roscius', path), types.replace('./dist/', '').replace('.d.ts', '.ts')])
}

const entries = await entryPoints()
const program = programOf(entries.map(([, source]) => source))
const checker = program.getTypeChecker()

interface Export {
  readonly name: string
  /** What stands behind the name, wherever it was declared. */
  readonly symbol: ts.Symbol
}

function exportsOf(source: string): Export[] {
  const file = program.getSourceFile(join(root, source))
  const module = file && checker.getSymbolAtLocation(file)
  return module === undefined ? [] : checker.getExportsOfModule(module).map(exportOf)
}

function exportOf(symbol: ts.Symbol): Export {
  const isAlias = (symbol.flags & ts.SymbolFlags.Alias) !== 0
  return { name: symbol.name, symbol: isAlias ? checker.getAliasedSymbol(symbol) : symbol }
}

const isValue = ({ symbol }: Export): boolean => (symbol.flags & ts.SymbolFlags.Value) !== 0

function listed(): string {
  return entries
    .map(([name, source]) => {
      const lines = exportsOf(source).map((item) => `  ${isValue(item) ? '' : 'type '}${item.name}`)
      return [name, ...lines.sort()].join('\n')
    })
    .join('\n\n')
}

describe('the public API', () => {
  test('is what test/api.txt lists, so that a change of it is deliberate', async () => {
    await expect(`${listed()}\n`).toMatchFileSnapshot('api.txt')
  })

  test.each(entries)('%s documents every function and class it exports', (_name, source) => {
    const silent = exportsOf(source)
      .filter(isValue)
      .filter(({ symbol }) => symbol.getDocumentationComment(checker).length === 0)
    expect(silent.map(({ name }) => name)).toEqual([])
  })
})

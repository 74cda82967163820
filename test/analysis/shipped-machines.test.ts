import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { checkMachine } from '../../src/analysis/check-machine.js'
import { root } from '../support/compile.js'
import { shippedMachines } from './shipped-machines.js'

describe('the statecharts that are shipped', () => {
  test.each(Object.entries(shippedMachines))('%s has nothing that the check finds', (_file, { machine, options }) => {
    expect(checkMachine(machine, options)).toEqual([])
  })

  test('are all checked', async () => {
    const making = await Promise.all(['machines', 'actors', 'examples'].map(filesWithMachines))
    expect(making.flat().sort()).toEqual(Object.keys(shippedMachines).sort())
  })
})

async function filesWithMachines(folder: string): Promise<string[]> {
  const paths = (await readdir(join(root, folder), { recursive: true })).filter((path) => path.endsWith('.ts'))
  const texts = await Promise.all(paths.map((path) => readFile(join(root, folder, path), 'utf8')))
  return paths.filter((_, index) => makesMachine(texts[index]!)).map((path) => `${folder}/${path}`)
}

/** Apart from what its comments show. */
function makesMachine(text: string): boolean {
  return text.split('\n').some((line) => /\bcreateMachine\(/.test(line) && !/^\s*(\*|\/\/)/.test(line))
}

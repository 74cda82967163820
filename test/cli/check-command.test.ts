import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import ts from 'typescript'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { checkCommand } from '../../src/cli/commands/check.js'
import { root } from '../support/compile.js'
import { fencesOf } from '../support/markdown.js'

let folder: string
let output: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'roscius-check-'))
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
  output = ''
  const note = (text: unknown): boolean => {
    output += String(text)
    return true
  }
  vi.spyOn(process.stdout, 'write').mockImplementation(note)
  vi.spyOn(process.stderr, 'write').mockImplementation(note)
})
afterEach(() => {
  vi.restoreAllMocks()
  rmSync(folder, { recursive: true, force: true })
})

function file(text: string, name = 'machines.mjs'): string {
  const path = join(folder, name)
  writeFileSync(path, `import { createMachine } from 'xstate'\n${text}\n`)
  return path
}

const SOUND = `export const sound = createMachine({ initial: 'a', states: { a: { after: { 1: 'b' } }, b: { type: 'final' } } })`
const RASH = `export const rash = createMachine({
  id: 'rash',
  initial: 'asking',
  states: {
    asking: { tags: 'idle', on: { APPROVE: 'deploying', SKIP: 'deploying' } },
    deploying: { tags: 'danger', invoke: { src: 'deploy', onDone: 'done', onError: 'done' } },
    done: { type: 'final' },
  },
})`

const canStripTypes = Boolean(Reflect.get(process.features, 'typescript'))

describe('roscius check', () => {
  it('answers 0 where nothing is found', async () => {
    expect(await checkCommand([file(SOUND)])).toBe(0)
    expect(output).toBe('sound: nothing found\n')
  })

  it('answers 1 with what it found: where, what, the path, why, and what to do', async () => {
    const path = file(`${SOUND}\n${RASH}`)
    expect(await checkCommand([path])).toBe(1)
    expect(output.split('\n')).toEqual([
      'error danger-without-approval',
      `  ${path}#rash deploying`,
      '    deploying is dangerous, and is reached without an approval. Every way there passes asking: an approval on the way out of it covers them all.',
      '      (start) → asking',
      '      asking → deploying  on SKIP',
      expect.stringMatching(/^ {2}Why: /),
      expect.stringMatching(/^ {2}Mend: /),
      "  Or, on that state: meta: { roscius: { suppress: [{ rule: 'danger-without-approval', reason: '…' }] } }",
      '',
      'rash, sound: 1 finding',
      '',
    ])
  })

  it('prints one JSON object with --json', async () => {
    expect(await checkCommand(['--json', file(RASH)])).toBe(1)
    expect(JSON.parse(output)).toMatchObject({
      ok: false,
      machines: [
        {
          name: 'rash',
          id: 'rash',
          findings: [
            {
              rule: 'danger-without-approval',
              severity: 'error',
              state: 'deploying',
              path: [
                { by: 'start', to: 'asking' },
                { from: 'asking', by: 'SKIP', to: 'deploying' },
              ],
            },
          ],
        },
      ],
    })
  })

  it('checks one export with --export', async () => {
    const path = file(`${SOUND}\n${RASH}`)
    expect(await checkCommand([path, '--export', 'sound'])).toBe(0)
    expect(await checkCommand([path, '--export', 'rash'])).toBe(1)
    await expect(checkCommand([path, '--export', 'absent'])).rejects.toThrow('It has: rash, sound.')
  })

  it('checks the machines among the actors of a machine, each once', async () => {
    const inner = RASH.replace('export ', '')
    const team = `export const team = createMachine({ initial: 'a', states: { a: { type: 'final' } } }, { actors: { rash } })`
    expect(await checkCommand([file(`${inner}\n${team}`)])).toBe(1)
    expect(output).toContain('#team.actors.rash deploying')
    expect(output).toContain('team, team.actors.rash: 1 finding')
  })

  it('goes by the names that it is given', async () => {
    const path = file(RASH)
    expect(await checkCommand([path, '--approval-event', 'SKIP'])).toBe(0)
    expect(await checkCommand([file(SOUND, 'sound.mjs'), '--bounding-guard', 'x', '--approval-guard', 'y'])).toBe(0)
    expect(await checkCommand([path, '--approval-event', 'SKIP', '--danger-actor', 'deploy'])).toBe(0)
    expect(await checkCommand([path, '--danger-actor', 'deploy'])).toBe(1)
    await expect(checkCommand([path, '--danger-action', 'wype'])).rejects.toThrow(
      'No machine has anything called "wype"',
    )
  })

  it('says of the release agent what the guide says', async () => {
    const page = readFileSync(join(root, 'docs/guides/checking-a-statechart.md'), 'utf8')
    const [machine, , told] = fencesOf(page)
    const { outputText } = ts.transpileModule(machine!.code, {
      compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2023 },
    })
    const path = file(outputText, 'release.mjs')
    expect(await checkCommand([path])).toBe(1)
    expect(output.replaceAll(path, 'dist/release.js')).toBe(told!.code)
  })

  it('explains itself with --help, and answers 2 without a file', async () => {
    expect(await checkCommand(['--help'])).toBe(0)
    expect(output).toContain('Usage: roscius check')
    expect(await checkCommand([])).toBe(2)
  })

  it('refuses a file that is not there, that throws, or that exports no machine', async () => {
    await expect(checkCommand([join(folder, 'absent.mjs')])).rejects.toThrow('There is no file')
    await expect(checkCommand([file(`throw new Error('broken')`, 'broken.mjs')])).rejects.toThrow(
      "broken.mjs can't be imported: broken",
    )
    const factory = file('export const makeAgent = () => createMachine({})', 'factory.mjs')
    await expect(checkCommand([factory])).rejects.toThrow(
      'exports no machine. If makeAgent makes one, export what it returns from a module of your own.',
    )
  })

  // What a Node does with TypeScript depends on its version: each of the two runs on some Node of the matrix.
  it.skipIf(canStripTypes)('refuses TypeScript where Node knows none, and says what to do', async () => {
    await expect(checkCommand([file(SOUND, 'agent.ts')])).rejects.toThrow(/Give the compiled \.js file, or use Node/)
  })

  it.runIf(canStripTypes)('takes TypeScript where Node strips types', async () => {
    const path = file(`${SOUND}\nexport const count: number = 1`, 'agent.mts')
    expect(await checkCommand([path])).toBe(0)
  })
})

import { spawnSync } from 'node:child_process'
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { cruise, type ICruiseResult } from 'dependency-cruiser'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const root = fileURLToPath(new URL('..', import.meta.url))
const floors = createRequire(import.meta.url)('../.ci/floors.cjs')

type Files = Readonly<Record<string, string>>

const broken: readonly (readonly [rule: string, claim: string, files: Files])[] = [
  [
    'no-cycles',
    'two files that need each other',
    { 'src/core/a.ts': "import './b.js'", 'src/core/b.ts': "import './a.js'" },
  ],
  [
    'no-cycles',
    'a cycle of type imports',
    {
      'src/core/a.ts': "import type { B } from './b.js'\nexport type A = B[]",
      'src/core/b.ts': "import type { A } from './a.js'\nexport type B = A[]",
    },
  ],
  [
    'floor-0-points-down',
    'core that looks into persistence',
    { 'src/core/a.ts': "import '../persistence/b.js'", 'src/persistence/b.ts': '' },
  ],
  [
    'floor-1-points-down',
    'a type of the engine in the mailbox',
    {
      'src/mailbox/a.ts': "import type { B } from '../runtime/b.js'\nexport type A = B",
      'src/runtime/b.ts': 'export type B = 1',
    },
  ],
  [
    'floor-2-points-down',
    'the engine that knows other nodes',
    { 'src/runtime/a.ts': "import '../remote/b.js'", 'src/remote/b.ts': '' },
  ],
  [
    'floor-3-points-down',
    'links that know the cluster',
    { 'src/remote/a.ts': "import '../cluster/b.js'", 'src/cluster/b.ts': '' },
  ],
  ['floor-4-points-down', 'a bus that draws', { 'src/bus/a.ts': "import '../inspect/b.js'", 'src/inspect/b.ts': '' }],
  [
    'floor-5-points-down',
    'a drawing that serves',
    { 'src/inspect/a.ts': "import '../control/b.js'", 'src/control/b.ts': '' },
  ],
  [
    'cluster-ignores-its-neighbours',
    'a bus that looks up names',
    { 'src/bus/a.ts': "import '../registry/b.js'", 'src/registry/b.ts': '' },
  ],
  [
    'floor-6-points-down',
    'control that starts the command line',
    { 'src/control/a.ts': "import '../cli/b.js'", 'src/cli/b.ts': '' },
  ],
  [
    'mailbox-ignores-its-neighbours',
    'the mailbox that writes to the journal',
    { 'src/mailbox/a.ts': "import '../persistence/b.js'", 'src/persistence/b.ts': '' },
  ],
  [
    'console-ignores-its-neighbours',
    'the command line that uses the console',
    { 'src/cli/a.ts': "import '../console/b.js'", 'src/console/b.ts': '' },
  ],
  [
    'console-stands-alone',
    'a page that reaches for the system',
    { 'src/console/a.tsx': "import '../runtime/b.js'", 'src/runtime/b.ts': '' },
  ],
  [
    'console-takes-types-only',
    'a schema of the server in the page',
    {
      'src/console/a.tsx': "import { b } from '../control/protocol/b.js'\nb",
      'src/control/protocol/b.ts': 'export const b = 1',
    },
  ],
  [
    'classic-level-has-one-adapter',
    'LevelDB outside of its adapter',
    { 'src/persistence/journal.ts': "import 'classic-level'" },
  ],
  ['@orama/orama-has-one-adapter', 'the search library', { 'src/memory/index.ts': "import '@orama/orama'" }],
  ['ai-has-one-adapter', 'the AI SDK', { 'actors/model/index.ts': "import 'ai'" }],
  [
    '@ai-sdk/openai-compatible-has-one-adapter',
    'a provider of the AI SDK',
    { 'actors/model/index.ts': "import '@ai-sdk/openai-compatible'" },
  ],
  [
    '@modelcontextprotocol/sdk-has-one-adapter',
    'the MCP SDK',
    { 'actors/mcp/index.ts': "import '@modelcontextprotocol/sdk/types.js'" },
  ],
  ['ws-has-one-adapter', 'a WebSocket outside of its adapter', { 'src/remote/websocket-transport.ts': "import 'ws'" }],
  ['hono-has-one-adapter', 'routes beside the one app', { 'src/control/console.ts': "import 'hono'" }],
  ['@hono/node-server-has-one-adapter', 'a second server', { 'src/control/console.ts': "import '@hono/node-server'" }],
  ['prom-client-has-one-adapter', 'metrics all over', { 'src/control/control.ts': "import 'prom-client'" }],
  ['elkjs-has-one-adapter', 'a layout on the main thread', { 'src/inspect/index.ts': "import 'elkjs'" }],
  ['classic-level-has-one-adapter', 'LevelDB in an example', { 'examples/01-a/main.ts': "import 'classic-level'" }],
  [
    'msgpackr-has-one-adapter',
    'msgpackr outside of the codec',
    { 'src/runtime/a.ts': "import { pack } from 'msgpackr'\npack(1)" },
  ],
  ['drivers-are-declared', 'a package that nobody declared', { 'src/runtime/a.ts': "import 'fast-check'" }],
  ['core-does-no-io', 'core that reads files', { 'src/core/a.ts': "import 'node:fs/promises'" }],
  [
    'index-is-the-top',
    'an engine file that imports the public index',
    { 'src/runtime/a.ts': "import '../index.js'", 'src/index.ts': '' },
  ],
  [
    'testing-stays-outside',
    'the engine that uses the test kit',
    { 'src/runtime/a.ts': "import '../testing/b.js'", 'src/testing/b.ts': '' },
  ],
  [
    'src-needs-no-actors',
    'the engine that uses a reusable actor',
    { 'src/runtime/a.ts': "import '../../actors/b.js'", 'actors/b.ts': '' },
  ],
  [
    'machines-are-pure',
    'a statechart that imports the runtime',
    { 'machines/a.ts': "import '../src/core/b.js'", 'src/core/b.ts': '' },
  ],
  ['machines-are-pure', 'a statechart that reads files', { 'machines/a.ts': "import 'node:fs'" }],
  [
    'actors-use-the-public-api',
    'an actor that reaches past the index',
    { 'actors/a.ts': "import '../src/runtime/b.js'", 'src/runtime/b.ts': '' },
  ],
  [
    'examples-import-by-name',
    'an example that reaches into src',
    { 'examples/01-a/main.ts': "import '../../src/index.js'", 'src/index.ts': '' },
  ],
  [
    'folders-are-planned',
    'a folder that stands on no floor',
    { 'src/runtime/a.ts': "import '../utils/b.js'", 'src/utils/b.ts': '' },
  ],
  ['resolvable', 'an import that leads nowhere', { 'src/core/a.ts': "import './gone.js'" }],
]

const kept: readonly (readonly [claim: string, files: Files])[] = [
  ['an import of the floor below', { 'src/runtime/a.ts': "import '../persistence/b.js'", 'src/persistence/b.ts': '' }],
  ['a neighbour in the same folder', { 'src/persistence/a.ts': "import './b.js'", 'src/persistence/b.ts': '' }],
  ['xstate in the engine', { 'src/runtime/a.ts': "import { setup } from 'xstate'\nsetup({})" }],
  [
    'LevelDB in its adapter',
    { 'src/persistence/level-store.ts': "import { ClassicLevel } from 'classic-level'\nnew ClassicLevel('a')" },
  ],
  [
    'a statechart on xstate and zod',
    { 'machines/a.ts': "import { setup } from 'xstate'\nimport { z } from 'zod'\nsetup({})\nz.string()" },
  ],
  ['an actor on the public index', { 'actors/a.ts': "import '../src/index.js'", 'src/index.ts': '' }],
  ['the test kit that sees everything', { 'src/testing/a.ts': "import '../runtime/b.js'", 'src/runtime/b.ts': '' }],
]

let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'roscius-floors-'))
})

afterAll(() => rm(folder, { recursive: true, force: true }))

/** Names of the rules that `files` break: the tiny tree is written to a folder of its own and cruised there. */
async function rulesBrokenBy(name: string, files: Files): Promise<string[]> {
  const baseDir = join(folder, name)
  await mkdir(baseDir)
  await symlink(join(root, 'node_modules'), join(baseDir, 'node_modules'))
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(baseDir, path)), { recursive: true })
    await writeFile(join(baseDir, path), `${text}\nexport {}\n`)
  }
  return rulesBrokenIn(baseDir, [...new Set(Object.keys(files).map((path) => path.split('/')[0] as string))])
}

async function rulesBrokenIn(baseDir: string, roots: string[]): Promise<string[]> {
  const { forbidden, options } = floors
  // The tree of a test has no tsconfig of its own.
  const { tsConfig: _, enhancedResolveOptions, ...rest } = options
  const ruled = { ...rest, baseDir, validate: true, ruleSet: { forbidden } }
  const { output } = await cruise(roots, ruled, enhancedResolveOptions)
  return (output as ICruiseResult).summary.violations.map(({ rule }) => rule.name)
}

describe('the floors', () => {
  test.each(broken.map((row, index) => [...row, index] as const))(
    '%s catches %s',
    async (rule, _claim, files, index) => {
      expect(await rulesBrokenBy(`broken-${index}`, files)).toContain(rule)
    },
  )

  test.each(kept.map((row, index) => [...row, index] as const))('allow %s', async (_claim, files, index) => {
    expect(await rulesBrokenBy(`kept-${index}`, files)).toEqual([])
  })

  test('have no rule that nothing here breaks', () => {
    const rules: string[] = floors.forbidden.map(({ name }: { name: string }) => name)
    expect(rules.filter((name) => !broken.some(([rule]) => rule === name))).toEqual([])
  })

  test('hold for the code base', async () => {
    const depcruise = join(root, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs')
    const args = ['--config', '.ci/floors.cjs', '--output-type', 'json', 'src', 'machines', 'actors', 'examples']
    const { stdout } = spawnSync(process.execPath, [depcruise, ...args], {
      cwd: root,
      encoding: 'utf8',
      maxBuffer: 2 ** 28,
    })
    const { summary }: ICruiseResult = JSON.parse(stdout)
    expect(summary.violations.map(({ rule, from, to }) => `${rule.name}: ${from} -> ${to}`)).toEqual([])
    expect(summary.totalCruised).toBeGreaterThan(50)
  })
})

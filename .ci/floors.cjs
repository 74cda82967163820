/**
 * The floors of the code base, as rules for dependency-cruiser: who may import whom.
 *
 * 1. Imports point down or stay in their folder, type imports too.
 * 2. Folders of one floor ignore each other.
 * 3. There are no cycles.
 * 4. A third-party driver is imported by exactly one file.
 *
 * `test/architecture.test.ts` shows that each rule catches what it forbids.
 */

/** The folders of `src/`, lowest floor first. */
const FLOORS = [
  ['core'],
  ['mailbox', 'supervision', 'persistence', 'analysis'],
  ['runtime'],
  ['remote'],
  ['cluster', 'governance', 'registry', 'bus', 'workflow', 'memory', 'telemetry'],
  ['inspect'],
  ['control'],
  ['console', 'cli'],
]

/** Packages that any file of `src/` may import. */
const COMMON = ['xstate', 'zod']

/** Every other package, with the one file that may import it. */
const DRIVERS = {
  'classic-level': 'src/persistence/level-store.ts',
  msgpackr: 'src/persistence/codec.ts',
  ws: 'src/(remote/websocket/ws|control/client/dial).ts',
  hono: 'src/control/http/app.ts',
  '@hono/node-server': 'src/control/http/node-server.ts',
  'prom-client': 'src/control/health/metrics.ts',
  elkjs: 'src/inspect/chart/elk-worker.ts',
  '@orama/orama': 'src/memory/orama-index.ts',
  '@modelcontextprotocol/sdk': 'actors/mcp/sdk-(client|server).ts',
  ai: 'actors/model/ai-sdk.ts',
  '@ai-sdk/openai-compatible': 'actors/model/from-openai-compatible.ts',
}

/** What the console is made of: it runs in a browser, and is bundled with all of it. */
const CONSOLE = ['react', 'react-dom', '@types/react', '@types/react-dom', '@tanstack/react-virtual', 'cmdk']

const IO = 'fs|net|tls|http|https|http2|dgram|dns|child_process|worker_threads|cluster|readline'

const anyOf = (names) => `(${names.join('|')})`
const escaped = (text) => text.replaceAll('.', '\\.')
const folders = (names) => `^src/${anyOf(names)}/`
const packages = (names) => `(^|/)node_modules/${anyOf(names)}(/|$)`
const fromNpm = { dependencyTypes: ['npm', 'npm-dev', 'npm-optional', 'npm-peer', 'npm-no-pkg', 'npm-unknown'] }

const rule = (name, comment, from, to) => ({ name, severity: 'error', comment, from, to })

const upward = FLOORS.slice(0, -1).map((names, floor) =>
  rule(
    `floor-${floor}-points-down`,
    `${names.join(', ')} may not import from a floor above.`,
    { path: folders(names) },
    { path: folders(FLOORS.slice(floor + 1).flat()) },
  ),
)

const sideways = FLOORS.filter((names) => names.length > 1).map((names) =>
  rule(
    `${names[0]}-ignores-its-neighbours`,
    'Folders of one floor ignore each other; the floor above combines them.',
    { path: folders(names) },
    { path: folders(names), pathNot: '^src/$1/' },
  ),
)

const drivers = Object.entries(DRIVERS).map(([driver, file]) =>
  rule(
    `${driver}-has-one-adapter`,
    `Only ${file} imports ${driver}.`,
    { path: '.', pathNot: `^(${escaped(file)}$|examples/07-embedding/|test/|node_modules/)` },
    { path: packages([driver]) },
  ),
)

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    rule('no-cycles', 'No cycles, type imports included.', {}, { circular: true }),
    rule('resolvable', 'An import leads somewhere.', {}, { couldNotResolve: true }),
    ...upward,
    ...sideways,
    ...drivers,
    rule(
      'folders-are-planned',
      'Every folder of src stands on a floor; testing stands beside them.',
      {},
      { path: '^src/[^/]+/', pathNot: folders([...FLOORS.flat(), 'testing']) },
    ),
    rule(
      'drivers-are-declared',
      'A package other than xstate and zod needs one adapter file, declared here.',
      { path: '^src/', pathNot: '^src/console/' },
      { ...fromNpm, pathNot: packages([...COMMON, ...Object.keys(DRIVERS)]) },
    ),
    rule(
      'console-stands-alone',
      'The page shares nothing with the runtime but the types of the control protocol.',
      { path: '^src/console/', pathNot: '^src/console/(vite\\.config\\.ts|build\\.mjs)$' },
      { pathNot: ['^src/console/', '^src/control/protocol/', packages(CONSOLE)] },
    ),
    rule(
      'console-takes-types-only',
      'What the page takes from the control protocol is gone when it is built.',
      { path: '^src/console/' },
      { path: '^src/control/', dependencyTypesNot: ['type-only'] },
    ),
    rule(
      'core-does-no-io',
      'The vocabulary touches nothing outside.',
      { path: '^src/core/' },
      {
        dependencyTypes: ['core'],
        path: `^(node:)?(${IO})(/|$)`,
      },
    ),
    rule(
      'index-is-the-top',
      'Only the faces of a running system and the test kit import the public index.',
      { path: '^src/', pathNot: folders(['cli', 'console', 'testing']) },
      { path: '^src/index\\.ts$' },
    ),
    rule(
      'testing-stays-outside',
      'Nothing of the runtime imports the test kit.',
      { path: '^(src|machines|actors)/', pathNot: '^src/testing/' },
      { path: '^src/testing/' },
    ),
    rule(
      'src-needs-no-actors',
      'The runtime knows no reusable actors, examples or tests.',
      { path: '^src/' },
      { path: '^(actors|examples|test)/' },
    ),
    rule(
      'machines-are-pure',
      'A reusable statechart imports xstate, zod and its neighbours.',
      { path: '^machines/' },
      { pathNot: ['^machines/', packages(COMMON)] },
    ),
    rule(
      'actors-use-the-public-api',
      'A reusable actor sees machines and src/index.ts only.',
      { path: '^actors/' },
      { path: '^(src|examples|test)/', pathNot: '^src/index\\.ts$' },
    ),
    rule(
      'examples-import-by-name',
      'An example imports roscius as its users do.',
      { path: '^examples/' },
      { path: '^(src|machines|actors|test)/', dependencyTypesNot: ['aliased'] },
    ),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^dist/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'types', 'node', 'default'],
    },
  },
}

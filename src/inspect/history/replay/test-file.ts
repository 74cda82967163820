/** The text of a vitest file that replays records: its frame, with only what its steps use. */
import type { ActorPath } from '../../../core/address.js'
import { quoted } from './source-text.js'

export interface TestFileParts {
  readonly title: string
  readonly path: ActorPath
  readonly logic: string
  /** What the machine is imported from; a line to be filled in without it. */
  readonly module: string | undefined
  readonly name: string
  readonly lines: readonly string[]
}

export function testFile({ title, path, logic, module, name, lines }: TestFileParts): string {
  const body = lines.join('\n')
  const uses = (word: string): boolean => body.includes(`${word}(`)
  const imported = [
    'type AnyMachineSnapshot',
    'type AnyStateMachine',
    ...(uses('resume') ? ['createActor'] : []),
    ...(uses('start') ? ['initialTransition'] : []),
    ...(uses('handle') ? ['transition'] : []),
  ]
  return [
    `// What the actor ${path} was given, again, with its machine alone: effects are replaced by their recorded results,`,
    '// delays by what they sent, other actors by stand-ins. No action is executed.',
    "import { expect, test } from 'vitest'",
    `import { ${imported.join(', ')} } from 'xstate'`,
    ...(module === undefined
      ? [
          `// Where the machine ${quoted(logic)} of the logic table is, and its name there:`,
          `import { ${name} } from './machine.js'`,
        ]
      : [`import { ${name} } from ${quoted(module)}`]),
    '',
    `const replayed: AnyStateMachine = ${name}`,
    ...(uses('ref') ? STAND_IN : []),
    '',
    `test(${quoted(title)}, () => {`,
    '  let state = {} as AnyMachineSnapshot',
    ...(uses('start') ? START : []),
    ...(uses('handle') ? HANDLE : []),
    ...(uses('resume') ? RESUME : []),
    ...lines.map((line) => (line === '' ? '' : `  ${line}`)),
    '})',
    '',
  ].join('\n')
}

const STAND_IN = [
  '',
  'const nothing = (): void => {}',
  '/** Stands for an actor: what is sent to it goes nowhere. */',
  'const ref = (address: string) => ({ address, id: address, sessionId: address, send: nothing, getSnapshot: nothing })',
]

const START = [
  '  const start = (input?: unknown): void => {',
  '    ;[state] = initialTransition(replayed, input as never)',
  '  }',
]

const HANDLE = [
  '  const handle = (event: object): void => {',
  '    ;[state] = transition(replayed, state as never, event as never)',
  '  }',
]

const RESUME = [
  '  const resume = (snapshot: object): void => {',
  '    state = createActor(replayed, { snapshot: snapshot as never }).getSnapshot()',
  '  }',
]

import { chmod, mkdir, symlink, truncate, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'

/** How many files a generated folder has that the audit is to list. */
export const GENERATED_FILES = 2_100
const FOLDERS = 30
const LARGE_BYTES = 200 * 1024 ** 2

/** Names that trip programs up, each the name of a small text. */
const STRANGE_NAMES = [
  'a\nb.ts',
  "d'e.ts",
  'f"g.ts',
  'h\\i.ts',
  ' j .ts',
  '-rf',
  '#k',
  '!l',
  '[m]*?',
  '…ü漢😀.md',
  '..n',
  '\u001b[31mred',
  '`|<b>',
]

/**
 * Fills `root` with sources, manifests, broken and hostile files; the same for the same `next` (numbers in [0, 1)). Their
 * marked comments are for the audit to find.
 */
export async function fillFolder(root: string, next: () => number): Promise<void> {
  const hostile = hostileFiles()
  const count = GENERATED_FILES - Object.keys(hostile).length
  for (let index = 0; index < count; index += 1) {
    const { name, text } = sourceFile(index, next)
    await put(root, `dir-${index % FOLDERS}/${name}`, text)
  }
  for (const [name, contents] of Object.entries(hostile)) await put(root, name, contents)
  await put(root, 'ignored/never.ts', '// TODO never')
  await put(root, 'dir-1/local.log', 'never')
  await truncate(join(root, 'large/sparse.bin'), LARGE_BYTES)
  await chmod(join(root, 'large/unreadable.ts'), 0o000)
  await symlink('..', join(root, 'dir-0/loop'))
  await symlink('nowhere', join(root, 'dir-0/dangling'))
}

/** A file whose name is no UTF-8: it can be listed, but not opened by the name that was listed. Linux only. */
export async function putUnnameable(root: string): Promise<void> {
  await writeFile(Buffer.concat([Buffer.from(`${root}/dir-0/`), Buffer.of(0xff, 0xfe, 0x2e, 0x74, 0x73)]), 'x')
}

function hostileFiles(): Record<string, string | Uint8Array> {
  return {
    '.gitignore': 'ignored/\n*.log\n!kept.log\n',
    'dir-2/.gitignore': '!also-kept.log\n',
    'kept.log': 'x',
    'dir-2/also-kept.log': 'y',
    'package.json': '{ "name": "generated", "version": "1.0.0", "license": "MIT", "dependencies": { "a": "^1.0.0" } }',
    'package-lock.json': '{ "packages": { "node_modules/a": { "version": "1.0.0", "license": "ISC" } } }',
    'dir-3/package.json': '{ "name": ',
    // An analyser that goes as deep as the file runs out of stack.
    'dir-4/package-lock.json': `${'{"dependencies":{"a":'.repeat(10_000)}{}${'}}'.repeat(10_000)}`,
    'broken.json': '{ "a": 1, }',
    'broken.yaml': 'a: [1, 2\nb: 3\n',
    'deep.json': '['.repeat(100_000),
    'deep.yaml': '['.repeat(5_000),
    'binary.ts': Uint8Array.from({ length: 4_000 }, (_, index) => index % 256),
    'latin1.txt': Uint8Array.of(0xe9, 0x0a, 0xff),
    'one-line.js': `var a="${'\\"'.repeat(100_000)}// TODO x`,
    'empty.ts': '',
    'empty-too.ts': '',
    'large/sparse.bin': '',
    'large/unreadable.ts': 'secret',
    ...Object.fromEntries(STRANGE_NAMES.map((name) => [`strange/${name}`, `// TODO in ${name.length}\n`])),
  }
}

const EXTENSIONS = ['ts', 'js', 'py', 'md', 'json', 'yaml', 'css', 'go', 'rs', 'txt']

function sourceFile(index: number, next: () => number): { readonly name: string; readonly text: string } {
  const extension = EXTENSIONS[Math.floor(next() * EXTENSIONS.length)] ?? 'ts'
  const name = `file-${index}.${extension}`
  if (extension === 'json') return { name, text: JSON.stringify({ index, values: [next(), next()] }) }
  if (extension === 'yaml') return { name, text: `index: ${index}\nvalue: ${next()}\n` }
  // Every twentieth has the contents of some other one.
  const body =
    index % 20 === 0
      ? `const copy = ${index % 3}\n`
      : `const x${index} = ${next()}\n`.repeat(1 + Math.floor(next() * 40))
  return { name, text: next() < 0.2 ? `${body}// FIXME ${index}\n# TODO ${index}\n` : body }
}

async function put(root: string, path: string, contents: string | Uint8Array): Promise<void> {
  const file = join(root, path)
  await mkdir(dirname(file), { recursive: true })
  await writeFile(file, contents)
}

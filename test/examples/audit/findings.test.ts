import { createHash } from 'node:crypto'
import { truncate } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { readFileFinding } from '../../../examples/01-audit/file-reader.js'
import type { ReadFile } from '../../../examples/01-audit/finding.js'
import { temporaryFolder } from './temporary-folder.js'

/** Put together here, so that no scanner takes this file for a leak. */
const AWS_KEY = ['AKIA', 'Z7Q4XK2M9P3L5R8T'].join('')
const GITHUB_TOKEN = ['ghp', 'a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8'].join('_')
const RANDOM = ['q8Zr2LmX', '0vKc7TyB', 'n4WsE1'].join('')

async function findingOf(name: string, contents: string | Uint8Array): Promise<ReadFile> {
  await using folder = await temporaryFolder({ [name]: contents })
  const finding = await readFileFinding(folder.path, name)
  if (finding.status !== 'read') throw new Error(JSON.stringify(finding))
  return finding
}

describe('a finding', () => {
  test('counts bytes and lines, names the language and hashes the contents', async () => {
    const text = 'const a = 1\nexport { a }'
    expect(await findingOf('src/a.ts', text)).toMatchObject({
      path: 'src/a.ts',
      bytes: text.length,
      lines: 2,
      language: 'TypeScript',
      contents: 'text',
      hash: createHash('sha256').update(text).digest('hex'),
      limits: [],
    })
    expect(await findingOf('empty.py', '')).toMatchObject({ bytes: 0, lines: 0, language: 'Python' })
  })

  test('survives storage as JSON unchanged', async () => {
    const finding = await findingOf('a.json', `{ "token": "${RANDOM}", }`)
    expect(JSON.parse(JSON.stringify(finding))).toEqual(finding)
  })

  test('has the marks of comments only, with line and text', async () => {
    const text = [
      '// TODO: one',
      'const s = "// TODO no", url = "http://x/TODO"',
      '/* a',
      '   FIXME(bob): two */ const TODO = 1',
      "const glob = 'src/**/*.ts' // HACK three",
      'const TODO = 2 // todo in small letters is prose',
    ].join('\n')
    expect((await findingOf('a.ts', text)).comments).toEqual([
      { line: 1, mark: 'TODO', text: 'one' },
      { line: 4, mark: 'FIXME', text: 'two' },
      { line: 5, mark: 'HACK', text: 'three' },
    ])
  })

  test.each([
    ['a.py', 'x = 1  # TODO py'],
    ['a.sql', '-- TODO py'],
    ['a.html', '<p>TODO</p><!-- TODO py -->'],
    ['a.yaml', 'a: 1 # TODO py'],
    ['Dockerfile', '# TODO py'],
  ])('knows the comments of %s', async (name, text) => {
    expect((await findingOf(name, text)).comments).toEqual([{ line: 1, mark: 'TODO', text: 'py' }])
  })

  test('names what looks like a secret without giving it away, in comments neither', async () => {
    const finding = await findingOf(
      'a.ts',
      `// TODO drop ${AWS_KEY}\nconst apiKey = '${RANDOM}'\nfetch('${GITHUB_TOKEN}')\n`,
    )
    expect(finding.secrets).toEqual([
      { line: 1, kind: 'AWS access key', masked: 'AKIA… (20 characters)' },
      { line: 2, kind: 'assigned secret', masked: 'q8… (22 characters)' },
      { line: 3, kind: 'GitHub token', masked: 'ghp_… (40 characters)' },
    ])
    const stored = JSON.stringify(finding)
    for (const secret of [AWS_KEY, RANDOM, GITHUB_TOKEN]) expect(stored).not.toContain(secret)
  })

  test('takes .env assignments and private keys for secrets', async () => {
    const text = `DB_PASSWORD=${RANDOM}\nNAME=plain\n-----BEGIN RSA ${'PRIVATE'} KEY-----\n`
    expect((await findingOf('.env', text)).secrets.map(({ line, kind }) => [line, kind])).toEqual([
      [1, 'assigned secret'],
      [3, 'private key'],
    ])
  })

  test.each([
    "const token = 'the-quick-brown-fox-jumps'",
    "const password = 'your-password-here-1234'",
    ['const apiKey = "$', '{process.env.API_KEY_1}"'].join(''),
    'const token = getTokenFromSomewhere(request2)',
    `const key = 'AKIA${'IOSFODNN7EXAMPLE'}'`,
  ])('takes no example for a secret: %s', async (text) => {
    expect((await findingOf('a.ts', text)).secrets).toEqual([])
  })

  test('has the place where JSON or YAML does not parse', async () => {
    expect((await findingOf('a.json', '{\n"a": 1,\n}')).problem).toMatchObject({ line: 3, column: 1 })
    expect((await findingOf('a.yaml', 'a: 1\nb: [1, 2\nc: 3\n')).problem).toMatchObject({ line: 3 })
    expect((await findingOf('b.yml', 'a: &x 1\nb: *x\n---\nc: !Ref d\n')).problem).toBeNull()
    expect((await findingOf('deep.yml', '['.repeat(5_000))).problem).toEqual({
      line: 1,
      column: 1,
      message: 'nested too deeply to be parsed',
    })
    expect((await findingOf('tsconfig.json', '{ // c\n}')).problem).toBeNull()
  })

  test('quotes no secret of a YAML file that does not parse', async () => {
    const { problem } = await findingOf('a.yaml', `a: !x!${GITHUB_TOKEN} 1\n`)
    expect(problem).not.toBeNull()
    expect(problem?.message).not.toContain(GITHUB_TOKEN)
  })

  test('reads packages and licences of a package.json, whatever its fields hold', async () => {
    const text = JSON.stringify({
      name: 'x',
      version: '1.0.0',
      license: { type: 'MIT' },
      dependencies: { a: '^1' },
      devDependencies: [],
    })
    expect((await findingOf('package.json', text)).manifest).toEqual({
      kind: 'manifest',
      packages: [{ name: 'x', version: '1.0.0', license: 'MIT' }],
      dependencies: [{ name: 'a', range: '^1', group: 'dependencies' }],
    })
    expect((await findingOf('package.json', '[1]')).manifest).toBeNull()
    expect((await findingOf('package.json', '{"name":7,"license":7}')).manifest).toEqual({
      kind: 'manifest',
      packages: [],
      dependencies: [],
    })
  })

  test('reads every package of a lock file, of its old form too', async () => {
    const packages = {
      '': { name: 'x' },
      'node_modules/a': { version: '1.0.0', license: 'ISC' },
      'node_modules/a/node_modules/@s/b': { version: '2.0.0' },
      'node_modules/w': { link: true },
    }
    expect((await findingOf('package-lock.json', JSON.stringify({ packages }))).manifest?.packages).toEqual([
      { name: 'a', version: '1.0.0', license: 'ISC' },
      { name: '@s/b', version: '2.0.0', license: null },
    ])
    const old = { dependencies: { a: { version: '1.0.0', dependencies: { b: { version: '2.0.0' } } } } }
    expect(
      (await findingOf('package-lock.json', JSON.stringify(old))).manifest?.packages.map(({ name }) => name),
    ).toEqual(['a', 'b'])
  })

  test('says how many marks it left out of a file that has nothing else', async () => {
    const finding = await findingOf('a.py', '# TODO x\n'.repeat(1_500))
    expect(finding.comments).toHaveLength(1_000)
    expect(finding.limits).toEqual(['1500 marked comments, all but the first 1000 left out'])
  })

  test('of a binary file is its size and hash', async () => {
    expect(await findingOf('a.ts', Uint8Array.of(47, 47, 0, 10))).toMatchObject({
      bytes: 4,
      lines: 0,
      contents: 'binary',
      limits: ['binary, not searched'],
    })
  })

  test('of 200 MB is its size and hash, at the cost of little memory', async () => {
    await using folder = await temporaryFolder({ 'huge.txt': '' })
    await truncate(join(folder.path, 'huge.txt'), 200 * 1024 ** 2)
    const before = process.memoryUsage().arrayBuffers
    const reading = readFileFinding(folder.path, 'huge.txt')
    let peak = before
    const watch = setInterval(() => {
      peak = Math.max(peak, process.memoryUsage().arrayBuffers)
    }, 5)
    const finding = await reading.finally(() => clearInterval(watch))
    expect(finding).toMatchObject({ status: 'read', bytes: 209_715_200, contents: 'binary' })
    expect(peak - before).toBeLessThan(100 * 1024 ** 2)
  })

  test('of a long text has its lines, but no comments', async () => {
    const finding = await findingOf('long.ts', '// TODO x\n'.repeat(500_000))
    expect(finding).toMatchObject({
      lines: 500_000,
      contents: 'largeText',
      comments: [],
      limits: ['over 4 MiB, not searched'],
    })
  })

  test('of what is not there, or no file, is the reason', async () => {
    await using folder = await temporaryFolder({ 'a/b': '' })
    await using _socket = await listening(join(folder.path, 'socket'))
    expect(await readFileFinding(folder.path, 'gone')).toEqual({
      status: 'unread',
      path: 'gone',
      reason: 'no longer there',
    })
    expect(await readFileFinding(folder.path, 'a')).toEqual({ status: 'unread', path: 'a', reason: 'no regular file' })
    expect(await readFileFinding(folder.path, 'socket')).toMatchObject({ status: 'unread', reason: 'no regular file' })
    expect(await readFileFinding(folder.path, 'x\uFFFD')).toMatchObject({ reason: 'its name is no valid UTF-8' })
  })

  test('is none once the reading was aborted', async () => {
    await using folder = await temporaryFolder({ a: 'x' })
    await expect(readFileFinding(folder.path, 'a', { signal: AbortSignal.abort(new Error('left')) })).rejects.toThrow(
      'left',
    )
  })
})

function listening(path: string): Promise<AsyncDisposable> {
  const server = createServer()
  return new Promise((resolve) => {
    server.listen(path, () =>
      resolve({ [Symbol.asyncDispose]: () => new Promise<void>((done) => server.close(() => done())) }),
    )
  })
}

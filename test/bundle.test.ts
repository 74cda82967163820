/** The package as it is published: what its exports and its command are bundled into. */
import { type ExecFileOptions, execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { moduleIn } from './cli/machine-files.js'
import { build, buildConsole } from './support/build.js'
import { root } from './support/compile.js'
import { command, exported, manifest } from './support/package.js'

const run = promisify(execFile)

let folder = ''
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'roscius-bundle-'))
  await build()
  await buildConsole()
}, 240_000)
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const urlOf = (name: string): string => JSON.stringify(pathToFileURL(exported(name)).href)

/** What a program prints that imports the bundle. */
async function printed(program: string, ...flags: string[]): Promise<string> {
  const options: ExecFileOptions = { cwd: root, timeout: 60_000 }
  const { stdout } = await run(process.execPath, [...flags, '--input-type=module', '--eval', program], options)
  return String(stdout)
}

describe('the bundle', () => {
  it('tells its version by its command', async () => {
    expect((await run(process.execPath, [command, '--version'])).stdout).toBe(`${manifest.version}\n`)
  })

  it('draws with ELK', async () => {
    const lamp = `createMachine({ initial: 'off', states: { off: { on: { PRESS: 'on' } }, on: { on: { PRESS: 'off' } } } })`
    const file = moduleIn(folder, `export const lamp = ${lamp}`)
    const { stdout } = await run(process.execPath, [command, 'viz', file], { timeout: 60_000 })
    expect(stdout).toMatch(/<svg[\s\S]*PRESS[\s\S]*<\/svg>/)
  })

  it('serves the page of the console', async () => {
    const page = await printed(`
      import { createSystem, memoryStore } from ${urlOf('.')}
      import { createConsole } from ${urlOf('./console')}
      const system = await createSystem({ name: 'n', store: memoryStore(), logic: {} })
      const shown = await createConsole(system)
      process.stdout.write(await (await fetch(shown.url)).text())
      await system.stop()`)
    expect(page).toBe(readFileSync(join(root, 'dist/console/index.html'), 'utf8'))
  })

  it('has each class once, whichever of its entries it comes from', async () => {
    const program = `
      import { RosciusError } from ${urlOf('.')}
      import { levelStore } from ${urlOf('./level')}
      await levelStore(${JSON.stringify(command)}).catch((error) => console.log(error instanceof RosciusError))`
    expect(await printed(program)).toBe('true\n')
  })

  it('names the sources in the stack of an error', async () => {
    const program = `
      import { createSystem, memoryStore } from ${urlOf('.')}
      await createSystem({ name: '', store: memoryStore(), logic: {} }).catch(({ stack }) => console.log(stack))`
    const stack = await printed(program, '--enable-source-maps')
    expect(stack).toContain(join(root, 'src/runtime/'))
    expect(stack).not.toContain('dist')
  })

  it('leaves the chunks of the build before it to those who began with them, and no earlier ones', async () => {
    const program = `
      import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
      import { placeFiles, sweep } from ${JSON.stringify(pathToFileURL(join(root, '.ci/bundle-place.mjs')).href)}
      const built = (...names) => {
        mkdirSync('built')
        for (const name of names) writeFileSync('built/' + name, '')
        placeFiles('built', 'place', ['index.js'])
      }
      process.chdir(${JSON.stringify(folder)})
      built('index.js', 'chunk-1.js')
      built('index.js', 'chunk-2.js')
      sweep('place', ['index.js', 'chunk-1.js', 'chunk-2.js'])
      const first = readdirSync('place')
      built('index.js', 'chunk-3.js')
      sweep('place', ['index.js', 'chunk-2.js', 'chunk-3.js'])
      console.log(JSON.stringify([first, readdirSync('place'), existsSync('built')]))`
    const [first, second, isBuiltLeft] = JSON.parse(await printed(program))
    expect(first).toEqual(['chunk-1.js', 'chunk-2.js', 'index.js'])
    expect(second).toEqual(['chunk-2.js', 'chunk-3.js', 'index.js'])
    expect(isBuiltLeft).toBe(false)
  })

  it('is all the JavaScript in the package, beside the console', async () => {
    const pack = ['pack', '--dry-run', '--json', '--ignore-scripts']
    const { stdout } = await run('npm', pack, { cwd: root, shell: process.platform === 'win32', timeout: 60_000 })
    const paths = (JSON.parse(stdout)[0].files as { path: string }[]).map(({ path }) => path)
    const scripts = paths.filter((path) => path.endsWith('.js'))
    expect(scripts).toEqual(expect.arrayContaining(Object.values(manifest.bin)))
    expect(scripts.filter((path) => !/^dist\/(bundle|console)\//.test(path))).toEqual([])
  })
})

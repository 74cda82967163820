/** The audit of the first example, in a process of its own, on a folder that was made for it: what the pictures show. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { type ControlClient, findControl } from 'roscius/console'
import { seededRandom } from 'roscius/testing'
import { fillFolder } from '../examples/audit/generated-folder.js'

const MAIN = 'dist/examples/01-audit/main.js'
const SEED = 6

export interface AuditJob extends AsyncDisposable {
  /** Of its console, with the token. */
  readonly url: string
  readonly control: ControlClient
}

/** It asks nobody: its question waits in the console. */
export async function startAudit(): Promise<AuditJob> {
  const above = await mkdtemp(join(tmpdir(), 'roscius-screenshots-'))
  const folder = join(above, 'library')
  const random = seededRandom(SEED)
  await fillFolder(folder, () => random.next())
  const child = spawn(process.execPath, [MAIN, folder, '--ask', '--watch'], { stdio: ['ignore', 'ignore', 'pipe'] })
  const end = async (): Promise<void> => {
    const isOver = child.exitCode !== null || child.signalCode !== null
    if (!isOver) await Promise.all([once(child, 'exit'), child.kill('SIGKILL')])
    await rm(above, { recursive: true, force: true })
  }
  try {
    const url = await urlOf(child)
    const control = await findControl(join(folder, 'roscius-audit', '.store'), { by: 'ada' })
    if (control === undefined) throw new Error('The console of the audit was not found.')
    return { url, control, [Symbol.asyncDispose]: end }
  } catch (error) {
    await end()
    throw error
  }
}

async function urlOf({ stderr }: ChildProcess): Promise<string> {
  const said: string[] = []
  for await (const line of createInterface({ input: stderr as NodeJS.ReadableStream })) {
    const url = /^Watch it: (\S+)$/.exec(line)?.[1]
    // What else it says is read and dropped, or it would wait for its reader.
    stderr?.resume()
    if (url !== undefined) return url
    said.push(line)
  }
  throw new Error(`The audit did not open a console:\n${said.join('\n')}`)
}

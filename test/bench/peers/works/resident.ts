import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

/** The memory that processes have resident, in bytes, all together; what they share counts once where the system tells (`pss`). */
export async function residentBytes(pids: readonly number[]): Promise<number> {
  const sizes = await sizesOf('pss', pids).catch(() => sizesOf('rss', pids))
  return sizes.reduce((sum, size) => sum + size * 1_024, 0)
}

/** In KiB, each. */
async function sizesOf(kind: 'pss' | 'rss', pids: readonly number[]): Promise<readonly number[]> {
  const { stdout } = await promisify(execFile)('ps', ['-o', `${kind}=`, '-p', pids.join(',')])
  return stdout.trim().split('\n').map(Number)
}

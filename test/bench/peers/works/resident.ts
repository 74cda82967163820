/**
 * The memory that processes have resident, all together; what they share counts once where the system tells (`pss`). Each of
 * them is weighed or none is: a sum that lacks one would be taken for a light peer.
 */
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

/** How processes are told. */
export type Pids = () => Promise<readonly number[]>

/** A server may end one of its own while the others are looked at: then they are asked for again, so many times in all. */
const ATTEMPTS = 3

/** In bytes. */
export async function residentBytes(pidsOf: Pids): Promise<number> {
  const kind = await kindHere()
  let unweighed: readonly number[] = []
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const pids = await pidsOf()
    const sizes = await sizesOf(kind, pids)
    unweighed = pids.filter((pid) => !sizes.has(pid))
    if (unweighed.length === 0) return sum(pids.map((pid) => sizes.get(pid) ?? 0)) * 1_024
  }
  throw new Error(`ps does not tell what these processes weigh: ${unweighed.join(', ')}`)
}

/** One kind for all that is compared: asked of this process, whose memory may always be seen. */
async function kindHere(): Promise<'pss' | 'rss'> {
  const sizes = await sizesOf('pss', [process.pid])
  return sizes.has(process.pid) ? 'pss' : 'rss'
}

/** In KiB, of those that are there and that `ps` tells about; it writes 0 or a dash where it does not know. */
async function sizesOf(kind: 'pss' | 'rss', pids: readonly number[]): Promise<ReadonlyMap<number, number>> {
  const told = promisify(execFile)('ps', ['-o', `pid=,${kind}=`, '-p', pids.join(',')], { timeout: 10_000 })
  // It fails if none of them is there, and if it doesn't know the kind.
  const { stdout } = await told.catch(() => ({ stdout: '' }))
  const lines = stdout.split('\n').map((line) => line.trim().split(/\s+/).map(Number))
  return new Map(lines.flatMap(([pid = 0, size = 0]) => (size > 0 ? [[pid, size]] : [])))
}

function sum(sizes: readonly number[]): number {
  return sizes.reduce((total, size) => total + size, 0)
}

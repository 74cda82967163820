/** Real processes with a tree of supervisors, killed with SIGKILL in the middle of restarts, backoffs, stops and cancels. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { seededRandom } from 'roscius/testing'
import type { FaultOptions, FaultReport, FaultSuite, Violation } from './fault-suite.js'
import { drawSeed } from './power.suite.js'
import { checkTree } from './supervision/check.js'
import type { ChildArguments } from './supervision/child.js'
import { type Line, readLedger } from './supervision/ledger.js'
import { killAtRandom, startVictim } from './victim.js'

const KILLS = 40
/** As many trees at a time: most of a life is waiting for a process to start. */
const TREES = 2
const MOMENTS = { early: 0.3, earlyMs: 600, lateMs: 600 }

export const suite: FaultSuite = {
  name: 'supervision',
  description: 'kill -9 of real processes in the middle of restarts, backoffs, shutdowns and cancels of a tree',
  run: attackTrees,
}

/** Several trees at once, each in a folder of its own, with the seed and the following ones. */
async function attackTrees({ seed = drawSeed(), kills = KILLS, log }: FaultOptions): Promise<FaultReport> {
  const share = Math.ceil(kills / TREES)
  log(
    `${kills} kills, seeds ${seed} to ${seed + TREES - 1} with ${share} kills each (again: --seed ${seed} --kills ${kills})`,
  )
  const reports = await Promise.all(Array.from({ length: TREES }, (_, n) => attackTree(seed + n, share, log)))
  const violations = reports.flatMap((report) => report.violations).map((violation) => ({ ...violation, seed }))
  return { runs: share * TREES, violations, facts: factsOf(reports.flatMap(({ lines }) => lines)) }
}

interface Attack {
  readonly violations: readonly Violation[]
  readonly lines: readonly Line[]
}

/** One tree, killed again and again, then left in peace and judged. */
export async function attackTree(seed: number, kills: number, log: (line: string) => void): Promise<Attack> {
  const home = await mkdtemp(join(tmpdir(), 'roscius-supervision-'))
  const ledger = join(home, 'ledger')
  const folder = join(home, 'data')
  await writeFile(ledger, '')
  const random = seededRandom(seed)
  const victim = (of: Pick<ChildArguments, 'life' | 'mode'>) =>
    startVictim('supervision/child', { folder, ledger, seed, ...of } satisfies ChildArguments)
  const violations: Violation[] = []
  for (let life = 1; life <= kills; life++) {
    const message = await killAtRandom(victim({ life, mode: 'storm' }), MOMENTS, () => random.next())
    if (message !== undefined) violations.push({ invariant: 'process', message: `life ${life}: ${message}`, seed })
    if (life % 10 === 0) log(`seed ${seed}: ${life} kills`)
  }
  const { code, text } = await victim({ life: kills + 1, mode: 'rest' }).exited
  if (code !== 0) violations.push({ invariant: 'process', message: `the last process gave up: ${text}`, seed })
  const lines = readLedger(ledger)
  for (const breach of checkTree(lines)) violations.push({ ...breach, seed })
  if (violations.length === 0) await rm(home, { recursive: true })
  else log(`the folder and the ledger of seed ${seed} are kept in ${home}`)
  return { violations, lines }
}

function factsOf(lines: readonly Line[]): Record<string, number> {
  const told = (type: string): number => lines.filter((line) => line.t === 'told' && line.event === type).length
  const count = (t: Line['t']): number => lines.filter((line) => line.t === t).length
  return {
    'steps asked for': count('asked'),
    failures: count('threw'),
    restarts: told('childRestarted'),
    'restarts that waited': told('childBackingOff'),
    'groups restarted': told('groupRestarting'),
    'supervisors that gave up': told('intensityExceeded'),
    'subtrees cancelled': told('actorCancelled'),
  }
}

/** Real processes on a LevelDB folder, killed with SIGKILL at random moments, and held against an independent ledger. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { seededRandom } from 'roscius/testing'
import type { FaultOptions, FaultReport, FaultSuite, Violation } from './fault-suite.js'
import { drawSeed } from './power.suite.js'
import { type Contexts, checkLedger } from './storm/check.js'
import type { ChildArguments } from './storm/child.js'
import { type Line, readLedger } from './storm/ledger.js'
import { killAtRandom, startVictim } from './victim.js'

const KILLS = 50
/** As many storms at a time: most of a life is waiting for a process to start. */
const STORMS = 2
/** A part of the kills strikes while the process starts and recovers, the others while it works. */
const MOMENTS = { early: 0.25, earlyMs: 500, lateMs: 300 }

export const suite: FaultSuite = {
  name: 'crash',
  description: 'kill -9 of real processes with 200 actors, compared with a ledger that the outside keeps',
  run: attackProcesses,
}

/** Several storms at once, each on a folder of its own, with the seed and the following ones. */
async function attackProcesses({ seed = drawSeed(), kills = KILLS, log }: FaultOptions): Promise<FaultReport> {
  const share = Math.ceil(kills / STORMS)
  log(
    `${kills} kills, seeds ${seed} to ${seed + STORMS - 1} with ${share} kills each (again: --seed ${seed} --kills ${kills})`,
  )
  const reports = await Promise.all(Array.from({ length: STORMS }, (_, n) => storm(seed + n, share, log)))
  const violations = reports.flatMap((report) => report.violations).map((violation) => ({ ...violation, seed }))
  const lines = reports.flatMap((report) => report.lines)
  return { runs: share * STORMS, violations, facts: factsOf(lines) }
}

interface Storm {
  readonly violations: readonly Violation[]
  readonly lines: readonly Line[]
}

async function storm(seed: number, kills: number, log: (line: string) => void): Promise<Storm> {
  const home = await mkdtemp(join(tmpdir(), 'roscius-crash-'))
  const ledger = join(home, 'ledger')
  await writeFile(ledger, '')
  const random = seededRandom(seed)
  const violations: Violation[] = []
  for (let life = 1; life <= kills; life++) {
    const args: ChildArguments = { folder: join(home, 'data'), ledger, seed, life, mode: 'storm' }
    const message = await killAtRandom(startVictim('storm/child', args), MOMENTS, () => random.next())
    if (message !== undefined) violations.push({ invariant: 'process', message: `life ${life}: ${message}`, seed })
    if (life % 10 === 0) log(`seed ${seed}: ${life} kills`)
  }
  const contexts = await lookAtRest({ folder: join(home, 'data'), ledger, seed, life: kills + 1, mode: 'rest' })
  const lines = readLedger(ledger)
  if (typeof contexts === 'string') violations.push({ invariant: 'process', message: contexts, seed })
  else for (const breach of checkLedger(lines, contexts)) violations.push({ ...breach, seed })
  if (violations.length === 0) await rm(home, { recursive: true })
  else log(`the folder and the ledger of seed ${seed} are kept in ${home}`)
  return { violations, lines }
}

/** A last process brings all to rest and prints what is there. */
async function lookAtRest(args: ChildArguments): Promise<Contexts | string> {
  const { code, text } = await startVictim('storm/child', args).exited
  const json = text.split('\n').find((line) => line.startsWith('{'))
  return code === 0 && json !== undefined ? (JSON.parse(json) as Contexts) : `the last process gave up: ${text}`
}

function factsOf(lines: readonly Line[]): Record<string, number> {
  const count = (t: Line['t']): number => lines.filter((line) => line.t === t).length
  const again = lines.filter((line) => line.t === 'deed' && line.attempt > 1).length
  return {
    'steps asked for': count('asked'),
    effects: count('deed'),
    'effects started again': again,
    'actions of unknown outcome': count('unknown'),
  }
}

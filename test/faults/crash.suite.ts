/** Real processes on a LevelDB folder, killed with SIGKILL at random moments, and held against an independent ledger. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { seededRandom } from 'roscius/testing'
import type { FaultOptions, FaultReport, FaultSuite, Violation } from './fault-suite.js'
import { drawSeed } from './power.suite.js'
import { type Contexts, checkLedger } from './storm/check.js'
import type { ChildArguments } from './storm/child.js'
import { type Line, readLedger } from './storm/ledger.js'

const KILLS = 50
/** As many storms at a time: most of a life is waiting for a process to start. */
const STORMS = 2
/** A part of the kills strikes while the process starts and recovers, the others while it works. */
const EARLY = 0.25
const EARLY_MS = 500
const LATE_MS = 300

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
    const message = await killOne(args, () => random.next())
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

/** Starts a process and kills it. Answers what went wrong before that, if anything did. */
async function killOne(args: ChildArguments, next: () => number): Promise<string | undefined> {
  const isEarly = next() < EARLY
  const delayMs = next() * (isEarly ? EARLY_MS : LATE_MS)
  const child = start(args)
  const output = outputOf(child)
  if (!isEarly) await Promise.race([output.ready, output.exited])
  await Promise.race([pause(delayMs), output.exited])
  child.kill('SIGKILL')
  const { signal, text } = await output.exited
  return signal === 'SIGKILL' ? undefined : `the process ended by itself: ${text}`
}

/** A last process brings all to rest and prints what is there. */
async function lookAtRest(args: ChildArguments): Promise<Contexts | string> {
  const { code, text } = await outputOf(start(args)).exited
  const json = text.split('\n').find((line) => line.startsWith('{'))
  return code === 0 && json !== undefined ? (JSON.parse(json) as Contexts) : `the last process gave up: ${text}`
}

interface Exit {
  readonly code: number | null
  readonly signal: string | null
  /** All that it printed. */
  readonly text: string
}

function outputOf(child: ChildProcess): { readonly ready: Promise<void>; readonly exited: Promise<Exit> } {
  let text = ''
  const ready = new Promise<void>((resolve) => {
    child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk
      if (text.includes('ready\n')) resolve()
    })
  })
  child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk
  })
  const exited = once(child, 'close').then(([code, signal]) => ({ code, signal, text }) as Exit)
  return { ready, exited }
}

function start(args: ChildArguments): ChildProcess {
  return spawn(process.execPath, [childPath(), JSON.stringify(args)], { stdio: ['ignore', 'pipe', 'pipe'] })
}

/** The compiled child, also when this file runs as TypeScript in a test. */
function childPath(): string {
  const here = fileURLToPath(import.meta.url)
  return here.endsWith('.js')
    ? fileURLToPath(new URL('storm/child.js', import.meta.url))
    : fileURLToPath(new URL('../../dist/test/faults/storm/child.js', import.meta.url))
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

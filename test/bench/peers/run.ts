/**
 * `npm run bench:peers -- [--json] [--quick] [--only <peer>]… [--work <work>]… [--save]`
 *
 * Measures Roscius and its peers side by side. Progress goes to stderr; stdout holds the report alone: tables, or with `--json`
 * one object `{ rows, peers, environment }`. `--save` also writes what the documentation shows of it, if nobody has failed.
 * Exits 1 when a peer that is here failed at a work; a missed goal is a finding.
 */
import { parseArgs } from 'node:util'
import { environment } from '../harness/report.js'
import type { Peer, WorkName } from './peer.js'
import { peers } from './peers.js'
import { goalRows, peerRows } from './report/rows.js'
import { type SavedRun, save } from './report/saved.js'
import { tables } from './report/tables.js'
import type { Results } from './results.js'
import { runSuite } from './suite.js'
import { works } from './works/index.js'

const { values: options } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    quick: { type: 'boolean', default: false },
    only: { type: 'string', multiple: true, default: [] },
    work: { type: 'string', multiple: true, default: [] },
    save: { type: 'boolean', default: false },
  },
})

// Whatever was started ends with this process: by handlers of its exit, which a signal alone would not run.
for (const [signal, code] of Object.entries({ SIGINT: 130, SIGTERM: 143 }))
  process.once(signal, () => process.exit(code))

checkSave(options)
const started = performance.now()
const results = await runSuite(wantedPeers(), {
  quick: options.quick,
  works: wantedWorks(),
  onProgress: (what) => process.stderr.write(`${elapsed()} ${what}\n`),
})
process.stderr.write(`${elapsed()} in all\n`)
report(results)
const failures = results.peers.filter(hasFailed).map(({ name }) => name)
if (failures.length > 0) fail(`failed: ${failures.join(', ')}${options.save ? '; nothing is saved' : ''}`)
else if (options.save) await save(theRun(results))

function fail(why: string): void {
  process.stderr.write(`${why}\n`)
  process.exitCode = 1
}

/** What the documentation shows is the whole suite, of one run. */
function checkSave({ save, quick, only, work }: typeof options): void {
  if (save && (quick || only.length > 0 || work.length > 0))
    refuse('--save keeps a run of the whole suite: it goes with none of --quick, --only and --work')
}

/** Roscius, and those that are named, or all. */
function wantedPeers(): readonly Peer[] {
  const [first, ...others] = peers
  check(
    'peer',
    options.only,
    peers.map(({ id }) => id),
  )
  return [first, ...others.filter(({ id }) => options.only.length === 0 || options.only.includes(id))]
}

function wantedWorks(): readonly WorkName[] {
  const names = Object.keys(works) as WorkName[]
  check('work', options.work, names)
  return names.filter((name) => options.work.length === 0 || options.work.includes(name))
}

function check(what: string, given: readonly string[], known: readonly string[]): void {
  const unknown = given.filter((name) => !known.includes(name))
  if (unknown.length === 0) return
  refuse(`no ${what} ${unknown.join(', ')}; there are: ${known.join(', ')}`)
}

function refuse(why: string): never {
  process.stderr.write(`${why}\n`)
  process.exit(2)
}

function report(results: Results): void {
  const goals = goalRows(results)
  const rows = [...goals, ...peerRows(results)]
  const whole = { rows, peers: results.peers, environment: environment() }
  process.stdout.write(options.json ? `${JSON.stringify(whole, null, 2)}\n` : `${tables(results, goals)}\n`)
}

function theRun({ peers }: Results): SavedRun {
  const given = process.argv.slice(2).filter((flag) => flag !== '--save' && flag !== '--json')
  return {
    date: new Date().toISOString().slice(0, 10),
    command: ['npm run bench:peers', ...(given.length > 0 ? ['--', ...given] : [])].join(' '),
    minutes: Math.round((performance.now() - started) / 60_000),
    environment: environment(),
    peers,
  }
}

function hasFailed({ works }: Results['peers'][number]): boolean {
  return Object.values(works).some((work) => 'failed' in work)
}

function elapsed(): string {
  const seconds = Math.round((performance.now() - started) / 1_000)
  return `${String(Math.floor(seconds / 60)).padStart(2)}:${String(seconds % 60).padStart(2, '0')}`
}

/**
 * A foreman in one process, his workers in another. Both are killed with SIGKILL and the wire between them is cut; in the end
 * it is counted whether each job was done once. Exit code 1 if not.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { JOBS, runOffice, WORKERS } from './office.js'
import { Play } from './play.js'
import { Relay } from './relay.js'
import { Timeline, verdictText } from './telling.js'
import { runWorkshop } from './workshop.js'

/** For the two processes: which of them it is, its store, and what else it needs. */
const ROLE = '--role'
const USAGE = `Usage: npm run example -- 03-two-nodes

Has a foreman in one process give ${JOBS} jobs to workers in another, kills both, and counts. It takes no options.
`

const { stdout, stderr, env } = process
const [, , option, role, store = '', argument = ''] = process.argv

// Whoever reads may leave early, as `head` does: then it plays on unseen and clears up.
stdout.on('error', () => undefined)

if (option === undefined) process.exitCode = await play()
else if (option === ROLE && role === 'office') await runOffice(store, argument)
else if (option === ROLE && role === 'workshop') await runWorkshop(store, argument)
else tellUsage()

function tellUsage(): void {
  const isAsked = option === '--help'
  const stream = isAsked ? stdout : stderr
  stream.write(USAGE)
  process.exitCode = isAsked ? 0 : 2
}

async function play(): Promise<number> {
  const write = (text: string): unknown => stdout.write(text)
  const folder = await mkdtemp(join(tmpdir(), 'roscius-nodes-'))
  const timeline = new Timeline(write, stdout.isTTY === true && !env.NO_COLOR)
  const relay = await Relay.open()
  const scene = new Play(folder, relay, timeline)
  try {
    timeline.heading(`1. ${JOBS} jobs for ${WORKERS.length} workers in another process`)
    const verdict = await scene.run()
    timeline.heading('2. What came of it')
    write(verdictText(verdict))
    return verdict.isRight ? 0 : 1
  } catch (error) {
    stderr.write(`\nIt broke off: ${error instanceof Error ? error.message : String(error)}\n`)
    return 1
  } finally {
    await scene.clear()
    await relay[Symbol.asyncDispose]()
    await rm(folder, { recursive: true, force: true })
  }
}

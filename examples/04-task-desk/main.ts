/**
 * The desk works in two processes on one store. The first is killed with SIGKILL when a parcel has left and the desk does not
 * know it yet; the second goes on.
 */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate as moment } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { type Desk, openDesk, startDesk } from './desk.js'
import { Outside } from './outside.js'
import { boardText, budgetText, deedsText, HEADING, outsideText, tellDecisions } from './telling.js'

/** For the process that is killed: the folder of the store follows. */
const UNTIL_KILLED = '--until-killed'
const USAGE =
  'Usage: npm run example -- 04-task-desk\n\nHas a desk work off four requests, and kills it in the middle. It takes no options.\n'

const [, , option, folderOfStore] = process.argv
const write = (text: string): unknown => process.stdout.write(text)
const tellOutside = (text: string): unknown => write(outsideText(text))

if (option === undefined) await play()
else if (option === UNTIL_KILLED && folderOfStore !== undefined) await playUntilKilled(folderOfStore)
else tellUsage()

function tellUsage(): void {
  const isAsked = option === '--help'
  const stream = isAsked ? process.stdout : process.stderr
  stream.write(USAGE)
  process.exitCode = isAsked ? 0 : 2
}

async function play(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'roscius-desk-'))
  try {
    await killInTheMiddle(folder)
    await goOn(folder)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function killInTheMiddle(folder: string): Promise<void> {
  const child = fork(fileURLToPath(import.meta.url), [UNTIL_KILLED, folder])
  const ended = once(child, 'exit')
  await Promise.race([once(child, 'message'), ended])
  child.kill('SIGKILL')
  const [, signal] = await ended
  if (signal !== 'SIGKILL') throw new Error('The first process has ended before it could be killed.')
}

/** The parcel leaves, and this process says no more. */
async function playUntilKilled(folder: string): Promise<void> {
  const onParcel = async (): Promise<void> => {
    if (process.connected) {
      process.send?.('now')
      await once(process, 'disconnect')
    }
    // The one who kills has died itself.
    process.exit(1)
  }
  const outside = new Outside({ file: join(folder, 'deeds'), tell: tellOutside, onParcel })
  write(`\n1. Four requests come in\n\n${HEADING}`)
  const system = await openDesk(join(folder, 'store'), outside)
  await tellDecisions(system, write)
  answerQuestions(system)
  await startDesk(system)
}

async function goOn(folder: string): Promise<void> {
  const outside = new Outside({ file: join(folder, 'deeds'), tell: tellOutside })
  tellOutside('kill -9: the parcel has left, and its receipt has not arrived')
  await using system = await openDesk(join(folder, 'store'), outside)
  const board = system.actor('board', 'desk/board')
  const { value, context } = board.getSnapshot()
  write('\n2. Another process opens the store\n')
  write(boardText(String(value), context.tasks))
  await tellDecisions(system, write)
  answerQuestions(system)
  await board.result()
  const { value: last, context: finished } = board.getSnapshot()
  write('\n3. What came of it\n')
  write(boardText(String(last), finished.tasks))
  write(`   What was done in the world, all in all:\n\n${deedsText(outside.deeds())}\n`)
  write(`   What the desk has used:\n\n${budgetText(system.budget('desk')?.lines ?? [])}\n`)
}

/** Ruth is asked about large refunds. She says yes to what came back. */
function answerQuestions(system: Desk): void {
  system.on((event) => {
    if (event.type === 'approvalRequested') void answer(system, event.approvalId)
  })
}

async function answer({ approvals }: Desk, id: string): Promise<void> {
  // She takes a moment, as people do.
  await moment()
  const { what = '', why = '' } = approvals.get(id) ?? {}
  tellOutside(`Ruth is asked: ${what}?`)
  const isBack = why.includes('came back')
  tellOutside(`Ruth says ${isBack ? 'yes' : 'no'}`)
  if (isBack) await approvals.approve(id, { by: 'Ruth' })
  else await approvals.deny(id, { by: 'Ruth', reason: 'not before it is here' })
}

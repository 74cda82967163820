/**
 * Plays the script in two processes on one store: the first is killed with SIGKILL, the second goes on. The folder of the
 * store is a temporary one.
 */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Arguments, readArguments, USAGE } from './arguments.js'
import { createJsonOutlet } from './notice.js'
import { createTextOutlet } from './notice-text.js'
import { afterTheKill, beforeTheKill, playSteps } from './script.js'
import { Stage } from './stage.js'

const { stdout, stderr, env, argv } = process

type Play = Extract<Arguments, { command: 'play' }>

const OPENING = Date.UTC(2026, 10, 21, 9)
/** From the kill to the next start. */
const DOWN_MS = 50

// Whoever reads may leave early, as `head` does: then it plays on unseen and clears up.
stdout.on('error', () => undefined)
process.exitCode = await main(readArguments(argv.slice(2)))

async function main(options: Arguments): Promise<number> {
  switch (options.command) {
    case 'help':
      stdout.write(USAGE)
      return 0
    case 'invalid':
      stderr.write(`${options.message}\n\n${USAGE}`)
      return 2
    case 'play':
      return options.untilKilled === undefined ? play(options) : playUntilKilled(options, options.untilKilled)
  }
}

async function play(options: Play): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'roscius-newsroom-'))
  try {
    const killedAt = await killInTheMiddle(folder)
    await using stage = await openStage(options, folder, killedAt + DOWN_MS)
    await playSteps(stage, afterTheKill, beforeTheKill.length + 1)
    return 0
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** Has another process play the first part and kills it; resolves with the time that its clock showed. */
async function killInTheMiddle(folder: string): Promise<number> {
  const child = fork(fileURLToPath(import.meta.url), [...argv.slice(2), '--until-killed', folder])
  const ended = once(child, 'exit')
  const [killedAt] = await Promise.race([once(child, 'message'), ended])
  child.kill('SIGKILL')
  const [, signal] = await ended
  if (signal !== 'SIGKILL') throw new Error('The first process has ended before it could be killed.')
  return Number(killedAt)
}

async function playUntilKilled(options: Play, folder: string): Promise<number> {
  const stage = await openStage(options, folder, OPENING)
  await playSteps(stage, beforeTheKill, 1)
  process.send?.(stage.now)
  // Nobody else is left to end it if the one who kills has died.
  await once(process, 'disconnect')
  return 1
}

function openStage({ isJson, isFast }: Play, folder: string, now: number): Promise<Stage> {
  const isWatched = stdout.isTTY === true
  const write = (text: string): unknown => stdout.write(text)
  const outlet = isJson ? createJsonOutlet(write) : createTextOutlet(write, isWatched && !env.NO_COLOR)
  return Stage.open({ folder, now, outlet, isSlow: isWatched && !isFast && !isJson })
}

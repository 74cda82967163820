/** A process that is there to be killed: how it is started, what it says, how it ends. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

export interface Exit {
  readonly code: number | null
  readonly signal: string | null
  /** All that it printed. */
  readonly text: string
}

export interface Victim {
  /** Resolves when it has printed `ready`. */
  readonly ready: Promise<void>
  readonly exited: Promise<Exit>
  kill(): void
}

/** Starts the compiled program `test/faults/<name>.js`, also when this file runs as TypeScript in a test. */
export function startVictim(name: string, args: object): Victim {
  const here = import.meta.url
  const folder = here.endsWith('.js') ? new URL('.', here) : new URL('../../dist/test/faults/', here)
  const program = fileURLToPath(new URL(`${name}.js`, folder))
  const child = spawn(process.execPath, [program, JSON.stringify(args)], { stdio: ['ignore', 'pipe', 'pipe'] })
  let text = ''
  const ready = new Promise<void>((resolve) => {
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk
      if (text.includes('ready\n')) resolve()
    })
  })
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk
  })
  const exited = once(child, 'close').then(([code, signal]) => ({ code, signal, text }) as Exit)
  return { ready, exited, kill: () => void child.kill('SIGKILL') }
}

/** When a process is killed: a part of the kills strikes while it starts and recovers, the others while it works. */
export interface Moments {
  /** The share of the early ones, 0 to 1. */
  readonly early: number
  /** The latest moment of an early kill, in ms from the start of the process. */
  readonly earlyMs: number
  /** The latest moment of the others, in ms from its `ready`. */
  readonly lateMs: number
}

/** Kills it at a random moment. Answers what went wrong before that, if anything did. */
export async function killAtRandom(victim: Victim, moments: Moments, next: () => number): Promise<string | undefined> {
  const isEarly = next() < moments.early
  const delayMs = next() * (isEarly ? moments.earlyMs : moments.lateMs)
  if (!isEarly) await Promise.race([victim.ready, victim.exited])
  await Promise.race([pause(delayMs), victim.exited])
  victim.kill()
  const { signal, text } = await victim.exited
  return signal === 'SIGKILL' ? undefined : `the process ended by itself: ${text}`
}

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { root } from '../../support/compile.js'
import { command } from '../../support/package.js'

const MAIN = join(root, 'dist/examples/01-audit/main.js')
/** Of util-linux: runs a command at a pseudo-terminal. */
const SCRIPT = 'script'

/** An audit in a process of its own, whose output is kept and whose reads are witnessed by a log file. */
export interface AuditProcess {
  readonly child: ChildProcess
  /** What it has printed so far. */
  readonly output: { readonly stdout: string; readonly stderr: string }
  /** Resolves when it has ended and its output is complete; `code` is null after a kill. */
  readonly ended: Promise<{ readonly code: number | null; readonly stdout: string; readonly stderr: string }>
}

/** Without a terminal. */
export function startAudit(
  args: readonly string[],
  readLog?: string,
  env: Readonly<Record<string, string>> = {},
): AuditProcess {
  return followed(
    spawn(process.execPath, [MAIN, ...args], {
      env: { ...process.env, ...env, ...logIn(readLog) },
      stdio: ['ignore', 'pipe', 'pipe'],
    }),
  )
}

/** At a pseudo-terminal of its own: what it prints is in `stdout`, what is typed goes to `child.stdin`. Linux only. */
export function startAtTerminal(args: readonly string[], readLog?: string): AuditProcess {
  const line = [process.execPath, MAIN, ...args].map((part) => `'${part}'`).join(' ')
  return followed(
    spawn(SCRIPT, ['-qec', line, '/dev/null'], { env: { ...process.env, ...logIn(readLog) }, stdio: 'pipe' }),
  )
}

/** `roscius approvals …`, to its end. */
export function approvals(...args: readonly string[]): AuditProcess['ended'] {
  return followed(spawn(process.execPath, [command, 'approvals', ...args], { stdio: ['ignore', 'pipe', 'pipe'] })).ended
}

function logIn(readLog: string | undefined): Readonly<Record<string, string>> {
  return readLog === undefined ? {} : { ROSCIUS_AUDIT_READ_LOG: readLog }
}

function followed(child: ChildProcess): AuditProcess {
  const output = { stdout: '', stderr: '' }
  child.stdout?.on('data', (chunk) => (output.stdout += chunk))
  child.stderr?.on('data', (chunk) => (output.stderr += chunk))
  return { child, output, ended: once(child, 'close').then(([code]) => ({ code, ...output })) }
}

/** Resolves with true once it has printed `text`, with false when it ended before. */
export async function hasPrinted({ child, output }: AuditProcess, text: string): Promise<boolean> {
  const isThere = (): boolean => output.stdout.includes(text) || output.stderr.includes(text)
  while (child.exitCode === null && child.signalCode === null && !isThere()) await pause(5)
  return isThere()
}

/** Resolves with true once the log has `lines` lines, with false when the process ended before. */
export async function hasRead({ child }: AuditProcess, readLog: string, lines: number): Promise<boolean> {
  while (child.exitCode === null && child.signalCode === null) {
    if (readsOf(readLog).length >= lines) return true
    await pause(2)
  }
  return false
}

export interface Read {
  readonly pid: number
  readonly path: string
}

/** The reads that a log testifies to, in order. */
export function readsOf(readLog: string): readonly Read[] {
  return readFileSync(readLog, 'utf8')
    .split('\n')
    .slice(0, -1)
    .map((line) => {
      const at = line.indexOf(' ')
      return { pid: Number(line.slice(0, at)), path: JSON.parse(line.slice(at + 1)) }
    })
}

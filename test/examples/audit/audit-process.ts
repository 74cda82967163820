import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

const MAIN = fileURLToPath(new URL('../../../dist/examples/01-audit/main.js', import.meta.url))

/** An audit in a process of its own, whose output is kept and whose reads are witnessed by a log file. */
export interface AuditProcess {
  readonly child: ChildProcess
  /** Resolves when it has ended and its output is complete; `code` is null after a kill. */
  readonly ended: Promise<{ readonly code: number | null; readonly stdout: string; readonly stderr: string }>
}

export function startAudit(args: readonly string[], readLog?: string): AuditProcess {
  const env = { ...process.env, ...(readLog === undefined ? {} : { ROSCIUS_AUDIT_READ_LOG: readLog }) }
  const child = spawn(process.execPath, [MAIN, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] })
  let [stdout, stderr] = ['', '']
  child.stdout.on('data', (chunk) => (stdout += chunk))
  child.stderr.on('data', (chunk) => (stderr += chunk))
  return { child, ended: once(child, 'close').then(([code]) => ({ code, stdout, stderr })) }
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

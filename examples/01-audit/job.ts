/**
 * The audit as a tree of supervision:
 *
 *     job              one for one
 *       coordinator    durable: what was listed, handed out and found
 *       pool           one for one
 *         analyst      volatile: throws on hostile files
 *         worker-1 … 8 volatile
 *
 * The analyst is up before the workers that ask it. What is volatile has no state to lose: after a crash of the process the
 * pool starts it anew.
 */
import { type LogicTable, supervisor } from 'roscius'
import { analystMachine } from './analyst.js'
import { auditMachine } from './coordinator.js'
import { createReadFile, workerMachine } from './worker.js'

/** As many files are read at a time; their findings share commits. */
export const WORKERS = 8

/** Files have nothing to do with one another: a folder full of hostile ones must not end the audit, an endless loop must. */
const INTENSITY = { maxRestarts: 1_000, withinMs: 100 }

/** Only its own history is of no use to an audit, so little of it is kept. */
const KEEP = { records: 100 }

const pool = supervisor({
  intensity: INTENSITY,
  children: [
    { id: 'analyst', logic: 'analyst', systemId: 'analyst' },
    ...Array.from({ length: WORKERS }, (_, index) => ({ id: `worker-${index + 1}`, logic: 'worker' })),
  ],
})

/** The logic of an audit of `root`, an absolute path; `onRead` is called before each read. */
export function createLogic(root: string, onRead?: (path: string) => void) {
  const job = supervisor({
    children: [
      { id: 'coordinator', logic: 'audit', systemId: 'coordinator', input: { root } },
      { id: 'pool', logic: 'pool' },
    ],
  })
  return {
    job,
    pool,
    audit: { logic: auditMachine, keep: KEEP },
    analyst: { logic: analystMachine, durability: 'volatile' },
    worker: { logic: workerMachine.provide({ actors: { readFile: createReadFile(onRead) } }), durability: 'volatile' },
  } as const satisfies LogicTable
}

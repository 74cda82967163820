import type { Bench } from '../harness/bench.js'
import { cancel } from './cancel.js'
import { otp } from './otp.js'
import { restart } from './restart.js'
import { step } from './step.js'
import { storm } from './storm.js'

/** Supervision's rows: what it costs when nothing fails, how fast it restarts, and how it ends a subtree. */
export const supervision: readonly Bench[] = [...step, ...restart, ...storm, ...cancel, ...otp]

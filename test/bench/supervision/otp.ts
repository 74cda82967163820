/**
 * A restart and its first answer beside Erlang/OTP's on this machine, where `erl` is installed: OTP as it comes, which logs
 * every failure, and with its logger off. Nobody listens to the system's events on our side.
 */
import { execFile } from 'node:child_process'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import type { Bench } from '../harness/bench.js'
import { benchFolder } from '../harness/folder.js'
import { interleave } from '../harness/rounds.js'
import { notMeasured, type Row, type RowSpec, rowOf } from '../harness/row.js'
import { Faults } from './fragile.js'
import { medianRestartMs, supervised } from './restarts.js'

const SOURCES = resolve('test', 'bench', 'supervision', 'otp')
const LIMITS = { timeout: 60_000, maxBuffer: 256 * 1_024 * 1_024 }
const WARM_UP = 2_000

type Logging = 'logged' | 'silent'

const run = promisify(execFile)

/** The release of OTP; undefined where it isn't installed. */
async function otpRelease(): Promise<string | undefined> {
  try {
    const tell = 'io:put_chars(erlang:system_info(otp_release)),halt().'
    const { stdout } = await run('erl', ['-noshell', '-eval', tell], LIMITS)
    return stdout
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

async function compile(into: string): Promise<void> {
  const files = ['agent.erl', 'restart_bench.erl'].map((file) => join(SOURCES, file))
  await run('erlc', ['-o', into, ...files], LIMITS)
}

/** The median restart of a `gen_statem` under a `supervisor`, in ms. */
async function medianOtpMs(folder: string, restarts: number, logging: Logging): Promise<number> {
  const program = ['-run', 'restart_bench', 'main', String(restarts), logging]
  const { stdout } = await run('erl', ['-noshell', '-pa', folder, ...program], LIMITS)
  const [, median] = /^median ([\d.]+) ms$/m.exec(stdout) ?? []
  if (median === undefined) throw new Error(`restart_bench has printed no median: ${stdout.slice(-500)}`)
  return Number(median)
}

const latency = { unit: 'ms p50', better: 'lower' } as const
const asItComes: RowSpec = { id: 'supervision.otp', ...latency, goal: 1 }
const silent: RowSpec = { id: 'supervision.otp-silent', ...latency, goal: null }

async function besideOtp(quick: boolean, release: string): Promise<readonly Row[]> {
  await using folder = await benchFolder()
  await compile(folder.path)
  const faults = new Faults()
  await using one = await supervised(join(folder.path, 'store'), faults, 'volatile')
  await medianRestartMs(WARM_UP, one, faults)
  const restarts = quick ? 1_000 : 3_000
  const quiet: number[] = []
  const { subject, baseline } = await interleave({
    rounds: quick ? 1 : 7,
    warmUps: 0,
    subject: () => medianRestartMs(restarts, one, faults),
    baseline: async () => {
      quiet.push(await medianOtpMs(folder.path, restarts, 'silent'))
      return await medianOtpMs(folder.path, restarts, 'logged')
    },
  })
  return [
    rowOf({ ...asItComes, note: `Erlang/OTP ${release} as it comes: it logs each failure` }, subject, baseline),
    rowOf({ ...silent, note: `Erlang/OTP ${release}, its logger off` }, subject, quiet),
  ]
}

export const otp: readonly Bench[] = [
  {
    ids: [asItComes.id, silent.id],
    async run({ quick }) {
      const release = await otpRelease()
      if (release !== undefined) return await besideOtp(quick, release)
      const why = 'not installed: Erlang/OTP (erl, erlc)'
      return [notMeasured(asItComes, why), notMeasured(silent, why)]
    },
  },
]

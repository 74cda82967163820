/** The Erlang of this suite, compiled where the rest of it is. */
import { execFile, spawnSync } from 'node:child_process'
import { mkdir, readdir } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'

const BENCH = resolve('test', 'bench')
const SOURCES = [join(BENCH, 'peers', 'otp'), join(BENCH, 'supervision', 'otp')]
const INTO = resolve('.cache', 'bench', 'otp')
const LIMITS = { timeout: 60_000 }

let compiling: Promise<string> | undefined

/** The folder of the compiled modules; once for each run of the suite. */
export function compiled(): Promise<string> {
  compiling ??= compile()
  return compiling
}

async function compile(): Promise<string> {
  await mkdir(INTO, { recursive: true })
  const files = await Promise.all(SOURCES.map(sourcesIn))
  await promisify(execFile)('erlc', ['-o', INTO, ...files.flat()], LIMITS)
  return INTO
}

async function sourcesIn(folder: string): Promise<readonly string[]> {
  const names = await readdir(folder)
  return names.filter((name) => name.endsWith('.erl')).map((name) => join(folder, name))
}

/** Of OTP; undefined where it isn't installed. */
export function otpVersion(): string | undefined {
  const file = 'filename:join([code:root_dir(),"releases",erlang:system_info(otp_release),"OTP_VERSION"])'
  const tell = `{ok,V}=file:read_file(${file}),io:put_chars(V),halt().`
  const { stdout, status } = spawnSync('erl', ['-noinput', '-eval', tell], { encoding: 'utf8', ...LIMITS })
  return status === 0 ? stdout.trim() : undefined
}

/** What `createConsole` and `createControl` are told, and how it is read. */
import { z } from 'zod'
import { type Clock, systemClock } from '../core/clock.js'
import type { Redaction } from '../governance/redaction/redaction.js'
import { redactionOption } from '../governance/redaction/redaction-option.js'
import { isLoopbackHost } from '../remote/loopback.js'
import { readWith, refusal } from '../supervision/refusal.js'
import { isHost } from './access/hosts.js'
import { MIN_TOKEN_CHARS, newToken } from './access/token.js'

/** Past which a node counts as standing still, or as unable to take work. All in ms. */
export interface HealthLimits {
  /** How late the event loop may be, at worst of the last ten seconds. Default 1 000. */
  readonly eventLoopMs?: number
  /** How long a commit may take, the one in flight included. Default 5 000. */
  readonly commitMs?: number
  /** How old the oldest waiting event may be. Default 30 000. */
  readonly oldestMailMs?: number
}

export interface ControlOptions {
  /** What an operator shows: at least 32 characters. Default: 32 random bytes. */
  readonly token?: string
  /** What a viewer shows, who may look and not act. Default: there are no viewers. */
  readonly viewerToken?: string
  /** Names (`host` or `host:port`) by which it is reached, beside those of this machine. */
  readonly allowedHosts?: readonly string[]
  /** What is taken out of all that is shown. Default: what `defineRedaction()` takes out; `false`: nothing. */
  readonly mask?: Redaction | false
  readonly health?: HealthLimits
  /** Path that it is mounted below in a server of your own, as `/roscius`. Default: the root. */
  readonly basePath?: string
  /** What nobody has foreseen, for a log: callers are only told that there was something. Default `console.error`. */
  readonly onError?: (error: unknown) => void
  /** Default: the machine's. */
  readonly clock?: Clock
}

export interface ConsoleOptions extends ControlOptions {
  /** Default 4477; 0: any that is free. */
  readonly port?: number
  /** IP address or name to listen at. Default `127.0.0.1`. Others need `allowedHosts`, and should be behind TLS. */
  readonly host?: string
  /** Folder of the system's store: the CLI finds the console there, by a file that only the owner can read. */
  readonly folder?: string
}

const token = z.string().min(MIN_TOKEN_CHARS).max(1_000).regex(/^\S+$/, 'must have no spaces')
const limitMs = z.number().positive()

const control = z.strictObject({
  token: token.optional(),
  viewerToken: token.optional(),
  allowedHosts: z.array(z.string().max(300).refine(isHost, 'must be a host, or host:port')).max(100).default([]),
  mask: redactionOption,
  health: z
    .strictObject({
      eventLoopMs: limitMs.default(1_000),
      commitMs: limitMs.default(5_000),
      oldestMailMs: limitMs.default(30_000),
    })
    .prefault({}),
  basePath: z
    .string()
    .max(500)
    .regex(/^(\/[A-Za-z0-9._~-]+)*$/, 'must be a path such as /roscius, without a / at its end')
    .default(''),
  onError: z
    .custom<(error: unknown) => void>((value) => typeof value === 'function', 'must be a function')
    .default(() => (error: unknown) => console.error(error)),
  clock: z.custom<Clock>((value) => typeof value === 'object' && value !== null, 'must be a clock').optional(),
})

const listening = control.extend({
  port: z.number().int().min(0).max(65_535).default(4_477),
  host: z.string().min(1).max(300).default('127.0.0.1'),
  folder: z.string().min(1).optional(),
})

export type ReadLimits = Required<HealthLimits>

export interface ReadControl {
  readonly token: string
  readonly viewerToken: string | undefined
  readonly allowedHosts: readonly string[]
  readonly mask: Redaction
  readonly health: ReadLimits
  readonly basePath: string
  readonly onError: (error: unknown) => void
  readonly clock: Clock
}

export interface ReadConsole extends ReadControl {
  readonly port: number
  readonly host: string
  readonly folder: string | undefined
}

export function readControl(options: unknown, where: string): ReadControl {
  return filled(readWith(control, options ?? {}, where), where)
}

export function readConsole(options: unknown): ReadConsole {
  const where = 'createConsole'
  const read = readWith(listening, options ?? {}, where)
  if (!isLoopbackHost(read.host) && read.allowedHosts.length === 0)
    throw refusal(`${where}.allowedHosts`, `must name by what it is reached at ${read.host}`)
  return { ...read, ...filled(read, where), folder: read.folder }
}

function filled(read: z.output<typeof control>, where: string): ReadControl {
  if (read.token !== undefined && read.token === read.viewerToken)
    throw refusal(`${where}.viewerToken`, 'must be another one than the token of operators')
  const { token = newToken(), viewerToken, clock = systemClock() } = read
  return { ...read, token, viewerToken, clock }
}

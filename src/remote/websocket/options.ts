/** The settings of `websocketTransport`, read at the door. */
import { z } from 'zod'
import type { Clock } from '../../core/clock.js'
import { readWith, refusal } from '../../supervision/refusal.js'
import { DEFAULT_HANDSHAKE_TIMEOUT_MS, DEFAULT_MAX_FRAME_BYTES } from '../transport.js'
import type { DoorLimits } from './doorkeeper.js'
import type { DialTls, PemText } from './ws.js'

export type { DialTls, PemText }

/** Certificate and key of a server; with `requireClientCertificate` both sides show one (mTLS). */
export interface ListenTls {
  readonly cert: PemText
  readonly key: PemText
  readonly passphrase?: string
  /** The authority of the callers' certificates. */
  readonly ca?: PemText
  /** Refuses callers without a certificate of `ca`; `remote.certificateName` is its common name. Default false. */
  readonly requireClientCertificate?: boolean
}

export interface ListenOptions {
  /** 0 takes a free one. */
  readonly port: number
  /** Default '127.0.0.1'. */
  readonly host?: string
  /** Default '/'. */
  readonly path?: string
  readonly tls?: ListenTls
}

export interface WebSocketTransportOptions {
  /** A server of its own. Without: it dials, and takes what comes through `attachTo`. */
  readonly listen?: ListenOptions
  /** For dialling `wss://`: the authority to trust in place of the system's, and this node's certificate. */
  readonly tls?: DialTls
  /** Default 1 MiB. */
  readonly maxFrameBytes?: number
  /** Pages whose browsers may connect, as `https://console.example`. Default: none. */
  readonly origins?: readonly string[]
  /** Names that callers dial, besides IP addresses, `localhost` and `listen.host`. */
  readonly hosts?: readonly string[]
  /** How long a dial may take, and how long a caller may stay unauthenticated. Default 10 000. */
  readonly handshakeTimeoutMs?: number
  /** How long the other side may take to answer a close. Default 2 000. */
  readonly closeTimeoutMs?: number
  /** Connections taken, at once. Default 4 096. */
  readonly maxConnections?: number
  /** Those of them that have not authenticated, at once. Default 64. */
  readonly maxUnauthenticated?: number
  /** How often one address may connect. Default: 64 at once, 16 a second. */
  readonly perAddress?: { readonly burst: number; readonly perSecond: number }
  /** Told of each caller that was turned away. */
  readonly onTurnedAway?: (caller: TurnedAway) => void
  readonly clock?: Clock
}

/** A caller that was turned away. */
export interface TurnedAway {
  /** Its IP address. */
  readonly address: string
  readonly reason:
    | 'badHost'
    | 'badOrigin'
    | 'badPath'
    | 'noCertificate'
    | 'notAuthenticated'
    | 'notListening'
    | 'tooManyConnections'
    | 'tooManyUnauthenticated'
    | 'tooOften'
}

export interface Settings extends DoorLimits {
  readonly listen: (ListenOptions & { readonly host: string; readonly path: string }) | undefined
  readonly tls: DialTls | undefined
  readonly maxFrameBytes: number
  readonly closeTimeoutMs: number
  readonly origins: readonly string[]
  readonly hosts: readonly string[]
  readonly onTurnedAway: (caller: TurnedAway) => void
}

const ms = z.number().int().min(1).max(2_147_483_647)
const count = z.number().int().min(1)
const onePem = z.union([z.string().min(1), z.instanceof(Buffer)])
const pem = z.union([onePem, z.array(onePem).min(1).readonly()])
const lowerCase = z.string().min(1).toLowerCase()
const path = z.string().regex(/^\/[^?#\s]*$/, 'must begin with "/" and hold no query')

const listenTls = z
  .strictObject({
    cert: pem,
    key: pem,
    passphrase: z.string().optional(),
    ca: pem.optional(),
    requireClientCertificate: z.boolean().optional(),
  })
  .refine(({ ca, requireClientCertificate }) => ca !== undefined || requireClientCertificate !== true, {
    path: ['ca'],
    message: 'is needed with requireClientCertificate: otherwise any certificate of any public authority would do',
  })

const schema = z.strictObject({
  listen: z
    .strictObject({
      port: z.number().int().min(0).max(65_535),
      host: z.string().min(1).default('127.0.0.1'),
      path: path.default('/'),
      tls: listenTls.optional(),
    })
    .optional(),
  tls: z
    .strictObject({
      ca: pem.optional(),
      cert: pem.optional(),
      key: pem.optional(),
      passphrase: z.string().optional(),
      servername: z.string().optional(),
    })
    .optional(),
  maxFrameBytes: z
    .number()
    .int()
    .min(1_024)
    .max(2 ** 30)
    .default(DEFAULT_MAX_FRAME_BYTES),
  origins: z.array(lowerCase).default([]),
  hosts: z.array(lowerCase).default([]),
  handshakeTimeoutMs: ms.default(DEFAULT_HANDSHAKE_TIMEOUT_MS),
  closeTimeoutMs: ms.default(2_000),
  maxConnections: count.default(4_096),
  maxUnauthenticated: count.default(64),
  perAddress: z.strictObject({ burst: count, perSecond: z.number().positive() }).default({ burst: 64, perSecond: 16 }),
  onTurnedAway: z
    .custom<(caller: TurnedAway) => void>((value) => typeof value === 'function')
    .default(() => () => undefined),
})

/** The settings with their defaults. Throws `OPTIONS_INVALID` with the path of the field. */
export function readSettings({ clock: _, ...options }: WebSocketTransportOptions): Settings {
  const { listen, tls, hosts, ...others } = readWith(schema, options, 'websocketTransport')
  return { ...others, listen, tls, hosts: listen === undefined ? hosts : [...hosts, listen.host.toLowerCase()] }
}

/** The path to attach at. Throws `OPTIONS_INVALID`. */
export function readPath(value: string): string {
  return readWith(path, value, 'attachTo.path')
}

/** The address to dial. Throws `OPTIONS_INVALID`, without repeating what may be a secret. */
export function readAddress(address: string): string {
  const url = URL.canParse(address) ? new URL(address) : undefined
  if (url === undefined || !/^wss?:$/.test(url.protocol)) {
    throw refusal('dial.address', 'must be a URL that begins with ws:// or wss://')
  }
  if (url.username !== '' || url.password !== '') throw refusal('dial.address', 'must not hold a user or a password')
  if (url.hash !== '') throw refusal('dial.address', 'must not hold a fragment')
  return url.href
}

/**
 * A record of the audit trail: how it is stored, and what its hash is made of.
 *
 * 1. The hash covers every other field, each with its length before it: no two records that differ have the same encoding.
 * 2. A payload is not in the hash itself but its salted hash is: it can be erased, and the chain stays whole. Without the
 *    salt, nobody can find out by guessing what an erased payload was.
 */
import { hash as digest } from 'node:crypto'
import type { ActorPath } from '../../core/address.js'

export const AUDIT_KINDS = [
  'journal',
  'actorStarted',
  'actorDeleted',
  'approvalRequested',
  'approvalDecided',
  'policyDecision',
  'scopeRefused',
  'intervention',
  'budgetExhausted',
  'decision',
  'erased',
] as const

export type AuditKind = (typeof AUDIT_KINDS)[number]

/** A link of the chain. Hashes are SHA-256, in hexadecimal. */
export interface AuditRecord {
  /** Counts from 1, without gaps. */
  readonly n: number
  /** Wall clock, ms. */
  readonly atMs: number
  readonly kind: AuditKind
  /** The actor that it is about, if it is about one. */
  readonly path: ActorPath | undefined
  /** What it is about: a tool, the type of an event, the id of an approval, the number of a journal record. */
  readonly subject: string
  /** Of salt and payload. */
  readonly payloadHash: string
  /** The hash of the record before; zeros in the first. */
  readonly prev: string
  /** Of all other fields. */
  readonly hash: string
}

/** A record before it is hashed; hashes as bytes. */
export interface Unhashed {
  readonly n: number
  readonly atMs: number
  readonly kind: AuditKind
  readonly path: ActorPath | undefined
  readonly subject: string
  readonly payloadHash: Uint8Array
  readonly prev: Uint8Array
}

const VERSION = 1
const WIDTH = 10
const DOMAIN = `roscius.audit.${VERSION}`

/** What the first record has instead of a hash before it. */
export const GENESIS: Uint8Array = new Uint8Array(32)
export const SALT_BYTES = 16

export const HEAD_KEY = 'head'
const number = (n: number): string => n.toString(36).padStart(WIDTH, '0')
export const recordKey = (n: number): string => `r/${number(n)}`
export const payloadKey = (n: number): string => `p/${number(n)}`

export function recordHash({ n, atMs, kind, path, subject, payloadHash, prev }: Unhashed): Uint8Array {
  // An absent path is told from an empty one by its first character.
  const where = path === undefined ? '-' : `/${path}`
  const texts = [DOMAIN, String(n), String(atMs), kind, where, subject]
  const lengths = texts.map((text) => Buffer.byteLength(text))
  const size = lengths.reduce((sum, length) => sum + 4 + length, 8 + payloadHash.length + prev.length)
  const bytes = Buffer.allocUnsafe(size)
  let at = 0
  for (const [index, text] of texts.entries()) {
    at = bytes.writeUInt32BE(lengths[index]!, at)
    at += bytes.write(text, at)
  }
  for (const hash of [payloadHash, prev]) {
    at = bytes.writeUInt32BE(hash.length, at)
    bytes.set(hash, at)
    at += hash.length
  }
  return digest('sha256', bytes, 'buffer')
}

export function saltedHash(salt: Uint8Array, payload: Uint8Array): Uint8Array {
  return digest('sha256', Buffer.concat([salt, payload]), 'buffer')
}

/** As it is stored. Fields are only ever added at the end. */
export function packAuditRecord(record: Unhashed, hash: Uint8Array): unknown[] {
  const { n, atMs, kind, path, subject, payloadHash, prev } = record
  return [VERSION, n, atMs, kind, path ?? null, subject, payloadHash, prev, hash]
}

/** `undefined` if that is no record of the audit trail. */
export function unpackAuditRecord(packed: unknown): AuditRecord | undefined {
  if (!Array.isArray(packed) || packed[0] !== VERSION || packed.length < 9) return undefined
  const [, n, atMs, kind, path, subject, ...hashes] = packed
  if (!hashes.slice(0, 3).every((hash) => hash instanceof Uint8Array)) return undefined
  const [payloadHash, prev, hash] = hashes.map((bytes) => hexOf(bytes as Uint8Array))
  return { n, atMs, kind, path: path ?? undefined, subject, payloadHash: payloadHash!, prev: prev!, hash: hash! }
}

/** Whether the record's hash is that of its fields. */
export function isHashed({ payloadHash, prev, hash, ...fields }: AuditRecord): boolean {
  return hexOf(recordHash({ ...fields, payloadHash: bytesOf(payloadHash), prev: bytesOf(prev) })) === hash
}

export function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('hex')
}

export function bytesOf(hex: string): Uint8Array {
  return Buffer.from(hex, 'hex')
}

/**
 * A value in one line, cut to a length: `{"who":"ann","items":[1,2,…`.
 *
 * 1. Work is bounded by the length of the line, however large the value is.
 * 2. Secrets are masked before anything is cut.
 */
import { types } from 'node:util'
import { MASKED, type Masking } from './mask.js'
import { childrenOf, kindOf, sizeOf, type ValueKind } from './value-kind.js'

const MAX_DEPTH = 8
const CUT = '…'

export interface LineOfValue {
  readonly text: string
  readonly isMasked: boolean
}

/** The value as JSON writes it, as far as JSON can; `isSecret`: it is the value of a secret field. */
export function lineOf(value: unknown, masking: Masking, max = 200, isSecret = false): LineOfValue {
  const writer = new LineWriter(masking, max)
  writer.write(value, isSecret, 0)
  return { text: cutLine(writer.text, max), isMasked: writer.isMasked }
}

/** What would turn the direction of a text, or end the line, is written as an escape. */
function cutLine(line: string, max: number): string {
  const clean = line.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, escaped)
  return clean.length > max ? `${clean.slice(0, max - 1).toWellFormed()}${CUT}` : clean.toWellFormed()
}

const escaped = (text: string): string =>
  Array.from({ length: text.length }, (_, n) => `\\u${text.charCodeAt(n).toString(16).padStart(4, '0')}`).join('')

class LineWriter {
  text = ''
  isMasked = false

  constructor(
    private readonly masking: Masking,
    private readonly max: number,
  ) {}

  get #isFull(): boolean {
    return this.text.length > this.max
  }

  write(value: unknown, isSecret: boolean, depth: number): void {
    if (this.#isFull) return
    const kind = kindOf(value)
    const isContainer = kind === 'object' || kind === 'array' || kind === 'map' || kind === 'set'
    if (isSecret && !isContainer && kind !== 'null' && kind !== 'undefined') this.#hide()
    else if (!isContainer) this.#leaf(value, kind)
    else if (depth >= MAX_DEPTH) this.text += CUT
    else this.#container(value, kind, isSecret, depth)
  }

  #hide(): void {
    this.isMasked = true
    this.text += JSON.stringify(MASKED)
  }

  #leaf(value: unknown, kind: ValueKind): void {
    const { text, isMasked } = leafText(value, kind, this.masking, this.max - this.text.length + 1)
    this.isMasked ||= isMasked
    this.text += text
  }

  #container(value: unknown, kind: ValueKind, isSecret: boolean, depth: number): void {
    const isNamed = kind === 'object' || kind === 'map'
    this.text += `${kind === 'map' ? 'Map ' : kind === 'set' ? 'Set ' : ''}${isNamed ? '{' : '['}`
    // Every child takes two characters at least.
    const children = childrenOf(value, 0, Math.ceil((this.max - this.text.length) / 2) + 2)
    for (const [index, { segment, name, value: child }] of children.entries()) {
      if (this.#isFull) return
      if (index > 0) this.text += ','
      if (isNamed) this.#leaf(segment, 'string')
      if (isNamed) this.text += ':'
      this.write(child, isSecret || this.masking.isSecret(name), depth + 1)
    }
    if (children.length < sizeOf(value, kind)) this.text += CUT
    this.text += isNamed ? '}' : ']'
  }
}

/** What can't be opened, in a line. */
export function leafText(value: unknown, kind: ValueKind, masking: Masking, max: number): LineOfValue {
  switch (kind) {
    case 'string': {
      const { text, isMasked } = masking.text(value as string, max)
      return { text: JSON.stringify(text), isMasked }
    }
    case 'number':
      return numberText(Object.is(value, -0) ? '-0' : String(value), masking)
    case 'bigint':
      return bigintText(value as bigint, masking)
    case 'date':
      return { text: dateText(value as Date), isMasked: false }
    case 'bytes':
      return { text: bytesText(value as ArrayBufferView | ArrayBuffer), isMasked: false }
    case 'ref':
      return { text: refText(value as object), isMasked: false }
    case 'error':
      return errorText(value as Error, masking, max)
    case 'other':
      return { text: otherText(value), isMasked: false }
    default:
      return { text: String(value), isMasked: false }
  }
}

/** A card's number may be written as one. */
function numberText(text: string, masking: Masking): LineOfValue {
  if (text.length < 12) return { text, isMasked: false }
  const { text: shown, isMasked } = masking.text(text, 400)
  return { text: isMasked ? JSON.stringify(shown) : text, isMasked }
}

const LARGE = 2n ** 512n

/** Digits of a huge number take long to write. */
function bigintText(value: bigint, masking: Masking): LineOfValue {
  if (value > LARGE || value < -LARGE) return { text: 'a bigint of more than 512 bits', isMasked: false }
  const { text, isMasked } = numberText(String(value), masking)
  return { text: isMasked ? text : `${text}n`, isMasked }
}

function dateText(date: Date): string {
  const ms = Date.prototype.getTime.call(date)
  return Number.isNaN(ms) ? 'Invalid Date' : new Date(ms).toISOString()
}

function bytesText(bytes: ArrayBufferView | ArrayBufferLike): string {
  return `${classOf(bytes) ?? 'bytes'} of ${grouped(bytes.byteLength)} bytes`
}

function refText(ref: object): string {
  const { address, sessionId, id } = ref as {
    readonly address?: unknown
    readonly sessionId?: unknown
    readonly id?: unknown
  }
  const text = [address, sessionId, id].find((one) => typeof one === 'string' && one !== '')
  return String(text ?? 'an actor').slice(0, 2_000)
}

function errorText(error: Error, masking: Masking, max: number): LineOfValue {
  const [name, message] = childrenOf(error, 0, 2).map(({ value }) => (typeof value === 'string' ? value : ''))
  const { text, isMasked } = masking.text(message === '' ? (name ?? '') : `${name}: ${message}`, max)
  return { text: text.replaceAll(/\s*\n\s*/g, ' '), isMasked }
}

function otherText(value: unknown): string {
  if (typeof value === 'function') return 'a function'
  if (typeof value === 'symbol') return 'a symbol'
  if (types.isProxy(value)) return 'a proxy'
  if (types.isRegExp(value)) return RegExp.prototype.toString.call(value).slice(0, 200)
  const name = classOf(value as object)
  return name === undefined ? 'an object' : `an instance of ${name}`
}

/** The name of the class, without running anything. */
function classOf(value: object): string | undefined {
  try {
    const maker = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(value) ?? {}, 'constructor')?.value
    const name: unknown = Object.getOwnPropertyDescriptor(maker ?? {}, 'name')?.value
    return typeof name === 'string' && name !== '' ? name.slice(0, 100) : undefined
  } catch {
    return undefined
  }
}

/** `1 000 000`. */
export const grouped = (n: number): string => String(n).replaceAll(/\B(?=(\d{3})+(?!\d))/g, ' ')

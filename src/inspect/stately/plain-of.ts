/**
 * A value as plain JSON for those who look at it: without secrets, without refs, and never larger than is bearable.
 *
 * 1. It takes time in proportion to what it gives, not to what it reads: values, their depth, texts and names are all bounded.
 * 2. Secrets go before a text is cut, so that no half of one stays.
 * 3. It never throws, whatever getters and proxies there are, and nothing in the value is changed.
 */
import type { Redaction } from '../../governance/redaction/redaction.js'

export interface PlainLimits {
  /** Values in all, and characters of one text. */
  readonly maxValues: number
  readonly maxChars: number
  /** Characters of all texts together; the text that reaches it is the last one. */
  readonly maxTotalChars: number
}

/** How far behind the cut a text is still searched for secrets that begin before it. */
const BEYOND = 1_000
/** Deeper than anybody reads, and not as deep as the stack of calls. */
const MAX_DEPTH = 100
/** What is said under a longer name is left out: whether that is the name of a secret can't be told from a part of it. */
const MAX_NAME = 1_000
const LEFT_OUT = '…'
const UNREADABLE = '(can not be read)'

export function plainOf(value: unknown, redaction: Redaction, limits: PlainLimits): unknown {
  return cutTexts(redaction.value(new PlainCopier(limits).copy(value, [])), limits.maxChars)
}

class PlainCopier {
  #left: number
  #chars: number

  constructor(private readonly limits: PlainLimits) {
    this.#left = limits.maxValues
    this.#chars = limits.maxTotalChars
  }

  /** `above`: the objects that it is in; one that contains itself is not followed. */
  copy(value: unknown, above: readonly object[]): unknown {
    this.#left--
    switch (typeof value) {
      case 'string':
        return this.#text(value)
      case 'bigint':
        return this.#text(`${value}n`)
      case 'number':
        return Number.isFinite(value) ? value : String(value)
      case 'function':
      case 'object':
        return value === null ? null : this.#guarded(value, above)
      default:
        return value
    }
  }

  #text(text: string): string {
    if (this.#chars <= 0 && text !== '') return LEFT_OUT
    const cut = text.length <= this.limits.maxChars ? text : text.slice(0, this.limits.maxChars + BEYOND)
    this.#chars -= cut.length
    return cut
  }

  #guarded(value: object, above: readonly object[]): unknown {
    try {
      return typeof value === 'function' ? { type: this.#textOf(value.name) } : this.#object(value, above)
    } catch {
      // A getter or a proxy of somebody's own.
      return UNREADABLE
    }
  }

  #object(value: object, above: readonly object[]): unknown {
    if (above.includes(value)) return '(itself)'
    const id = refId(value)
    if (id !== undefined) return { xstate$$type: 1, id }
    if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'Invalid Date' : value.toISOString()
    if (value instanceof Error) return { name: this.#textOf(value.name), message: this.#textOf(value.message) }
    if (ArrayBuffer.isView(value)) return `(${value.byteLength} bytes)`
    if (above.length >= MAX_DEPTH) return LEFT_OUT
    const inside = [...above, value]
    if (Array.isArray(value) || value instanceof Set) return this.#list(value, inside)
    if (value instanceof Map) return this.#map(value, inside)
    return this.#fields(value, inside)
  }

  /** Where there should be a text, and may be anything. */
  #textOf(text: unknown): string {
    return typeof text === 'string' ? this.#text(text) : ''
  }

  #list(items: Iterable<unknown>, above: readonly object[]): unknown[] {
    const copy: unknown[] = []
    for (const item of items) {
      if (this.#left <= 0) {
        copy.push(LEFT_OUT)
        break
      }
      copy.push(this.copy(item, above))
    }
    return copy
  }

  /** Still a map, so that the mask sees what its keys say; it becomes pairs after that. */
  #map(entries: ReadonlyMap<unknown, unknown>, above: readonly object[]): Map<unknown, unknown> {
    const copy = new Map<unknown, unknown>()
    for (const [key, value] of entries) {
      if (this.#left <= 0) {
        copy.set(LEFT_OUT, LEFT_OUT)
        break
      }
      const isLong = typeof key === 'string' && key.length > MAX_NAME
      copy.set(this.copy(key, above), isLong ? LEFT_OUT : this.copy(value, above))
    }
    return copy
  }

  #fields(value: object, above: readonly object[]): Record<string, unknown> {
    // A field may be called `__proto__`.
    const copy: Record<string, unknown> = Object.create(null)
    for (const key in value) {
      if (!Object.hasOwn(value, key)) continue
      if (this.#left <= 0) {
        copy[LEFT_OUT] = LEFT_OUT
        break
      }
      if (key.length > MAX_NAME) copy[`${key.slice(0, MAX_NAME).toWellFormed()}${LEFT_OUT}`] = LEFT_OUT
      else copy[key] = this.#field(value, key, above)
    }
    return copy
  }

  #field(value: object, key: string, above: readonly object[]): unknown {
    try {
      return this.copy((value as Record<string, unknown>)[key], above)
    } catch {
      return UNREADABLE
    }
  }
}

/** The id of an actor ref, as XState writes it into a snapshot. */
function refId(value: object): string | undefined {
  const { sessionId, send, id } = value as { sessionId?: unknown; send?: unknown; id?: unknown }
  return typeof sessionId === 'string' && typeof send === 'function' ? String(id) : undefined
}

/** In place: it is a copy of our own. */
function cutTexts(value: unknown, maxChars: number): unknown {
  if (typeof value === 'string') return value.length <= maxChars ? value : `${value.slice(0, maxChars).toWellFormed()}…`
  if (typeof value !== 'object' || value === null) return value
  if (value instanceof Map) return Array.from(value, (pair) => cutTexts(pair, maxChars))
  const fields = value as Record<string, unknown>
  for (const key of Object.keys(fields)) fields[key] = cutTexts(fields[key], maxChars)
  return value
}

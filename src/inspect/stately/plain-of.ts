/**
 * A value as plain JSON for those who look at it: without secrets, without refs, and never larger than is bearable.
 *
 * 1. It takes time in proportion to what it gives, not to what it reads.
 * 2. Secrets go before a text is cut, so that no half of one stays.
 * 3. It never throws, and nothing in the value is changed.
 */
import type { Redaction } from '../../governance/redaction/redaction.js'

export interface PlainLimits {
  /** Values in all, and characters of one text. */
  readonly maxValues: number
  readonly maxChars: number
}

/** How far behind the cut a text is still searched for secrets that begin before it. */
const BEYOND = 1_000

export function plainOf(value: unknown, redaction: Redaction, limits: PlainLimits): unknown {
  return cutTexts(redaction.value(new PlainCopier(limits).copy(value, [])), limits.maxChars)
}

class PlainCopier {
  #left: number

  constructor(private readonly limits: PlainLimits) {
    this.#left = limits.maxValues
  }

  /** `above`: the objects that it is in; one that contains itself is not followed. */
  copy(value: unknown, above: readonly object[]): unknown {
    this.#left--
    switch (typeof value) {
      case 'string':
        return this.#text(value)
      case 'bigint':
        return `${value}n`
      case 'number':
        return Number.isFinite(value) ? value : String(value)
      case 'function':
        return { type: value.name }
      case 'object':
        return value === null ? null : this.#object(value, above)
      default:
        return value
    }
  }

  #text(text: string): string {
    return text.length <= this.limits.maxChars ? text : text.slice(0, this.limits.maxChars + BEYOND)
  }

  #object(value: object, above: readonly object[]): unknown {
    if (above.includes(value)) return '(itself)'
    const id = refId(value)
    if (id !== undefined) return { xstate$$type: 1, id }
    if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'Invalid Date' : value.toISOString()
    if (value instanceof Error) return { name: value.name, message: this.#text(value.message) }
    if (ArrayBuffer.isView(value)) return `(${value.byteLength} bytes)`
    const inside = [...above, value]
    if (Array.isArray(value) || value instanceof Map || value instanceof Set) return this.#list(value, inside)
    return this.#fields(value, inside)
  }

  #list(items: Iterable<unknown>, above: readonly object[]): unknown[] {
    const copy: unknown[] = []
    for (const item of items) {
      if (this.#left <= 0) {
        copy.push('…')
        break
      }
      copy.push(this.copy(item, above))
    }
    return copy
  }

  #fields(value: object, above: readonly object[]): Record<string, unknown> {
    // A field may be called `__proto__`.
    const copy: Record<string, unknown> = Object.create(null)
    for (const key in value) {
      if (!Object.hasOwn(value, key)) continue
      if (this.#left <= 0) {
        copy['…'] = '…'
        break
      }
      copy[key] = this.copy((value as Record<string, unknown>)[key], above)
    }
    return copy
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
  const fields = value as Record<string, unknown>
  for (const key of Object.keys(fields)) fields[key] = cutTexts(fields[key], maxChars)
  return value
}

/**
 * What leaves the node for a screen: masked, then cut to a line. Nothing is shown that has not been through here.
 *
 * 1. What a line costs depends on how long the line is, not on how large the value was.
 * 2. A line has no control characters, nor those that turn the direction of text.
 */
import { defineRedaction, type Redaction } from '../../governance/redaction/redaction.js'
import { Masking } from '../history/mask.js'
import { lineOf } from '../history/one-line.js'
import type { EventLine } from './shapes.js'

const MAX_LINE = 200
/** More fields than that never fit into a line. */
const MAX_FIELDS = 100
const MAX_KNOWN = 10_000

export class Shown {
  readonly #masking: Masking
  /** Words that come again and again, as they are shown. */
  readonly #known = new Map<string, string>()

  /** `mask`: default `defineRedaction()`. */
  constructor(mask: Redaction = defineRedaction()) {
    this.#masking = new Masking(mask)
  }

  /** One line of text, from somebody's error or description. */
  text(text: string, max = MAX_LINE): string {
    return cut(clean(this.#masking.text(text, max + 1).text), max)
  }

  error(error: unknown, max = MAX_LINE): string {
    return this.text(errorText(error), max)
  }

  /** As `text`, remembered: for addresses, states and the like, of which there are few. */
  word(word: string): string {
    const known = this.#known.get(word)
    if (known !== undefined) return known
    const shown = this.text(word)
    if (this.#known.size >= MAX_KNOWN) this.#known.clear()
    if (word.length <= MAX_LINE) this.#known.set(word, shown)
    return shown
  }

  type(type: unknown): string {
    return typeof type === 'string' ? this.word(type) : '?'
  }

  event(event: { readonly type: string }): EventLine {
    const type = this.type(event.type)
    const fields = fieldsOf(event)
    if (fields === undefined) return { type }
    return { type, fields: cut(clean(lineOf(fields, this.#masking, MAX_LINE).text)) }
  }
}

/** The event without its type, as far as a line could show it; `undefined` if there is nothing else. */
function fieldsOf(event: object): object | undefined {
  let fields: Record<string, unknown> | undefined
  let count = 0
  for (const key in event) {
    const field = key === 'type' ? undefined : Object.getOwnPropertyDescriptor(event, key)
    if (field === undefined) continue
    // Without a prototype, as a field may be called `__proto__`; and no getter is called.
    fields ??= Object.create(null) as Record<string, unknown>
    Object.defineProperty(fields, key, field)
    if (++count === MAX_FIELDS) break
  }
  return fields
}

/** What was thrown, in a line; nobody's `toString` is called. */
function errorText(error: unknown): string {
  if (error instanceof Error) return `${error.name}: ${error.message}`
  return typeof error === 'object' && error !== null ? 'an object was thrown' : String(error)
}

function clean(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ')
}

function cut(text: string, max = MAX_LINE): string {
  return text.length <= max ? text.toWellFormed() : `${text.slice(0, max - 1).toWellFormed()}…`
}

/** A copy of data without its secrets: of the same shape, also where it contains itself. */

export interface ValueRedaction {
  readonly text: (text: string) => string
  readonly isSecretKey: (key: string) => boolean
  readonly replace: string
}

/** Deeper data is not looked into, and replaced. */
const MAX_DEPTH = 200

export function redactedValue(value: unknown, redaction: ValueRedaction): unknown {
  return new ValueCopier(redaction).copy(value, false, 0)
}

class ValueCopier {
  /** What has been copied: as a value of a secret field, and as any other. */
  readonly #copies = { secret: new Map<object, unknown>(), open: new Map<object, unknown>() }

  constructor(private readonly redaction: ValueRedaction) {}

  copy(value: unknown, isSecret: boolean, depth: number): unknown {
    switch (typeof value) {
      case 'string':
        return isSecret ? this.redaction.replace : this.redaction.text(value)
      case 'number':
      case 'bigint':
        return isSecret || this.#isSecretNumber(value) ? this.redaction.replace : value
      case 'object':
        return value === null ? null : this.#guarded(value, isSecret, depth)
      default:
        return value
    }
  }

  /** A card number may be written as one. */
  #isSecretNumber(value: number | bigint): boolean {
    const isLong = typeof value === 'bigint' || (Number.isSafeInteger(value) && value >= 1e14)
    return isLong && this.redaction.text(String(value)) !== String(value)
  }

  #guarded(value: object, isSecret: boolean, depth: number): unknown {
    const copies = isSecret ? this.#copies.secret : this.#copies.open
    if (copies.has(value)) return copies.get(value)
    if (depth > MAX_DEPTH) return this.redaction.replace
    try {
      return this.#copyObject(value, copies, isSecret, depth + 1)
    } catch {
      // A getter or a proxy of somebody's own.
      return this.redaction.replace
    }
  }

  #copyObject(value: object, copies: Map<object, unknown>, isSecret: boolean, depth: number): unknown {
    const known = <T extends object>(copy: T): T => {
      copies.set(value, copy)
      return copy
    }
    if (Array.isArray(value)) {
      const copy: unknown[] = known([])
      for (const item of value) copy.push(this.copy(item, isSecret, depth))
      return copy
    }
    if (value instanceof Map) return this.#copyMap(value, known(new Map()), isSecret, depth)
    if (value instanceof Set) {
      const copy: Set<unknown> = known(new Set())
      for (const item of value) copy.add(this.copy(item, isSecret, depth))
      return copy
    }
    const prototype = Object.getPrototypeOf(value)
    if (value instanceof Error) return this.#copyError(value, known(Object.create(prototype)), isSecret, depth)
    if (prototype === null || Object.getPrototypeOf(prototype) === null)
      return this.#copyFields(value, known(Object.create(prototype)), isSecret, depth)
    return isSecret ? this.redaction.replace : value
  }

  #copyMap(map: Map<unknown, unknown>, copy: Map<unknown, unknown>, isSecret: boolean, depth: number): unknown {
    for (const [key, item] of map) {
      const name = typeof key === 'string' ? key : ''
      copy.set(this.copy(key, isSecret, depth), this.copy(item, isSecret || this.redaction.isSecretKey(name), depth))
    }
    return copy
  }

  #copyFields(object: object, copy: Record<string, unknown>, isSecret: boolean, depth: number): unknown {
    for (const key of Object.keys(object)) {
      const field = (object as Record<string, unknown>)[key]
      const value = this.copy(field, isSecret || this.redaction.isSecretKey(key), depth)
      define(copy, this.#keyIn(copy, key), value, true)
    }
    return copy
  }

  /** A secret may be the name of a field, too; two of them stay two. */
  #keyIn(copy: object, key: string): string {
    const redacted = this.redaction.text(key)
    if (redacted === key) return key
    let unique = redacted
    for (let n = 2; Object.hasOwn(copy, unique); n++) unique = `${redacted} ${n}`
    return unique
  }

  #copyError(error: Error, copy: Error, isSecret: boolean, depth: number): unknown {
    const own = new Set(['name', 'message', 'stack', ...Object.getOwnPropertyNames(error)])
    for (const key of own) {
      const field = (error as unknown as Record<string, unknown>)[key]
      if (field === undefined && !Object.hasOwn(error, key)) continue
      const isField = Object.prototype.propertyIsEnumerable.call(error, key)
      define(copy, key, this.copy(field, isSecret || this.redaction.isSecretKey(key), depth), isField)
    }
    return copy
  }
}

/** Not by assignment: a field may be called `__proto__`. */
function define(copy: object, key: string, value: unknown, enumerable: boolean): void {
  Object.defineProperty(copy, key, { value, enumerable, writable: true, configurable: true })
}

export type Compare<T> = (a: T, b: T) => number

/** Orders by a key, by code units where it is text: the same on every machine, whatever its locale. */
export function ascending<T>(key: (item: T) => string | number): Compare<T> {
  return (a, b) => {
    const [left, right] = [key(a), key(b)]
    return left < right ? -1 : left > right ? 1 : 0
  }
}

export function descending<T>(key: (item: T) => string | number): Compare<T> {
  const compare = ascending(key)
  return (a, b) => compare(b, a)
}

/** Orders by the first comparison that tells two items apart. */
export function inOrder<T>(...compares: readonly Compare<T>[]): Compare<T> {
  return (a, b) => {
    for (const compare of compares) {
      const result = compare(a, b)
      if (result !== 0) return result
    }
    return 0
  }
}

/**
 * What a spawn says to the extensions of a node: one option `extra:<name>` for each, so that several of them can be spread
 * into the same options without one hiding the other.
 */

export interface ExtraOptions {
  /** For the extension of that name: see `withBudget` and `withPermissions`. */
  readonly [option: `extra:${string}`]: unknown
}

/** What a spawn said, by the names of the extensions. Storable. */
export type Extras = Readonly<Record<string, unknown>>

const PREFIX = 'extra:'

/** The extras among a spawn's options; `undefined` if there are none. */
export function extrasOf(options: object): Extras | undefined {
  let extras: Record<string, unknown> | undefined
  for (const [option, value] of Object.entries(options)) {
    if (!option.startsWith(PREFIX) || value === undefined) continue
    extras ??= {}
    extras[option.slice(PREFIX.length)] = value
  }
  return extras
}

/** The options with their extras in one field, `extras`. What is no object is left to whoever checks it. */
export function withExtrasGathered(options: unknown): unknown {
  if (typeof options !== 'object' || options === null || Array.isArray(options)) return options
  const extras = extrasOf(options)
  if (extras === undefined) return options
  const others = Object.entries(options).filter(([option]) => !option.startsWith(PREFIX))
  return { ...Object.fromEntries(others), extras }
}

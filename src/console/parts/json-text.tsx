/** A value as indented JSON, whole: long ones scroll, and what the node has cut is said. */
import type { ReactNode } from 'react'
import { countText } from './amounts.js'
import './json-text.css'
import { plain } from './plain.js'

interface JsonTextProps {
  readonly value: unknown
  /** How many characters it had, where `value` is only the beginning of its text. */
  readonly cutFrom?: number | undefined
  readonly label: string
}

const MAX_SHOWN = 400_000

export function JsonText({ value, cutFrom, label }: JsonTextProps): ReactNode {
  const text = cutFrom === undefined ? (JSON.stringify(value, undefined, 2) ?? 'none') : String(value)
  const missing = Math.max((cutFrom ?? text.length) - Math.min(text.length, MAX_SHOWN), 0)
  return (
    <figure className="json-text">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keys. */}
      <section tabIndex={0} aria-label={label}>
        <pre>{plain(text, MAX_SHOWN)}</pre>
      </section>
      {missing > 0 && <figcaption>{countText(missing)} more characters are not shown here.</figcaption>}
    </figure>
  )
}

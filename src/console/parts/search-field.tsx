/** What a list is searched by; `/` goes to it, Escape empties and leaves it. */
import { type KeyboardEvent, type ReactNode, useRef } from 'react'
import { useKeys } from '../app/keys.js'
import './field.css'
import { Icon } from './icon.js'

interface SearchFieldProps {
  readonly label: string
  readonly value: string
  readonly onChange: (value: string) => void
  /** Down or Enter: on to the list. */
  readonly onLeave?: () => void
}

export function SearchField({ label, value, onChange, onLeave }: SearchFieldProps): ReactNode {
  const ref = useRef<HTMLInputElement>(null)
  useKeys({ '/': () => ref.current?.focus() })
  const press = (event: KeyboardEvent): void => {
    if (event.key === 'Escape') {
      onChange('')
      ref.current?.blur()
    } else if (event.key === 'Enter' || event.key === 'ArrowDown') {
      event.preventDefault()
      ref.current?.blur()
      onLeave?.()
    }
  }
  return (
    <div className="search">
      <Icon name="search" />
      <input
        ref={ref}
        type="search"
        className="input"
        aria-label={label}
        placeholder={label}
        value={value}
        spellCheck={false}
        autoComplete="off"
        maxLength={1_000}
        onChange={(event) => onChange(event.target.value)}
        onKeyDown={press}
      />
      <kbd>/</kbd>
    </div>
  )
}

/** A button: with words, with an icon, or with an icon alone and a `label` for it. */
import type { ButtonHTMLAttributes, ReactNode, Ref } from 'react'
import './button.css'
import { Icon, type IconName } from './icon.js'

interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  readonly kind?: 'plain' | 'primary' | 'danger' | 'quiet'
  readonly icon?: IconName
  /** What it does, where it has no words; also its tooltip. */
  readonly label?: string
  readonly isSmall?: boolean
  readonly ref?: Ref<HTMLButtonElement>
}

export function Button({ kind = 'plain', icon, label, isSmall, className, children, ...rest }: ButtonProps): ReactNode {
  const isBare = children === undefined || children === null
  const classes = ['button', `button-${kind}`, isSmall && 'button-small', isBare && 'button-bare', className]
  return (
    <button
      type="button"
      title={label}
      aria-label={isBare ? label : undefined}
      {...rest}
      className={classes.filter(Boolean).join(' ')}
    >
      {icon !== undefined && <Icon name={icon} size={isSmall ? 14 : 16} />}
      {children}
    </button>
  )
}

/** A link to another view: a real one, that can be opened in a new tab, and followed without loading the page anew. */
import type { AnchorHTMLAttributes, MouseEvent, ReactNode } from 'react'
import { useConsole } from './console-context.js'
import type { Route } from './route.js'

interface LinkProps extends Omit<AnchorHTMLAttributes<HTMLAnchorElement>, 'href'> {
  readonly to: Route
  readonly query?: Readonly<Record<string, string>>
  readonly children: ReactNode
}

export function Link({ to, query, children, onClick, ...rest }: LinkProps): ReactNode {
  const { router } = useConsole()
  const follow = (event: MouseEvent<HTMLAnchorElement>): void => {
    onClick?.(event)
    const isPlain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey
    if (event.defaultPrevented || !isPlain) return
    event.preventDefault()
    router.go(to, query)
  }
  return (
    <a {...rest} href={router.hrefOf(to, query)} onClick={follow}>
      {children}
    </a>
  )
}

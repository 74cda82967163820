/** What keys and wheels mean for a picture that is looked around in. */
import type { KeyboardEvent } from 'react'
import type { Point } from './chart-path.js'
import { moved, type View, zoomed } from './viewport.js'

/** How far an arrow key moves, in px of the screen. */
const PAN = 80

interface Acts {
  readonly zoomIn: () => void
  readonly zoomOut: () => void
  readonly fit: () => void
  readonly pan: (by: Point) => void
}

/** What a key does; undefined if nothing. */
export function keyed(
  { key, ctrlKey, metaKey, altKey }: KeyboardEvent,
  { zoomIn, zoomOut, fit, pan }: Acts,
): (() => void) | undefined {
  if (ctrlKey || metaKey || altKey) return undefined
  switch (key) {
    case '+':
    case '=':
      return zoomIn
    case '-':
      return zoomOut
    case '0':
      return fit
    case 'ArrowLeft':
      return () => pan({ x: PAN, y: 0 })
    case 'ArrowRight':
      return () => pan({ x: -PAN, y: 0 })
    case 'ArrowUp':
      return () => pan({ x: 0, y: PAN })
    case 'ArrowDown':
      return () => pan({ x: 0, y: -PAN })
    default:
      return undefined
  }
}

/** A wheel zooms; sideways, or with Shift, it moves. A pinch on a touchpad comes as a wheel with Ctrl. */
export function turned(view: View, { deltaX, deltaY, deltaMode, shiftKey, ctrlKey }: WheelEvent, at: Point): View {
  const isSideways = !ctrlKey && (shiftKey || Math.abs(deltaX) > Math.abs(deltaY))
  if (isSideways) return moved(view, { x: -(deltaX || deltaY), y: shiftKey ? 0 : -deltaY })
  const unit = deltaMode === 1 ? 24 : 1
  return zoomed(view, Math.exp((-deltaY * unit * (ctrlKey ? 4 : 1)) / 600), at)
}

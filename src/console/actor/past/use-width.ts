import { type RefObject, useLayoutEffect, useState } from 'react'

/** How wide an element is, in px; 0 until that is known. */
export function useWidth(ref: RefObject<HTMLElement | null>): number {
  const [width, setWidth] = useState(0)
  useLayoutEffect(() => {
    const element = ref.current
    if (element === null) return
    const tell = (): void => setWidth(element.clientWidth)
    tell()
    const observer = new ResizeObserver(tell)
    observer.observe(element)
    return () => observer.disconnect()
  }, [ref])
  return width
}

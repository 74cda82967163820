/** Zoom and pan of a picture by mouse, touch and keyboard. */
import {
  type KeyboardEvent,
  type PointerEvent,
  type RefObject,
  useCallback,
  useEffect,
  useLayoutEffect,
  useRef,
  useState,
} from 'react'
import type { Point } from './chart-path.js'
import { centred, fitted, held, moved, pinched, type Size, type View, zoomed } from './viewport.js'
import { keyed, turned } from './viewport-input.js'

const STEP = 1.25
/** A press that moves less than this is a click. */
const CLICK = 4

export interface Viewport {
  readonly view: View
  readonly screen: Size
  readonly isDragging: boolean
  readonly fit: () => void
  readonly centre: (at: Point) => void
  /** Whether the reader has not moved it since it was opened or told to follow. */
  readonly isFollowing: () => boolean
  /** Shows this, and whatever is followed from now on. */
  readonly follow: (view: View | undefined) => void
  readonly zoomBy: (factor: number) => void
  readonly zoomIn: () => void
  readonly zoomOut: () => void
  readonly handlers: {
    readonly onPointerDown: (press: PointerEvent) => void
    readonly onPointerMove: (press: PointerEvent) => void
    readonly onPointerUp: (press: PointerEvent) => void
    readonly onPointerCancel: (press: PointerEvent) => void
    readonly onKeyDown: (press: KeyboardEvent) => void
  }
}

/** `first` is what is shown when the picture opens, and whenever its frame changes before the reader has moved it. */
export function useViewport(
  frame: RefObject<HTMLElement | null>,
  picture: Size,
  first: (screen: Size) => View,
): Viewport {
  const [screen, setScreen] = useState<Size>({ width: 0, height: 0 })
  const [view, setView] = useState<View>({ k: 1, x: 0, y: 0 })
  const [isDragging, setDragging] = useState(false)
  const isTouched = useRef(false)
  const fingers = useRef(new Map<number, Point>())
  const travelled = useRef(0)
  const now = useRef({ screen, picture, first })
  now.current = { screen, picture, first }

  const change = useCallback((next: (view: View) => View) => {
    isTouched.current = true
    setView((before) => held(next(before), now.current.picture, now.current.screen))
  }, [])

  useScreen(frame, setScreen)
  // biome-ignore lint/correctness/useExhaustiveDependencies: another picture is shown from its beginning
  useLayoutEffect(() => {
    if (screen.width > 0 && !isTouched.current) setView(now.current.first(screen))
  }, [screen, picture.width, picture.height])
  useWheel(frame, change)

  const zoomBy = useCallback(
    (factor: number) =>
      change((before) => zoomed(before, factor, { x: now.current.screen.width / 2, y: now.current.screen.height / 2 })),
    [change],
  )
  const fit = useCallback(() => {
    isTouched.current = true
    setView(fitted(now.current.picture, now.current.screen))
  }, [])
  const isFollowing = useCallback(() => !isTouched.current, [])
  const follow = useCallback((next: View | undefined) => {
    isTouched.current = false
    if (next !== undefined) setView(next)
  }, [])
  const centre = useCallback((at: Point) => change((before) => centred(before, at, now.current.screen)), [change])
  const zoomIn = useCallback(() => zoomBy(STEP), [zoomBy])
  const zoomOut = useCallback(() => zoomBy(1 / STEP), [zoomBy])

  const onPointerDown = (press: PointerEvent): void => {
    if (press.pointerType === 'mouse' && press.button !== 0) return
    fingers.current.set(press.pointerId, placeOf(press))
    travelled.current = 0
  }
  const onPointerMove = (press: PointerEvent): void => {
    const before = fingers.current.get(press.pointerId)
    if (before === undefined) return
    const after = placeOf(press)
    const others = [...fingers.current].filter(([id]) => id !== press.pointerId).map(([, point]) => point)
    fingers.current.set(press.pointerId, after)
    travelled.current += Math.hypot(after.x - before.x, after.y - before.y)
    if (travelled.current < CLICK) return
    if (!isDragging) {
      setDragging(true)
      press.currentTarget.setPointerCapture(press.pointerId)
    }
    const other = others[0]
    if (other === undefined) {
      change((view) => moved(view, { x: after.x - before.x, y: after.y - before.y }))
      return
    }
    const offset = frame.current?.getBoundingClientRect()
    const inFrame = ({ x, y }: Point): Point => ({ x: x - (offset?.left ?? 0), y: y - (offset?.top ?? 0) })
    change((view) => pinched(view, [inFrame(before), inFrame(other)], [inFrame(after), inFrame(other)]))
  }
  const onPointerUp = (press: PointerEvent): void => {
    fingers.current.delete(press.pointerId)
    if (fingers.current.size === 0) setDragging(false)
  }
  const onKeyDown = (press: KeyboardEvent): void => {
    const act = keyed(press, { zoomIn, zoomOut, fit, pan: (by) => change((before) => moved(before, by)) })
    if (act === undefined) return
    press.preventDefault()
    press.stopPropagation()
    act()
  }
  return {
    view,
    screen,
    isDragging,
    fit,
    isFollowing,
    follow,
    centre,
    zoomBy,
    zoomIn,
    zoomOut,
    handlers: { onPointerDown, onPointerMove, onPointerUp, onPointerCancel: onPointerUp, onKeyDown },
  }
}

function placeOf({ clientX, clientY }: PointerEvent): Point {
  return { x: clientX, y: clientY }
}

function useScreen(frame: RefObject<HTMLElement | null>, told: (size: Size) => void): void {
  useLayoutEffect(() => {
    const element = frame.current
    if (element === null) return
    const tell = (): void => told({ width: element.clientWidth, height: element.clientHeight })
    tell()
    const observer = new ResizeObserver(tell)
    observer.observe(element)
    return () => observer.disconnect()
  }, [frame, told])
}

/** React's own wheel handlers can't keep the page from scrolling. */
function useWheel(frame: RefObject<HTMLElement | null>, change: (next: (view: View) => View) => void): void {
  useEffect(() => {
    const element = frame.current
    if (element === null) return
    const wheel = (turn: WheelEvent): void => {
      turn.preventDefault()
      const { left, top } = element.getBoundingClientRect()
      change((view) => turned(view, turn, { x: turn.clientX - left, y: turn.clientY - top }))
    }
    element.addEventListener('wheel', wheel, { passive: false })
    return () => element.removeEventListener('wheel', wheel)
  }, [frame, change])
}

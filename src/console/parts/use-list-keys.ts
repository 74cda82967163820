/** j, k, arrows, Home, End, Enter and space in a list: one entry is the present one. */
import { type Keys, useKeys } from '../app/keys.js'

interface ListKeys {
  readonly count: number
  /** -1: none. */
  readonly present: number
  readonly onMove: (index: number) => void
  readonly onOpen?: (index: number) => void
  /** Space, `x`: into the selection or out of it. */
  readonly onToggle?: (index: number) => void
  readonly isOn?: boolean
}

const PAGE = 10

export function useListKeys({ count, present, onMove, onOpen, onToggle, isOn = true }: ListKeys): void {
  const to = (index: number) => (): void => {
    if (count > 0) onMove(Math.min(Math.max(index, 0), count - 1))
  }
  const onPresent = (act: ((index: number) => void) | undefined) => (): void => {
    if (present >= 0 && present < count) act?.(present)
  }
  const keys: Keys = {
    j: to(present + 1),
    ArrowDown: to(present + 1),
    k: to(present - 1),
    ArrowUp: to(present - 1),
    PageDown: to(present + PAGE),
    PageUp: to(present - PAGE),
    Home: to(0),
    End: to(count - 1),
    ...(onOpen !== undefined && { Enter: onPresent(onOpen) }),
    ...(onToggle !== undefined && { x: onPresent(onToggle), ' ': onPresent(onToggle) }),
  }
  useKeys(keys, isOn)
}

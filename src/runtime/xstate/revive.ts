/**
 * Puts the children back where a restored context holds them: a decoded context has refs by session, XState wants the
 * child's own `Actor` there.
 */
import { ActorHandle } from '../actor-handle.js'
import type { Cell } from '../cell.js'

/** Replaces, in place, every ref to a child of `cell` by the child. The caller owns the value. */
export function reviveChildren(value: unknown, cell: Cell): void {
  if (cell.children === undefined || typeof value !== 'object' || value === null) return
  if (value instanceof Map) reviveMap(value, cell)
  else if (value instanceof Set) reviveSet(value, cell)
  else if (Array.isArray(value) || isPlain(value)) {
    const object = value as Record<string, unknown>
    for (const key of Object.keys(object)) {
      const child = childOf(object[key], cell)
      if (child === undefined) reviveChildren(object[key], cell)
      else object[key] = child
    }
  }
}

function reviveMap(map: Map<unknown, unknown>, cell: Cell): void {
  const entries = [...map]
  // Set again as a whole when a key is a child, so that the order stays.
  if (entries.some(([key]) => childOf(key, cell) !== undefined)) map.clear()
  for (const [key, item] of entries) {
    const child = childOf(item, cell)
    if (child === undefined) reviveChildren(item, cell)
    map.set(childOf(key, cell) ?? key, child ?? item)
  }
}

function reviveSet(set: Set<unknown>, cell: Cell): void {
  const items = [...set]
  if (items.some((item) => childOf(item, cell) !== undefined)) set.clear()
  for (const item of items) {
    const child = childOf(item, cell)
    if (child === undefined) reviveChildren(item, cell)
    set.add(child ?? item)
  }
}

function childOf(value: unknown, cell: Cell): object | undefined {
  return value instanceof ActorHandle && value.path === cell.path && value.child !== undefined
    ? cell.children?.get(value.child)
    : undefined
}

function isPlain(value: object): boolean {
  const prototype = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}

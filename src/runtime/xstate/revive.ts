/**
 * Puts the children back where a restored context holds them: a decoded context has refs by session, XState wants the
 * child's own `Actor` there.
 */
import { ActorHandle } from '../actor-handle.js'
import type { Cell } from '../cell.js'

/** Replaces, in place, every ref to a child of `cell` by the child. The caller owns the value. */
export function reviveChildren(value: unknown, cell: Cell): void {
  if (cell.children === undefined || typeof value !== 'object' || value === null) return
  if (value instanceof Map) {
    for (const [key, item] of value) {
      const child = childOf(item, cell)
      if (child === undefined) reviveChildren(item, cell)
      else value.set(key, child)
    }
  } else if (Array.isArray(value) || isPlain(value)) {
    const object = value as Record<string, unknown>
    for (const key of Object.keys(object)) {
      const child = childOf(object[key], cell)
      if (child === undefined) reviveChildren(object[key], cell)
      else object[key] = child
    }
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

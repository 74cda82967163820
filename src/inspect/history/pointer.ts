/** JSON Pointers (RFC 6901): `/context/a~1b/3`; `''` is the whole. */
import { RosciusError } from '../../core/errors.js'
import { type Child, childAt } from './value-kind.js'

export function pointerTo(pointer: string, segment: string): string {
  return `${pointer}/${segment.replaceAll('~', '~0').replaceAll('/', '~1')}`
}

/** Throws `OPTIONS_INVALID` for what is no pointer. */
function segmentsOf(pointer: string): readonly string[] {
  if (pointer === '') return []
  if (!pointer.startsWith('/') || /~(?![01])/.test(pointer)) {
    const message = `pointer: ${JSON.stringify(pointer.slice(0, 200))} is no JSON Pointer: it is empty or begins with "/", and "~" is written "~0".`
    throw new RosciusError('OPTIONS_INVALID', message, { details: { field: 'pointer' } })
  }
  return pointer
    .slice(1)
    .split('/')
    .map((segment) => segment.replaceAll('~1', '/').replaceAll('~0', '~'))
}

/** The children on the way from `value` to where the pointer leads, the last being that; `undefined` if it leads nowhere. */
export function wayTo(value: unknown, pointer: string): readonly Child[] | undefined {
  const way: Child[] = []
  let at = value
  for (const segment of segmentsOf(pointer)) {
    const child = childAt(at, segment)
    if (child === undefined) return undefined
    way.push(child)
    at = child.value
  }
  return way
}

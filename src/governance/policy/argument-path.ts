/**
 * Where in a call's arguments a policy looks: the plain part of JSONPath (RFC 9535).
 *
 * There are: `$` for all of them, `.name`, `['name']`, `[0]`, `.*` or `[*]` for every member or element, and `..` before a
 * name or `*` for every depth. There are not: slices, filters, negative indices. Only own members are seen.
 */
import type { Effort } from './pattern.js'

type Step =
  | { readonly kind: 'name'; readonly name: string; readonly isDeep: boolean }
  | { readonly kind: 'every'; readonly isDeep: boolean }

const STEP = /(\.\.|\.)(?:(\*)|([A-Za-z_][A-Za-z0-9_-]*))|\[(?:(\*)|(0|[1-9][0-9]{0,8})|'([^'\\]*)')\]/y
const MAX_STEPS = 20

/** The steps of a path. Throws a `SyntaxError` that says where it stops being one. */
export function parseArgumentPath(path: string): readonly Step[] {
  if (!path.startsWith('$')) throw new SyntaxError('it must begin with "$"')
  const steps: Step[] = []
  const step = new RegExp(STEP)
  step.lastIndex = 1
  for (let at = 1; at < path.length; at = step.lastIndex) {
    const found = step.exec(path)
    if (found === null) throw new SyntaxError(`at character ${at}: expected .name, ['name'], [0], .* or [*]`)
    steps.push(stepOf(found))
  }
  if (steps.length > MAX_STEPS) throw new SyntaxError(`it has more than ${MAX_STEPS} steps`)
  return steps
}

function stepOf([, dots, everyMember, name, everyElement, index, quoted]: readonly (string | undefined)[]): Step {
  const isDeep = dots === '..'
  if (everyMember !== undefined || everyElement !== undefined) return { kind: 'every', isDeep }
  return { kind: 'name', name: name ?? index ?? quoted ?? '', isDeep }
}

/** The values at the path. `undefined`: there are more than the effort allows to look at. */
export function valuesAt(path: string, value: unknown, effort: Effort): readonly unknown[] | undefined {
  let values: readonly unknown[] = [value]
  for (const step of parseArgumentPath(path)) {
    const holders = step.isDeep ? withAllBelow(values, effort) : values
    if (holders === undefined) return undefined
    values = holders.flatMap((holder) => membersOf(holder, step))
    effort.left -= values.length
    if (effort.left < 0) return undefined
  }
  return values
}

function membersOf(holder: unknown, step: Step): readonly unknown[] {
  if (typeof holder !== 'object' || holder === null) return []
  if (step.kind === 'every') return Object.values(holder)
  return Object.hasOwn(holder, step.name) ? [(holder as Record<string, unknown>)[step.name]] : []
}

function withAllBelow(values: readonly unknown[], effort: Effort): readonly unknown[] | undefined {
  const all = new Set<unknown>()
  const waiting = [...values]
  for (let next = waiting.pop(); waiting.length > 0 || next !== undefined; next = waiting.pop()) {
    if (--effort.left < 0) return undefined
    if (typeof next !== 'object' || next === null || all.has(next)) continue
    all.add(next)
    for (const member of Object.values(next)) waiting.push(member)
  }
  return [...all]
}

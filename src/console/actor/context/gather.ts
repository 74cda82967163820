/** A value whole, put together from its pieces: for the clipboard. */
import type { ValueNode, ValueSlice } from '../../../control/protocol/value.js'
import { below } from './pointer.js'

/** Pieces that are asked for at most: what is larger is no text for a clipboard. */
const MOST = 300
const PAGE = 1_000

export class TooLarge extends Error {}

type Load = (pointer: string, offset: number, limit: number) => Promise<ValueSlice>

/** As JSON with two spaces; what JSON has no word for is its text. Throws `TooLarge`. */
export async function gathered(load: Load, pointer: string): Promise<string> {
  let asked = 0
  const ask = async (at: string, offset: number): Promise<ValueSlice> => {
    if (++asked > MOST) throw new TooLarge('It is too large to be copied whole. Open it, and copy a part.')
    return load(at, offset, PAGE)
  }
  const read = async (at: string): Promise<unknown> => {
    const first = await ask(at, 0)
    if (first.whole !== undefined) return first.whole
    const { kind, size, text } = first.node
    if (size === 0) return leafOf(kind, text)
    const children = [...first.children]
    while (children.length < first.total) {
      const { children: more } = await ask(at, children.length)
      if (more.length === 0) break
      children.push(...more)
    }
    const values: (readonly [string, unknown])[] = []
    for (const child of children)
      if (child.change !== 'removed')
        values.push([child.key, needsMore(child) ? await read(below(at, child.key)) : leafOf(child.kind, child.text)])
    return kind === 'array' || kind === 'set' ? values.map(([, value]) => value) : Object.fromEntries(values)
  }
  const value = await read(pointer)
  return typeof value === 'string' ? value : (JSON.stringify(value, undefined, 2) ?? String(value))
}

function needsMore({ size, length, isMasked }: ValueNode): boolean {
  return !isMasked && (size > 0 || length !== undefined)
}

/** What stands in one line is the value itself. */
function leafOf(kind: ValueNode['kind'], text: string): unknown {
  if (kind === 'array' || kind === 'set') return []
  if (kind === 'object' || kind === 'map') return {}
  if (kind !== 'string' && kind !== 'number' && kind !== 'boolean' && kind !== 'null') return text
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

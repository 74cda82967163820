/** Frames that are well-formed and not what they were: values changed, moved, doubled, left out, wrapped and nested. */
import { WireKind } from '../../../../src/remote/protocol/extension-types.js'
import type { Chance } from './chance.js'
import { array, type Branch, bytesOf, copyOf, inside, leaf, type Tree, treeOf } from './value-tree.js'

const text = (of: string): Tree => leaf(0xd9, Buffer.byteLength(of), ...Buffer.from(of))

/** Values at the edges of what fields may be. */
const EDGES: readonly Tree[] = [
  leaf(0xc0),
  leaf(0xc2),
  leaf(0xc3),
  leaf(0x00),
  leaf(0x01),
  leaf(0x7f),
  leaf(0xff),
  leaf(0xcc, 0xff),
  leaf(0xce, 0xff, 0xff, 0xff, 0xff),
  leaf(0xcf, 0x00, 0x1f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff),
  leaf(0xcf, 0x00, 0x20, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00),
  leaf(0xcf, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff),
  leaf(0xd3, 0x80, 0, 0, 0, 0, 0, 0, 0),
  leaf(0xcb, 0x7f, 0xf8, 0, 0, 0, 0, 0, 0),
  leaf(0xcb, 0x7f, 0xf0, 0, 0, 0, 0, 0, 0),
  leaf(0xcb, 0x43, 0x40, 0, 0, 0, 0, 0, 0),
  leaf(0xca, 0x80, 0, 0, 0),
  leaf(0xa0),
  leaf(0xa1, 0xff),
  leaf(0xc4, 0x00),
  leaf(0xd4, 0x00, 0x00),
  leaf(0xd4, 0x42, 0x80),
  leaf(0xd6, 0xff, 0xff, 0xff, 0xff, 0xff),
  leaf(0xd5, 0x79, 0x05, 0x61),
  leaf(0xd4, 0x79, 0x07),
  ...['__proto__', 'constructor', 'then', 'toJSON', '../x', '$root', '$ask/1/1', 'a//b', '%2f', '*', 'xstate.init'].map(
    text,
  ),
  text('roscius://a/b'),
  text('x'.repeat(200)),
  array([]),
  { form: 'map', kind: 0, children: [] },
]

const KINDS = Object.values(WireKind)

/** One to three changes; the bytes are still one value. */
export function mutatedValues(tree: Tree, others: readonly Tree[], chance: Chance): Buffer {
  const copy = copyOf(tree)
  for (let i = chance.pick([1, 1, 1, 2, 3]); i > 0; i--) {
    const branch = someBranch(copy, chance)
    if (branch !== undefined && branch.children.length > 0) mutate(branch, others, chance)
  }
  return bytesOf(copy, () => chance.is(0.02))
}

/** Those of frames; they are parsed once. */
export function treesOf(frames: readonly Uint8Array[]): readonly Tree[] {
  return frames.map(treeOf)
}

/** The outermost one as often as any of those in it; undefined if it is a leaf. */
function someBranch(tree: Tree, chance: Chance): Branch | undefined {
  if (tree.form === 'leaf') return undefined
  const child = tree.children.length > 0 && chance.is(0.6) ? someBranch(chance.pick(tree.children), chance) : undefined
  return child ?? tree
}

function mutate(branch: Branch, others: readonly Tree[], chance: Chance): void {
  const { children } = branch
  const at = chance.below(children.length)
  const old = children[at] as Tree
  switch (chance.below(8)) {
    case 0:
    case 1:
      children[at] = chance.pick(EDGES)
      return
    case 2:
      children[at] = copyOf(someBranch(chance.pick(others), chance) ?? old)
      return
    case 3:
      if (branch.form !== 'value') children.splice(at, branch.form === 'map' ? 2 : 1)
      return
    case 4:
      if (branch.form !== 'value') children.splice(at, 0, ...(branch.form === 'map' ? [text('k'), old] : [old]))
      return
    case 5:
      children[at] = children[chance.below(children.length)] as Tree
      return
    case 6:
      children[at] = nested(old, chance)
      return
    default:
      children[at] = array(Array.from({ length: chance.pick([2, 15, 16, 70, 300]) }, () => old))
  }
}

function nested(tree: Tree, chance: Chance): Tree {
  let result = tree
  for (let i = chance.pick([1, 1, 2, 60, 70]); i > 0; i--)
    result = chance.is(0.5) ? array([result]) : inside(chance.pick(KINDS), chance.is(0.5) ? array([result]) : result)
  return result
}

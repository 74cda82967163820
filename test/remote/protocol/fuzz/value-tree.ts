/**
 * MessagePack as a tree of its values: one of them can be changed, and what is around it stays well-formed. So a mutation gets
 * past the scanner, to the readers behind it.
 *
 * Boundary: it reads recordings, which are good; never what a peer sent.
 */
import { ExtensionType, holdsValue } from '../../../../src/remote/protocol/extension-types.js'

export type Tree = Leaf | Branch

interface Leaf {
  readonly form: 'leaf'
  readonly bytes: Uint8Array
}

export interface Branch {
  /** `map`: keys and values in turns. `value`: an extension around one value, of this kind. */
  readonly form: 'array' | 'map' | 'value'
  readonly kind: number
  readonly children: Tree[]
}

export const leaf = (...bytes: readonly number[]): Leaf => ({ form: 'leaf', bytes: Uint8Array.from(bytes) })
export const array = (children: Tree[]): Branch => ({ form: 'array', kind: 0, children })
export const inside = (kind: number, child: Tree): Branch => ({ form: 'value', kind, children: [child] })

export function treeOf(bytes: Uint8Array): Tree {
  return new Parser(Buffer.from(bytes)).value()
}

/** The bytes of the tree; `isWide` chooses longer headers than needed. */
export function bytesOf(tree: Tree, isWide: () => boolean): Buffer {
  const parts: Uint8Array[] = []
  write(tree, parts, isWide)
  return Buffer.concat(parts)
}

/** A tree of its own: what is done to it is not done to the original. */
export function copyOf(tree: Tree): Tree {
  return tree.form === 'leaf' ? tree : { ...tree, children: tree.children.map(copyOf) }
}

function write(tree: Tree, parts: Uint8Array[], isWide: () => boolean): void {
  if (tree.form === 'leaf') {
    parts.push(tree.bytes)
    return
  }
  if (tree.form === 'value') {
    const inner: Uint8Array[] = []
    for (const child of tree.children) write(child, inner, isWide)
    const data = Buffer.concat(inner)
    parts.push(header(0xc9, data.length + 1, [ExtensionType.roscius, tree.kind]), data)
    return
  }
  const count = tree.form === 'map' ? tree.children.length >> 1 : tree.children.length
  parts.push(collection(tree.form, count, isWide()))
  for (const child of tree.children) write(child, parts, isWide)
}

function collection(form: 'array' | 'map', count: number, isWide: boolean): Buffer {
  if (count < 16 && !isWide) return Buffer.from([(form === 'map' ? 0x80 : 0x90) | count])
  return header(form === 'map' ? 0xdf : 0xdd, count, [])
}

function header(token: number, length: number, rest: readonly number[]): Buffer {
  const bytes = Buffer.alloc(5)
  bytes[0] = token
  bytes.writeUInt32BE(length, 1)
  return Buffer.concat([bytes, Buffer.from(rest)])
}

class Parser {
  #at = 0

  constructor(private readonly bytes: Buffer) {}

  value(): Tree {
    const start = this.#at
    const token = this.bytes[this.#at++]!
    if (token >= 0x80 && token < 0x90) return this.#branch('map', (token & 15) * 2)
    if (token >= 0x90 && token < 0xa0) return this.#branch('array', token & 15)
    if (token === 0xdc || token === 0xdd) return this.#branch('array', this.#length(token === 0xdc ? 2 : 4))
    if (token === 0xde || token === 0xdf) return this.#branch('map', this.#length(token === 0xde ? 2 : 4) * 2)
    const length = this.#dataLength(token)
    const isExtension = (token >= 0xc7 && token <= 0xc9) || (token >= 0xd4 && token <= 0xd8)
    if (isExtension && this.bytes[this.#at] === ExtensionType.roscius && holdsValue(this.bytes[this.#at + 1]!)) {
      const kind = this.bytes[this.#at + 1]!
      this.#at += 2
      return inside(kind, this.value())
    }
    this.#at += isExtension ? length + 1 : length
    return { form: 'leaf', bytes: this.bytes.subarray(start, this.#at) }
  }

  #branch(form: 'array' | 'map', count: number): Branch {
    return { form, kind: 0, children: Array.from({ length: count }, () => this.value()) }
  }

  #dataLength(token: number): number {
    if (token < 0x80 || token >= 0xe0) return 0
    if (token < 0xc0) return token & 31
    if (token >= 0xc4 && token <= 0xc6) return this.#length(1 << (token - 0xc4))
    if (token >= 0xc7 && token <= 0xc9) return this.#length(1 << (token - 0xc7))
    if (token >= 0xd9 && token <= 0xdb) return this.#length(1 << (token - 0xd9))
    if (token >= 0xd4 && token <= 0xd8) return 1 << (token - 0xd4)
    if (token === 0xca || token === 0xcb) return token === 0xca ? 4 : 8
    return token < 0xcc ? 0 : 1 << (token & 3)
  }

  #length(width: number): number {
    const length = this.bytes.readUIntBE(this.#at, width)
    this.#at += width
    return length
  }
}

/** What a terminal would make of what a command has written. */
import { expect } from 'vitest'
import { widthOf } from '../../src/cli/text/text-width.js'

/** Until it is undone, what is written is for a terminal so wide. */
export function onTerminal(columns: number, rows = 24): () => void {
  const faked = { isTTY: true, columns, rows }
  const before = Object.keys(faked).map((key) => [key, Object.getOwnPropertyDescriptor(process.stdout, key)] as const)
  for (const [key, value] of Object.entries(faked))
    Object.defineProperty(process.stdout, key, { value, configurable: true, writable: true })
  return () => {
    for (const [key, descriptor] of before)
      if (descriptor === undefined) delete (process.stdout as unknown as Record<string, unknown>)[key]
      else Object.defineProperty(process.stdout, key, descriptor)
  }
}

/** Colours aside, which are ours. */
export function uncoloured(text: string): string {
  return [32, 33, 31, 2, 0].reduce((rest, code) => rest.replaceAll(`\u001B[${code}m`, ''), text)
}

/** Nothing in it steers a terminal, and no line is wider than `width`. */
export function expectTame(text: string, width?: number): void {
  const plain = uncoloured(text)
  expect(plain.match(/[^\P{Cc}\n]|[\p{Cf}\p{Zl}\p{Zp}]/u)).toBeNull()
  if (width !== undefined) expect(plain.split('\n').filter((line) => widthOf(line) > width)).toEqual([])
}

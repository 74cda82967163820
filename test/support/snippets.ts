/**
 * The TypeScript in a Markdown page as modules.
 *
 * A block marked `ts` is a module. One marked `ts continue` goes on with the module of the block before it. One marked
 * `ts file=counter.ts` is a module that the other blocks of its page import as `./counter.js`.
 */
import { dirname, join } from 'node:path'
import { type Fence, fencesOf } from './markdown.js'

/** Modules by path: `docs/guides/timers.md:12.ts`, or beside the page under the name that the block gives. */
export function snippetsOf(path: string, page: string): Map<string, string> {
  const modules = new Map<string, string>()
  let current: string | undefined
  for (const fence of fencesOf(page)) {
    if (!/^(ts|typescript)\b/.test(fence.info)) continue
    current = nameOf(path, fence, current)
    modules.set(current, `${modules.get(current) ?? ''}${fence.code}`)
  }
  return new Map([...modules].map(([name, code]) => [name, `${code}\nexport {}\n`]))
}

function nameOf(path: string, { info, line }: Fence, current: string | undefined): string {
  const file = /^ts file=([\w-]+\.ts)$/.exec(info)?.[1]
  if (file !== undefined) return join(dirname(path), `${path.split('/').at(-1)}.files`, file)
  if (info === 'ts') return join(dirname(path), `${path.split('/').at(-1)}.files`, `line-${line}.ts`)
  if (info === 'ts continue' && current !== undefined) return current
  throw new Error(`${path}:${line} has a block marked "${info}": use "ts", "ts continue" or "ts file=<name>.ts"`)
}

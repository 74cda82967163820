import { existsSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { AnyStateMachine } from 'xstate'
import { machinesOf } from '../../src/cli/machines/machine-module.js'
import { root } from '../support/compile.js'

/** Writes a module that makes machines into `folder`. */
export function moduleIn(folder: string, text: string, name = 'machines.mjs'): string {
  const path = join(folder, name)
  const packages = join(folder, 'node_modules')
  if (!existsSync(packages)) symlinkSync(join(root, 'node_modules'), packages)
  writeFileSync(path, `import { createMachine } from 'xstate'\n${text}\n`)
  return path
}

/** The machine that a module exports, as a program that runs it has it. */
export async function machineIn(file: string, name?: string): Promise<AnyStateMachine> {
  const [found] = await machinesOf(file, name)
  return found?.machine as AnyStateMachine
}

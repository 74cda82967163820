/** Machines as commands are given them: a module that exports them, or a definition that `roscius viz --format json` has written. */
import { readFile } from 'node:fs/promises'
import type { AnyStateMachine } from 'xstate'
import { definitionOf } from '../../inspect/definition/definition.js'
import { writtenDefinition } from '../../inspect/definition/definition-schema.js'
import type { MachineDefinition } from '../../inspect/definition/machine-definition.js'
import { structureHash } from '../../runtime/structure-hash.js'
import { machinesOf } from './machine-module.js'

export interface MachineSource {
  /** `agent` for an export, `agent.actors.worker` for one that it names among its actors; of a written one its id. */
  readonly name: string
  readonly definition: MachineDefinition
  /** What stored actors of it are known by; absent if nobody wrote it down. */
  readonly structure: string | undefined
  /** Of a module. */
  readonly machine: AnyStateMachine | undefined
}

/** All machines of `file`, exports first. Throws where there is none. */
export async function machineSources(file: string): Promise<MachineSource[]> {
  if (file.endsWith('.json')) return [await readWritten(file)]
  return (await machinesOf(file, undefined)).map(({ name, machine }) => {
    return { name, definition: definitionOf(machine), structure: structureHash(machine), machine }
  })
}

/** The machine called `name`, or the only one that `file` exports. */
export async function machineSource(file: string, name: string | undefined): Promise<MachineSource> {
  const all = await machineSources(file)
  const found = name === undefined ? all.filter(isExported) : all.filter((each) => each.name === name)
  if (found.length === 1) return found[0]!
  const names = all.map((each) => each.name).join(', ')
  if (name !== undefined) throw new Error(`${file} has no machine "${name}". It has: ${names}.`)
  throw new Error(`${file} exports more than one machine: say which with --export. It has: ${names}.`)
}

/** Not one that is only among the actors of another. */
export function isExported({ name, machine }: MachineSource): boolean {
  return machine === undefined || !name.includes('.actors.')
}

async function readWritten(file: string): Promise<MachineSource> {
  const read = writtenDefinition.safeParse(jsonIn(await readFile(file, 'utf8'), file))
  if (!read.success) {
    const [issue] = read.error.issues
    throw new Error(`${file} is no definition of a machine: ${issue?.path.join('.')}: ${issue?.message}`)
  }
  const { structure, ...definition } = read.data
  return { name: definition.id, definition, structure, machine: undefined }
}

function jsonIn(text: string, file: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new Error(`${file} is no definition of a machine: ${(cause as Error).message}`, { cause })
  }
}

/**
 * The machines that a module exports, and those that they name among their actors.
 *
 * Boundary: it imports the module, so the module's own code runs. It calls nothing that the module exports.
 */
import { existsSync } from 'node:fs'
import { extname, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { AnyStateMachine } from 'xstate'
import { isMachine } from '../../analysis/chart.js'

export interface FoundMachine {
  /** `agent` for an export, `agent.actors.worker` for one that it invokes or spawns by that name. */
  readonly name: string
  readonly machine: AnyStateMachine
}

/** The machines of `file`, each once; of one export if it is given. Throws where there is none. */
export async function machinesOf(file: string, exportName: string | undefined): Promise<FoundMachine[]> {
  const exported = exportsToSearch(await importModule(file), file, exportName)
  const machines = exported.flatMap(([name, value]) => (isMachine(value) ? [{ name, machine: value }] : []))
  if (machines.length > 0) return withActors(machines)
  const factories = exported.filter(([, value]) => typeof value === 'function').map(([name]) => name)
  const hint =
    factories.length === 0
      ? ''
      : ` If ${factories.join(' or ')} makes one, export what it returns from a module of your own.`
  throw new Error(`${file} exports no machine${exportName === undefined ? '' : ` as "${exportName}"`}.${hint}`)
}

type Exported = readonly [name: string, value: unknown]

function exportsToSearch(module: object, file: string, exportName: string | undefined): Exported[] {
  const all = Object.entries(module).sort(([one], [other]) => (one < other ? -1 : 1))
  if (exportName === undefined) return all
  const found = all.filter(([name]) => name === exportName)
  if (found.length > 0) return found
  throw new Error(`${file} has no export "${exportName}". It has: ${all.map(([name]) => name).join(', ') || 'none'}.`)
}

async function importModule(file: string): Promise<object> {
  const path = resolve(file)
  if (!existsSync(path)) throw new Error(`There is no file ${file}.`)
  if (isTypeScript(path) && !canStripTypes())
    throw new Error(
      `${file} is TypeScript, which Node ${process.versions.node} can't import. Give the compiled .js file, or use Node 22.18, 23.6 or later.`,
    )
  try {
    return await import(pathToFileURL(path).href)
  } catch (error) {
    const hint = isTypeScript(path)
      ? ' Node only strips types: imports need their .ts endings. Or give the compiled .js file.'
      : ''
    throw new Error(`${file} can't be imported: ${error instanceof Error ? error.message : String(error)}${hint}`, {
      cause: error,
    })
  }
}

function isTypeScript(path: string): boolean {
  return ['.ts', '.mts', '.cts'].includes(extname(path))
}

/** What Node tells of itself; versions before don't know the field. */
function canStripTypes(): boolean {
  return Boolean(Reflect.get(process.features, 'typescript'))
}

function withActors(machines: readonly FoundMachine[]): FoundMachine[] {
  const found: FoundMachine[] = []
  const open = [...machines]
  for (let next = open.shift(); next !== undefined; next = open.shift()) {
    const { name, machine } = next
    if (found.some((each) => each.machine === machine)) continue
    found.push(next)
    for (const [src, actor] of Object.entries(machine.implementations.actors))
      if (isMachine(actor)) open.push({ name: `${name}.actors.${src}`, machine: actor })
  }
  return found
}

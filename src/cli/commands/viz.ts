/**
 * `roscius viz <file>`: draws the statechart of a machine. `roscius viz <folder> <path>`: that of an actor, with the states that it is
 * in. Nothing of the machine's is run; of a system nothing is changed.
 */
import { writeFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { z } from 'zod'
import { type DrawingOptions, drawDefinition, drawMachine } from '../../inspect/chart/draw-machine.js'
import { machineSource } from '../machines/machine-source.js'
import { KEY_HELP } from '../stored/open-store.js'
import { actorDrawing } from '../text/actor-drawing.js'
import { line } from '../text/printable.js'

const HELP = `Usage: roscius viz <file> [--export <name>] [options]
       roscius viz <folder> <path> [--machine <file>] [options]
       roscius viz <address> --folder <folder> [--machine <file>] [options]

Draws the statechart of an XState machine: one that the module <file> exports, one whose definition --format json has written
into <file>.json, or that of the actor at <path> (or <address>, roscius://node/path) in the store in <folder>, with the states that
it is in. A running system is asked, where it lets programs in; else the store is read, and --machine says where its machine is.

  --format <format>   svg (default), mermaid (stateDiagram-v2) or json (the definition; of a running actor its chart)
  -o, --output <file> write it there
  --export <name>     this machine of a module that has more than one; agent.actors.worker for one among the actors of another
  --state <id>        only this state and what is in it
  --depth <n>         only n levels of states, with one arrow between two
  --theme <theme>     of svg: auto (default: as the page that shows it), light, dark
  --folder <folder>   where the store of an address is
  --machine <file>    the module or the written definition of a stored actor's machine

TypeScript needs Node 22.18, 23.6 or later; before, give the compiled file. ${KEY_HELP}
Exit code: 0 it is drawn, 2 it could not be drawn.
`

const OPTIONS = {
  format: { type: 'string' },
  output: { type: 'string', short: 'o' },
  export: { type: 'string' },
  state: { type: 'string' },
  depth: { type: 'string' },
  theme: { type: 'string' },
  folder: { type: 'string' },
  machine: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
} as const

const drawing = z.object({
  format: z.enum(['svg', 'mermaid', 'json']).default('svg'),
  theme: z.enum(['auto', 'light', 'dark']).optional(),
  depth: z.coerce.number().int().min(0).optional(),
  state: z.string().optional(),
})

const ADDRESS = 'roscius://'

export async function vizCommand(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({ args: [...args], allowPositionals: true, options: OPTIONS })
  if (values.help === true) {
    process.stdout.write(HELP)
    return 0
  }
  const read = drawing.safeParse(values)
  const [what, ...more] = withFolder(positionals, values.folder)
  if (what === undefined || more.length > 1 || !read.success) return misuse(read.error)
  const [path] = more
  const drawn =
    path === undefined
      ? await drawFile(what, values.export, read.data)
      : await actorDrawing({ folder: what, path, machine: values.machine, export: values.export }, read.data)
  return print(drawn, values.output)
}

/** An address alone needs to be told where its store is. */
function withFolder(positionals: readonly string[], folder: string | undefined): readonly string[] {
  const [address] = positionals
  if (positionals.length !== 1 || address?.startsWith(ADDRESS) !== true) return positionals
  if (folder === undefined) throw new Error(`Say with --folder where the store of ${line(address)} is.`)
  return [folder, address]
}

function misuse(error: z.ZodError | undefined): number {
  const [issue] = error?.issues ?? []
  const problem = issue === undefined ? '' : `roscius: --${issue.path.join('.')}: ${issue.message}\n\n`
  process.stderr.write(`${problem}${HELP}`)
  return 2
}

async function drawFile(file: string, name: string | undefined, options: DrawingOptions): Promise<string> {
  const { machine, definition } = await machineSource(file, name)
  return machine === undefined ? drawDefinition(definition, options) : drawMachine(machine, options)
}

async function print(drawn: string, output: string | undefined): Promise<number> {
  if (output === undefined) process.stdout.write(drawn)
  else await writeFile(output, drawn)
  return 0
}

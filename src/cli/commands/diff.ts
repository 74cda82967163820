/**
 * `roscius diff <old> <new>`: what differs between two versions of a machine, and which stored actors that touches. Nothing of the
 * machines' is run, and nothing is changed in the store.
 */
import { parseArgs } from 'node:util'
import { differenceOf } from '../machines/machine-difference.js'
import { machineSources } from '../machines/machine-source.js'
import { decrypted, KEY_HELP } from '../stored/open-store.js'
import { withStoreOrCopy } from '../stored/store-copy.js'
import { touchedActors } from '../stored/touched-actors.js'
import { diffText } from '../text/diff-text.js'

const HELP = `Usage: roscius diff <old> <new> [--export <name>] [--store <folder> [--logic <name>]] [--json]

Tells what differs between the XState machines of two modules, or definitions that roscius viz --format json has written into a
.json file: states and transitions that are new, gone, renamed or lead elsewhere, guards, actions, delays, invokes. What happens
within functions is not seen. Machines are compared by the names of their exports, a single one with a single one.

  --export <name>   this machine only
  --store <folder>  also the actors in this store that the changes touch: lost (their state is gone: without a migration they are
                    quarantined), renamed, or changed (they go on, in a state that does something else now)
  --logic <name>    they are the actors of this logic; default: those that were stored by the old machine
  --json            one JSON object: { same, machines: [{ name, status, changes }], store: { folder, actors, unread, touched } }

TypeScript needs Node 22.18, 23.6 or later; before, give the compiled file. ${KEY_HELP}
Exit code: 0 they are the same, 1 they differ, 2 they could not be compared.
`

const OPTIONS = {
  export: { type: 'string' },
  store: { type: 'string' },
  logic: { type: 'string' },
  json: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const

const IN_USE = 'A process has the store open: its actors are told as they were committed.\n'

export async function diffCommand(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({ args: [...args], allowPositionals: true, options: OPTIONS })
  if (values.help === true) {
    process.stdout.write(HELP)
    return 0
  }
  const [from, to, ...rest] = positionals
  if (from === undefined || to === undefined || rest.length > 0) {
    process.stderr.write(HELP)
    return 2
  }
  const machines = differenceOf(await machineSources(from), await machineSources(to), values.export)
  const { store: folder, logic } = values
  const store =
    folder === undefined
      ? undefined
      : await withStoreOrCopy(
          folder,
          () => void process.stderr.write(IN_USE),
          async (open) => ({ folder, ...(await touchedActors(open, decrypted(open), machines, logic)) }),
        )
  const same = machines.every(({ status }) => status === 'same')
  const told = { same, machines: machines.map(({ name, status, changes }) => ({ name, status, changes })), store }
  process.stdout.write(values.json === true ? `${JSON.stringify(told, undefined, 2)}\n` : diffText(told))
  return same ? 0 : 1
}

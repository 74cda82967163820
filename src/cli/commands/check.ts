/**
 * `roscius check <file>`: checks the machines that a module exports, without running them.
 */
import { parseArgs } from 'node:util'
import { checkMachine } from '../../analysis/check-machine.js'
import type { CheckOptions } from '../../analysis/check-options.js'
import { splitDangers } from '../../analysis/danger-names.js'
import type { Finding } from '../../analysis/findings.js'
import { type FoundMachine, machinesOf } from '../machines/machine-module.js'
import { findingsText } from '../text/findings-text.js'

const HELP = `Usage: roscius check <file> [--export <name>] [--json] [names]

Checks the XState machines that the module <file> exports, and those among their actors: states that can't be reached,
dead ends, effects whose error nothing takes, waits without a timeout, cycles that nothing bounds, danger that some path
reaches without an approval. The module is imported; no machine is run.

  --export <name>           check this export only
  --json                    one JSON object: { ok, machines: [{ name, id, findings: [{ rule, severity, state, message, path }] }] }

Names beside those that the machine and the defaults know; each can be given more than once:
  --bounding-guard <name>   a guard that bounds how often something is done
  --approval-event <name>   an event that grants an approval; * at the end for any ending
  --approval-guard <name>   a guard that holds only with an approval
  --danger-action <name>    an action that is dangerous
  --danger-actor <name>     actor logic that is dangerous

TypeScript needs Node 22.18, 23.6 or later; before, give the compiled file.
Exit code: 0 nothing was found, 1 there are findings, 2 it could not be checked.
`

const NAMES = { type: 'string', multiple: true } as const
const OPTIONS = {
  export: { type: 'string' },
  json: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
  'bounding-guard': NAMES,
  'approval-event': NAMES,
  'approval-guard': NAMES,
  'danger-action': NAMES,
  'danger-actor': NAMES,
} as const

interface Checked {
  readonly name: string
  readonly id: string
  readonly findings: readonly Finding[]
}

export async function checkCommand(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({ args: [...args], allowPositionals: true, options: OPTIONS })
  if (values.help === true) {
    process.stdout.write(HELP)
    return 0
  }
  const [file, ...rest] = positionals
  if (file === undefined || rest.length > 0) {
    process.stderr.write(HELP)
    return 2
  }
  const options: CheckOptions = {
    boundingGuards: values['bounding-guard'],
    approvalEvents: values['approval-event'],
    approvalGuards: values['approval-guard'],
    dangerActions: values['danger-action'],
    dangerActors: values['danger-actor'],
  }
  return report(file, checkAll(await machinesOf(file, values.export), options), values.json === true)
}

/** Danger is given for all of them: each has its own, and what none has is a mistake. */
function checkAll(machines: readonly FoundMachine[], options: CheckOptions): Checked[] {
  const known = machines.map(({ machine }) => splitDangers(machine.root, options).known)
  for (const key of ['dangerActions', 'dangerActors'] as const)
    for (const name of options[key] ?? [])
      if (!known.some((names) => names[key].includes(name)))
        throw new Error(`No machine has anything called "${name}", which was said to be dangerous.`)
  return machines.map(({ name, machine }, index) => ({
    name,
    id: machine.id,
    findings: checkMachine(machine, { ...options, ...known[index] }),
  }))
}

function report(file: string, machines: readonly Checked[], isJson: boolean): number {
  const count = machines.reduce((sum, { findings }) => sum + findings.length, 0)
  const text = isJson ? JSON.stringify({ ok: count === 0, machines }, undefined, 2) : reportText(file, machines, count)
  process.stdout.write(`${text}\n`)
  return count === 0 ? 0 : 1
}

function reportText(file: string, machines: readonly Checked[], count: number): string {
  const found = machines
    .filter(({ findings }) => findings.length > 0)
    .map(({ name, findings }) => findingsText(`${file}#${name}`, findings))
  const names = machines.map(({ name }) => name).join(', ')
  return [
    ...found,
    `${names}: ${count === 0 ? 'nothing found' : count === 1 ? '1 finding' : `${count} findings`}`,
  ].join('\n')
}

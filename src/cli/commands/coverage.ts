/** `roscius coverage <module[#export]> [folder]`: which states, transitions and guard outcomes actors have come to. */

import { type Form, HELP_OPTION, runCommand } from '../command.js'
import { coverageReport } from '../machines/coverage-report.js'
import { seenOf } from '../machines/coverage-source.js'
import { KEY_HELP } from '../stored/open-store.js'
import { outputWidth, print } from '../terminal/output.js'
import { paintOfOutput } from '../text/colours.js'
import { coverageText } from '../text/coverage-text.js'

const HELP = `Usage: roscius coverage <module>[#<export>] [<folder>] [--live] [--logic <name>] [--all] [--json]

Which states, transitions and outcomes of guards the actors of a machine have come to, and above all which not: in what
their journals keep, in the folder of their store; default: the current one. A running system that lets programs in is
asked itself; else the store is read, and nothing in it changes. The machine is the one that the module exports. Its
guards and assigners are called again on what is recorded, nothing else of it is. Records of another version are left
out, and so is what the machine of today does not make again.

  --live          what a running system has seen while somebody watched it, instead of what its journals keep
  --logic <name>  its actors are those of this logic; default: those of the same machine
  --all           also what was seen, and how often
  --json          { from, of, logic, version, chart, sinceMs, summary, states, transitions }: with all counts

${KEY_HELP}
TypeScript needs Node 22.18, 23.6 or later; before, give the compiled file.
Exit code: 0 it is shown, 2 called wrongly, or it could not be shown: no such machine, no actor of it, no store.
`

const OPTIONS = {
  live: { type: 'boolean' },
  logic: { type: 'string' },
  all: { type: 'boolean' },
  json: { type: 'boolean' },
  ...HELP_OPTION,
} as const

const FORM: Form<typeof OPTIONS> = { help: HELP, options: OPTIONS, words: [1, 2] }

export async function coverageCommand(args: readonly string[]): Promise<number> {
  return runCommand(FORM, args, async ({ values, words: [module = '', folder = '.'] }) => {
    const { live = false, logic, all = false, json } = values
    const { definition, ...seen } = await seenOf({ module, folder, logic, isLive: live })
    const report = coverageReport(seen, definition)
    print(json, report, () => coverageText(report, { isWhole: all, width: outputWidth(), paint: paintOfOutput() }))
    return 0
  })
}

/** `roscius explain <folder> <path>`: why an actor is where it is. */

import { type Form, HELP_OPTION, runCommand } from '../command.js'
import { pathOf } from '../sources/actor-word.js'
import { eventOf } from '../sources/event-word.js'
import { withActors } from '../sources/find-actors.js'
import { KEY_HELP } from '../stored/open-store.js'
import { print } from '../terminal/output.js'
import { isWrong } from '../text/actor-table.js'
import { paragraph } from '../text/paragraph.js'

const HELP = `Usage: roscius explain <folder> <path> [--event <type | json>] [--json]

Why an actor is where it is: its state, what it did not take and why, why it failed or was restarted, what it waits for,
who supervises it. As ref.explain() in the program. A store knows less than the system that runs it: its records say
nothing of what the machine would take.

  --event <e>   what would become of this event now: its type, or JSON. Nothing is sent. Needs a running system
  --json        { text, explanation }

${KEY_HELP}
Exit code: 0 explained, 1 explained, and it is failed, quarantined, restarting or missing, 2 called wrongly, or it could
not be explained.
`

const OPTIONS = { event: { type: 'string' }, json: { type: 'boolean' }, ...HELP_OPTION } as const
const FORM: Form<typeof OPTIONS> = { help: HELP, options: OPTIONS, words: [2, 2] }

export async function explainCommand(args: readonly string[]): Promise<number> {
  return runCommand(FORM, args, async ({ values: { event, json }, words: [folder = '', path = ''] }) => {
    if (event === '') return undefined
    // The system takes what is no JSON for a type.
    if (event !== undefined) eventOf(event)
    const asked = { path: pathOf(path), ...(event !== undefined && { event }) }
    const told = await withActors(folder, (source) => source.explanation(asked), path)
    print(json, told, () => paragraph(told.text))
    return isWrong(String(told.explanation.status)) ? 1 : 0
  })
}

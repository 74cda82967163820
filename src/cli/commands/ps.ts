/** `roscius ps <folder>`: actors as a table, filtered and sorted. */
import { type ActorPage, actorQuery } from '../../control/protocol/actors.js'
import { type Form, HELP_OPTION, readOptions, runCommand, type Values } from '../command.js'
import { pathOf } from '../sources/actor-word.js'
import { withActors } from '../sources/find-actors.js'
import { KEY_HELP } from '../stored/open-store.js'
import { outputWidth, print } from '../terminal/output.js'
import { actorTable, countsText, isWrong } from '../text/actor-table.js'
import { type Paint, paintOfOutput } from '../text/colours.js'
import { fitted } from '../text/text-width.js'

const HELP = `Usage: roscius ps <folder> [options]

The actors in <folder> as a table: those of the system that has it open, if it lets programs in (see serveControl and
createConsole), else those in the store.

  --search <text>  in the path, the logic or the state, whatever the case
  --status <s>     starting, active, restarting, done, failed, stopped, quarantined, missing
  --logic <name>   of this logic
  --under <path>   only this actor, and those below it
  --trouble        with trouble: failed, quarantined, restarting, restarted before, paused, with a question to a person,
                   with a budget that is used up
  --sort <by>      tree (default), path, rate, mailbox, restarts, budget, last
  --limit <n>      at most so many; default 100
  --json           { rows, total, counts }

Columns: mail in the mailbox, deferred events (stash), restarts (rst), running effects (fx), records, and how much is
used of the actor's own budget. What has no room is left out; --json has it all.
${KEY_HELP}
Exit code: 0 shown, 1 shown, and some that are meant are failed, quarantined, restarting or missing, 2 called wrongly, or
they could not be shown.
`

const OPTIONS = {
  search: { type: 'string' },
  status: { type: 'string' },
  logic: { type: 'string' },
  under: { type: 'string' },
  trouble: { type: 'boolean' },
  sort: { type: 'string' },
  limit: { type: 'string' },
  json: { type: 'boolean' },
  ...HELP_OPTION,
} as const

const FORM: Form<typeof OPTIONS> = { help: HELP, options: OPTIONS, words: [1, 1] }

export async function psCommand(args: readonly string[]): Promise<number> {
  return runCommand(FORM, args, ({ values, words: [folder = ''] }) => show(folder, values))
}

async function show(folder: string, { json, help: _, under, trouble, ...values }: Values<typeof OPTIONS>) {
  const query = readOptions(actorQuery, {
    ...values,
    under: under === undefined ? undefined : pathOf(under),
    trouble: trouble === true ? 'true' : undefined,
  })
  const page = await withActors(folder, (source) => source.actors(query), under)
  print(json, page, () => pageText(page, outputWidth(), paintOfOutput()))
  const isMeant = (status: string): boolean => query.status === undefined || query.status === status
  const wrong = Object.entries(page.counts).some(([status, count]) => count > 0 && isWrong(status) && isMeant(status))
  return wrong ? 1 : 0
}

function pageText({ rows, total, counts }: ActorPage, width: number, paint: Paint): string {
  if (total === 0) return 'No such actors.\n'
  const more = total - rows.length
  const rest = more > 0 ? `\n… ${more} more: --limit, --search, --under` : ''
  return `${fitted(countsText(counts), width)}\n\n${actorTable(rows, width, paint)}${rest}\n`
}

/** `roscius journal <folder> <path>`: the records of an actor. */
import { type JournalPage, type JournalRow, journalQuery } from '../../control/protocol/journal.js'
import { type Form, HELP_OPTION, readOptions, runCommand } from '../command.js'
import { pathOf } from '../sources/actor-word.js'
import { withActors } from '../sources/find-actors.js'
import { KEY_HELP } from '../stored/open-store.js'
import { outputWidth, print } from '../terminal/output.js'
import { type Paint, paintOfOutput } from '../text/colours.js'
import { eventText } from '../text/event-text.js'
import { fittedState } from '../text/state-text.js'
import { type Column, tableText } from '../text/table.js'
import { fittedEnd } from '../text/text-width.js'
import { dateText } from '../text/times.js'

const HELP = `Usage: roscius journal <folder> <path> [--from <n> | --before <n>] [--limit <n>] [--json]

The records of an actor, the newest at the bottom: what it was told, by whom, and the state that it came to. Secrets are
masked. Times are UTC.

  --from <n>    from this record on
  --before <n>  up to this record; default: up to the newest
  --limit <n>   at most so many; default 50, at most 1000
  --json        { rows, first, last }: newest first, with --from oldest first; first and last are kept

${KEY_HELP}
Exit code: 0 shown, 1 shown, and among them are failures, 2 called wrongly, or it could not be shown.
`

const OPTIONS = {
  from: { type: 'string' },
  before: { type: 'string' },
  limit: { type: 'string', default: '50' },
  json: { type: 'boolean' },
  ...HELP_OPTION,
} as const

const FORM: Form<typeof OPTIONS> = { help: HELP, options: OPTIONS, words: [2, 2] }

export async function journalCommand(args: readonly string[]): Promise<number> {
  return runCommand(FORM, args, async ({ values: { json, from, before, limit }, words: [folder = '', path = ''] }) => {
    if (from !== undefined && before !== undefined) return undefined
    const query = readOptions(journalQuery, { path: pathOf(path), from, before, limit })
    const page = await withActors(folder, (source) => source.journal(query), path)
    print(json, page, () => journalText(page, outputWidth(), paintOfOutput()))
    return page.rows.some(isFailure) ? 1 : 0
  })
}

const isFailure = ({ kind }: JournalRow): boolean => kind === 'failure'

const COLUMNS: readonly Column<JournalRow>[] = [
  { head: 'nr', text: ({ seqNr }) => String(seqNr), side: 'right' },
  { head: 'at', text: ({ atMs }) => dateText(atMs), rank: 3 },
  { head: 'kind', text: ({ kind }) => kind, rank: 4, tone: (row) => (isFailure(row) ? 'bad' : 'faint') },
  { head: 'event', text: ({ event }) => eventText(event), least: 10 },
  {
    head: 'state',
    text: ({ isMove, state }) => (isMove ? `→ ${state ?? ''}` : ''),
    least: 8,
    rank: 1,
    cut: fittedState,
  },
  { head: 'from', text: fromText, least: 6, rank: 5, cut: fittedEnd },
  { head: 'error', text: ({ error }) => error ?? '', least: 8, rank: 2, tone: () => 'bad' },
]

/** With the record that sent it. */
function fromText({ from = '', cause }: JournalRow): string {
  if (cause === undefined) return from
  return cause.path === from ? `${from}@${cause.seqNr}` : `${from} ${cause.path}@${cause.seqNr}`.trimStart()
}

function journalText({ rows, first, last }: JournalPage, width: number, paint: Paint): string {
  if (rows.length === 0)
    return last === 0 ? 'It keeps no records.\n' : `No such records: ${first} to ${last} are kept.\n`
  const oldestFirst = [...rows].sort((a, b) => a.seqNr - b.seqNr)
  return `${tableText(COLUMNS, oldestFirst, width, paint)}\n`
}

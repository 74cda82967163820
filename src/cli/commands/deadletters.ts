/** `roscius deadletters [retry|discard] <folder>`: events that nobody took. */
import {
  type DeadLetterPage,
  deadLetterOrder,
  type Outcomes,
  type ToldDeadLetter,
} from '../../control/protocol/lists.js'
import { routes } from '../../control/protocol/routes.js'
import { plural } from '../../runtime/phrases.js'
import { refusal } from '../../supervision/refusal.js'
import { type Form, HELP_OPTION, readOptions, runCommand, type Values } from '../command.js'
import { runningSystem } from '../running/running-system.js'
import { pathOf } from '../sources/actor-word.js'
import { withActors } from '../sources/find-actors.js'
import { BY_HELP } from '../sources/operator.js'
import { KEY_HELP } from '../stored/open-store.js'
import { outputWidth, print } from '../terminal/output.js'
import { type Paint, paintOfOutput } from '../text/colours.js'
import { DEAD_LETTER_REASONS } from '../text/dead-letter-reasons.js'
import { eventText } from '../text/event-text.js'
import { paragraph } from '../text/paragraph.js'
import { line } from '../text/printable.js'
import { type Column, tableText } from '../text/table.js'
import { fittedEnd } from '../text/text-width.js'
import { dateText } from '../text/times.js'

const HELP = `Usage: roscius deadletters <folder> [--path <path>] [--reason <reason>] [--limit <n>] [--json]
       roscius deadletters retry|discard <folder> <id>... [--by <name>] [--json]
       roscius deadletters retry|discard <folder> --all [--path <path>] [--reason <reason>] [--by <name>] [--json]

Events that nobody took, the newest first, and why. Times are UTC.

retry delivers them again, discard throws them away: in a running system that lets programs in (see serveControl and
createConsole). Each is dealt with by itself: one that can't be done does not stop the others.

  --path <path>      for this actor, or one below it
  --reason <reason>  actorNotFound, actorEnded, actorFailed, poison, mailboxFull, expired, ...
  --limit <n>        at most so many; default 100, at most 1000
  --all              those that are there now, of --path, --reason and --limit
${BY_HELP.replace('<name>  ', '<name>    ')}
  --json             { letters, total }; of retry and discard [{ id, ok, error }]

${KEY_HELP}
Exit code: 0 there are none, or all is done, 1 there are some, or some could not be done, 2 called wrongly, or it could
not be done.
`

const OPTIONS = {
  path: { type: 'string' },
  reason: { type: 'string' },
  limit: { type: 'string' },
  all: { type: 'boolean' },
  by: { type: 'string' },
  json: { type: 'boolean' },
  ...HELP_OPTION,
} as const

const FORM: Form<typeof OPTIONS> = { help: HELP, options: OPTIONS, words: [1, Number.POSITIVE_INFINITY] }
type Read = Values<typeof OPTIONS>

export async function deadlettersCommand(args: readonly string[]): Promise<number> {
  return runCommand(FORM, args, async ({ values, words }) => {
    const [first = '', folder, ...ids] = words
    const { all = false, by } = values
    if (first !== 'retry' && first !== 'discard')
      return words.length === 1 && !all && by === undefined ? list(first, values) : undefined
    const narrows = (values.path ?? values.reason ?? values.limit) !== undefined
    const isRight = folder !== undefined && ids.length > 0 !== all && by !== '' && (all || !narrows)
    return isRight ? order(first, folder, ids, values) : undefined
  })
}

function queryOf({ path, reason, limit }: Read) {
  if (reason !== undefined && !DEAD_LETTER_REASONS.includes(reason))
    throw refusal('reason', `${JSON.stringify(reason)} is none. There are ${DEAD_LETTER_REASONS.join(', ')}`)
  return readOptions(routes.deadLetters.query, { path: path === undefined ? undefined : pathOf(path), reason, limit })
}

async function list(folder: string, values: Read): Promise<number> {
  const query = queryOf(values)
  const page = await withActors(folder, (source) => source.deadLetters(query), values.path)
  print(values.json, page, () => lettersText(page, outputWidth(), paintOfOutput()))
  return page.total > 0 ? 1 : 0
}

const COLUMNS: readonly Column<ToldDeadLetter>[] = [
  { head: 'id', text: ({ id }) => id },
  { head: 'at', text: ({ atMs }) => dateText(atMs), rank: 3 },
  { head: 'for', text: ({ path }) => path, least: 8, rank: 1, cut: fittedEnd },
  { head: 'reason', text: ({ reason }) => reason, least: 8, rank: 0, tone: () => 'warning' },
  { head: 'event', text: ({ event }) => eventText(event), least: 8, rank: 2 },
  { head: 'from', text: ({ from = '' }) => from, least: 6, rank: 5, cut: fittedEnd },
  { head: 'error', text: ({ error = '' }) => error, least: 8, rank: 4, tone: () => 'bad' },
]

function lettersText({ letters, total }: DeadLetterPage, width: number, paint: Paint): string {
  if (total === 0) return 'No dead letters.\n'
  const more = total - letters.length
  return [
    `${total} dead ${plural(total, 'letter')}\n`,
    tableText(COLUMNS, letters, width, paint),
    ...(more > 0 ? [`… ${more} more: --limit, --path, --reason`] : []),
    '',
    ...whyLines(letters, width),
    '',
  ].join('\n')
}

/** What the reasons mean, each once. */
function whyLines(letters: readonly ToldDeadLetter[], width: number): readonly string[] {
  const reasons = new Map(letters.map(({ reason, why }) => [reason, why]))
  return [...reasons].map(([reason, why]) => paragraph(`${line(reason, 64)}: ${line(why)}`, width).trimEnd())
}

// --- orders ---

const WORDS = { retry: 'delivered again', discard: 'thrown away' } as const

async function order(verb: 'retry' | 'discard', folder: string, given: readonly string[], values: Read) {
  const query = queryOf({ ...values, limit: values.limit ?? '1000' })
  const system = await runningSystem(folder, 'a dead letter is dealt with', { by: values.by, word: values.path })
  const ids = values.all === true ? (await system.deadLetters(query)).letters.map(({ id }) => id) : given
  const act = verb === 'retry' ? system.retryDeadLetters : system.discardDeadLetters
  const outcomes = ids.length === 0 ? [] : await act(readOptions(deadLetterOrder, { ids: [...ids] }))
  print(values.json, outcomes, () => outcomesText(outcomes, WORDS[verb]))
  return outcomes.every(({ ok }) => ok) ? 0 : 1
}

function outcomesText(outcomes: Outcomes, done: string): string {
  if (outcomes.length === 0) return 'No dead letters.'
  const said = ({ id, ok, error }: Outcomes[number]): string =>
    `${line(id, 1_000)}: ${ok ? done : line(error ?? '', 1_500)}`
  return outcomes.map(said).join('\n')
}

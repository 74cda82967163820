/** `roscius show <folder> <path>`: one actor, or a part of its context. */
import { valueQuery } from '../../control/protocol/value.js'
import { type Form, HELP_OPTION, readOptions, runCommand, type Values } from '../command.js'
import { pathOf } from '../sources/actor-word.js'
import { withActors } from '../sources/find-actors.js'
import { KEY_HELP } from '../stored/open-store.js'
import { accountOf } from '../stored/used-budgets.js'
import { outputWidth, print } from '../terminal/output.js'
import { isWrong } from '../text/actor-table.js'
import { detailText } from '../text/actor-text.js'
import { paintOfOutput } from '../text/colours.js'
import { valueText } from '../text/value-text.js'

const HELP = `Usage: roscius show <folder> <path> [--json]
       roscius show <folder> <path> --context [<pointer>] [--at <n>] [--offset <n>] [--limit <n>] [--json]

One actor as it is now: status, state, timers, effects, mailbox, deferred events, budget, children. Times are UTC.

  --context   its context, one level of it: <pointer> is a JSON Pointer into it, as /messages/3. Secrets are masked
  --at <n>    as it was after this record
  --offset    leaves out so many fields or elements
  --limit     shows so many at most; default 200
  --json      the actor as the control API tells of it; with --context { pointer, node, children, total, whole, seqNr }

Of a store that no system has open its effects are those that the next one starts again.
${KEY_HELP}
Exit code: 0 shown, 1 shown, and it is failed, quarantined, restarting or missing, 2 called wrongly, or it could not be
shown.
`

const OPTIONS = {
  context: { type: 'boolean' },
  at: { type: 'string' },
  offset: { type: 'string' },
  limit: { type: 'string' },
  json: { type: 'boolean' },
  ...HELP_OPTION,
} as const

const FORM: Form<typeof OPTIONS> = { help: HELP, options: OPTIONS, words: [2, 3] }
type Read = Values<typeof OPTIONS>

export async function showCommand(args: readonly string[]): Promise<number> {
  return runCommand(FORM, args, async ({ values, words: [folder = '', path = '', pointer] }) => {
    const { context = false, at, offset, limit } = values
    if (context) return showContext(folder, path, pointer ?? '', values)
    return (pointer ?? at ?? offset ?? limit) === undefined ? showActor(folder, path, values) : undefined
  })
}

async function showActor(folder: string, path: string, { json }: Read): Promise<number> {
  const own = pathOf(path)
  const { actor, budget } = await withActors(
    folder,
    async (source) => {
      const found = await source.actor(own)
      return { actor: found, budget: json === true ? undefined : accountOf(await source.budgets(), own) }
    },
    path,
  )
  print(json, actor, () =>
    detailText(actor, budget, { width: outputWidth(), paint: paintOfOutput(), nowMs: Date.now() }),
  )
  return isWrong(actor.row.status) ? 1 : 0
}

async function showContext(folder: string, path: string, pointer: string, { at, offset, limit, json }: Read) {
  const below = pointer === '' || pointer.startsWith('/') ? pointer : `/${pointer}`
  const query = readOptions(valueQuery, { path: pathOf(path), pointer: `/context${below}`, at, offset, limit })
  const slice = await withActors(folder, (source) => source.value(query), path)
  print(json, slice, () => valueText(slice, query.offset, outputWidth(), paintOfOutput()))
  return 0
}

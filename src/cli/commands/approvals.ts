/**
 * `roscius approvals list|show|approve|deny <folder>`: what agents ask people, and the answers, whether a system has the store
 * open or not.
 */
import { parseArgs } from 'node:util'
import type { ApprovalQuery } from '../../control/protocol/approvals.js'
import { type ApprovalsDoor, withApprovals } from '../sources/approvals-door.js'
import { KEY_HELP } from '../stored/open-store.js'
import { approvalText, listText, outcomeText } from '../text/approvals-text.js'

const HELP = `Usage: roscius approvals list <folder> [--status <status>] [--path <path>] [--risk <risk>] [--json]
       roscius approvals show <folder> <id> [--json]
       roscius approvals approve <folder> <id>... [--by <name>] [--reason <text>] [--json]
       roscius approvals deny    <folder> <id>... [--by <name>] [--reason <text>] [--json]
       roscius approvals approve|deny <folder> --all [--path <path>] [--risk <risk>] ...

What the agents in <folder> ask people. A system that has the folder open is asked itself, if it lets anybody in (see
serveControl); in a folder that no system has open the decision is kept for the next one that opens it.

  <id>             the id, or the eight digits in front of it
  --status <s>     pending (default), approved, denied, expired, withdrawn, any
  --path <path>    asked by this actor, or one below it
  --risk <risk>    read, write, danger
  --all            all that are pending now, but for what --path and --risk leave out
  --by <name>      who decides; default: your user name
  --reason <text>  why; a reason for a no is told to the agent
  --json           list: { approvals, isAll }, show: the approval, approve and deny: [{ id, ok, approval | error }]

Each id is decided by itself: one that was decided before does not stop the others.
${KEY_HELP}
Exit code: 0 all is done, 1 some were not decided, 2 called wrongly, or it could not be done.
`

const OPTIONS = {
  status: { type: 'string' },
  path: { type: 'string' },
  risk: { type: 'string' },
  all: { type: 'boolean' },
  by: { type: 'string' },
  reason: { type: 'string' },
  json: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const

type Values = ReturnType<typeof read>['values']

function read(args: readonly string[]) {
  return parseArgs({ args: [...args], allowPositionals: true, options: OPTIONS })
}

export async function approvalsCommand(args: readonly string[]): Promise<number> {
  const { values, positionals } = read(args)
  if (values.help === true) {
    process.stdout.write(HELP)
    return 0
  }
  const [verb = '', folder, ...ids] = positionals
  const run = folder === undefined ? undefined : commandOf(verb, ids, values)
  if (folder === undefined || run === undefined) {
    process.stderr.write(HELP)
    return 2
  }
  return withApprovals(folder, values.by, (text) => process.stderr.write(text), run)
}

/** What is to be done; `undefined` if it was called wrongly. */
function commandOf(
  verb: string,
  ids: readonly string[],
  values: Values,
): ((door: ApprovalsDoor) => Promise<number>) | undefined {
  const { all = false, status, by, reason } = values
  const decides = by !== undefined || reason !== undefined || all
  if (verb === 'list' && ids.length === 0 && !decides) return (door) => list(door, values)
  const narrows = status !== undefined || (!all && (values.path ?? values.risk) !== undefined)
  if (narrows) return undefined
  if (verb === 'show' && ids.length === 1 && !decides) return (door) => show(door, ids[0] as string, values)
  const isDecision = verb === 'approve' || verb === 'deny'
  if (isDecision && ids.length > 0 !== all && by !== '') return (door) => decide(door, verb, ids, values)
  return undefined
}

async function list(door: ApprovalsDoor, values: Values): Promise<number> {
  const answer = await door.approvals(queryOf(values))
  const text = (): string => listText(answer.approvals, answer.isAll, values.status ?? 'pending', Date.now())
  print(values, answer, text)
  return 0
}

async function show(door: ApprovalsDoor, id: string, values: Values): Promise<number> {
  const approval = await door.approval({ id })
  print(values, approval, () => approvalText(approval, Date.now()))
  return 0
}

async function decide(
  door: ApprovalsDoor,
  decision: 'approve' | 'deny',
  given: readonly string[],
  values: Values,
): Promise<number> {
  const { reason } = values
  const ids = given.length > 0 ? given : await pendingIds(door, values)
  const outcomes = ids.length === 0 ? [] : await door.decideApprovals({ decision, ids: [...ids], reason })
  const text = (): string => (outcomes.length === 0 ? 'No pending approvals.' : outcomes.map(outcomeText).join('\n'))
  print(values, outcomes, () => `${text()}\n`)
  return outcomes.every(({ ok }) => ok) ? 0 : 1
}

/** Those that are there now; what is asked from now on is not meant. */
async function pendingIds(door: ApprovalsDoor, values: Values): Promise<readonly string[]> {
  const { approvals, isAll } = await door.approvals(queryOf(values))
  if (!isAll) process.stderr.write(`There are more than ${approvals.length}: call it again for the others.\n`)
  return approvals.map(({ id }) => id)
}

/** What is no status and no risk is refused at the door, by its name. */
function queryOf({ status, path, risk }: Values): ApprovalQuery {
  return { status, path, risk } as ApprovalQuery
}

function print(values: Values, answer: unknown, text: () => string): void {
  process.stdout.write(values.json === true ? `${JSON.stringify(answer, undefined, 2)}\n` : text())
}

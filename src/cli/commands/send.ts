/** `roscius send <folder> <path> <TYPE | json>`: sends an actor of a running system an event. */
import type { ControlClient } from '../../control/client/control-client.js'
import { type SendAnswer, type SendRequest, sendRequest } from '../../control/protocol/actors.js'
import { type Form, HELP_OPTION, readOptions, runCommand } from '../command.js'
import { runningSystem } from '../running/running-system.js'
import { pathOf } from '../sources/actor-word.js'
import { eventOf } from '../sources/event-word.js'
import { BY_HELP } from '../sources/operator.js'
import { print } from '../terminal/output.js'
import { line } from '../text/printable.js'

const HELP = `Usage: roscius send <folder> <path> <TYPE | json> [--key <key>] [--by <name>] [--json]

Sends an actor an event, and waits until what became of it is durable: of one that is paused, or waits for its restart,
until it goes on. The event is a type, or JSON:

  roscius send ./data desk/42 APPROVE
  roscius send ./data desk/42 '{ "type": "ANSWER", "text": "yes" }'

It is checked against the event schemas of the machine, where it has them, and is in the audit trail. It needs a running
system that lets programs in (see serveControl and createConsole).

  --key <key>      of several with the same key the actor handles one
${BY_HELP}
  --json           { seqNr, outcome }

Exit code: 0 handled, or deferred, 1 ignored: see roscius explain --event, 2 called wrongly, or it could not be sent.
`

const OPTIONS = {
  key: { type: 'string' },
  by: { type: 'string' },
  json: { type: 'boolean' },
  ...HELP_OPTION,
} as const

const FORM: Form<typeof OPTIONS> = { help: HELP, options: OPTIONS, words: [3, 3] }

export async function sendCommand(args: readonly string[]): Promise<number> {
  return runCommand(FORM, args, async ({ values: { key, by, json }, words: [folder = '', path = '', event = ''] }) => {
    if (by === '') return undefined
    const asked = { path: pathOf(path), event: eventOf(event), idempotencyKey: key }
    const request = readOptions(sendRequest, asked) as SendRequest
    const system = await runningSystem(folder, 'an actor is sent an event', { by, word: path })
    await noteWait(system, request)
    const answer = await system.send(request)
    print(json, answer, () => answerText(request, answer, folder))
    return answer.outcome === 'ignored' ? 1 : 0
  })
}

/** It is said before: whoever waits should know for what. */
async function noteWait(system: ControlClient, { path, event }: SendRequest): Promise<void> {
  const row = await system.actor({ path }).then(
    (actor) => actor.row,
    () => undefined,
  )
  if (row === undefined || !(row.isPaused || row.status === 'restarting')) return
  const [why, until] = row.isPaused ? ['is paused', 'is resumed'] : ['waits for its restart', 'is back']
  const who = line(path)
  const text = `${who} ${why}: it takes ${line(event.type, 120)} when it ${until}. Ctrl-C leaves; the event waits on.`
  process.stderr.write(`${text}\n`)
}

function answerText({ path, event }: SendRequest, { seqNr, outcome }: SendAnswer, folder: string): string {
  const [who, what] = [line(path), line(event.type, 120)]
  if (outcome === 'handled') return `${who} has handled ${what}, as its record ${seqNr}.`
  if (outcome === 'deferred') return `${who} has deferred ${what}: it takes it in another state.`
  return `${who} has ignored ${what}. Why: roscius explain ${folder} ${who} --event ${what}`
}

/** `roscius pause|resume|restart|cancel <folder> <path>`: what an operator tells an actor of a running system. */
import { orderRequest } from '../../control/protocol/actors.js'
import { type Form, HELP_OPTION, readOptions, runCommand } from '../command.js'
import { runningSystem } from '../running/running-system.js'
import { pathOf } from '../sources/actor-word.js'
import { BY_HELP } from '../sources/operator.js'
import { print } from '../terminal/output.js'
import { line } from '../text/printable.js'

type Order = 'pause' | 'resume' | 'restart' | 'cancel'

const OPTIONS = {
  by: { type: 'string' },
  reason: { type: 'string' },
  from: { type: 'string' },
  json: { type: 'boolean' },
  ...HELP_OPTION,
} as const

interface Words {
  /** What it does. */
  readonly about: string
  /** What is said when it is done. */
  readonly done: string
  /** What can't be done in a store. */
  readonly what: string
}

const WORDS: Readonly<Record<Order, Words>> = {
  pause: {
    about: `Pauses an actor: its mail, its timers and the results of its effects wait until it is resumed, also over restarts of
the system. Effects that run go on.`,
    done: 'is paused',
    what: 'an actor is paused',
  },
  resume: {
    about: 'Lets a paused actor go on with what waits for it.',
    done: 'goes on',
    what: 'an actor is resumed',
  },
  restart: {
    about:
      'Restarts an actor, also one that has failed. It does not count towards the restarts that its supervisor bears.',
    done: 'is restarted',
    what: 'an actor is restarted',
  },
  cancel: {
    about: 'Cancels an actor and all below it, the deepest first. They have ended then.',
    done: 'is cancelled',
    what: 'an actor is cancelled',
  },
}

const FROM =
  '\n  --from <state>   lastGood: from its last good state; initial: anew, with its input; default: as it is set'

function formOf(order: Order): Form<typeof OPTIONS> {
  const isRestart = order === 'restart'
  const help = `Usage: roscius ${order} <folder> <path>${isRestart ? ' [--from lastGood|initial]' : ''} [--by <name>] [--reason <text>] [--json]

${WORDS[order].about} It is said when it is durable, and is in the audit trail. It needs a running system
that lets programs in (see serveControl and createConsole).

${BY_HELP}
  --reason <text>  why${isRestart ? FROM : ''}
  --json           { done: true }

Exit code: 0 done, 2 called wrongly, or it could not be done.
`
  return { help, options: OPTIONS, words: [2, 2] }
}

/** The command of an order. */
export function orderCommand(order: Order): (args: readonly string[]) => Promise<number> {
  const form = formOf(order)
  return (args) =>
    runCommand(form, args, async ({ values: { by, reason, from, json }, words: [folder = '', path = ''] }) => {
      if (by === '' || (from !== undefined && order !== 'restart')) return undefined
      const asked = readOptions(orderRequest, { path: pathOf(path), reason, from })
      const system = await runningSystem(folder, WORDS[order].what, { by, word: path })
      const answer = await system[order](asked)
      print(json, answer, () => `${line(asked.path)} ${WORDS[order].done}.`)
      return 0
    })
}

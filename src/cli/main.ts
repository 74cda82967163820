#!/usr/bin/env node
/**
 * The command `roscius`: finds the subcommand and turns its result into an exit code.
 *
 * 0: all is well. 1: the command found something: damage, findings. 2: it was called wrongly, or could not do its work.
 */
import { ownVersion } from '../control/version.js'
import { approvalsCommand } from './commands/approvals.js'
import { auditCommand } from './commands/audit.js'
import { checkCommand } from './commands/check.js'
import { completionCommand } from './commands/completion.js'
import { coverageCommand } from './commands/coverage.js'
import { deadlettersCommand } from './commands/deadletters.js'
import { diffCommand } from './commands/diff.js'
import { explainCommand } from './commands/explain.js'
import { inspectCommand } from './commands/inspect.js'
import { journalCommand } from './commands/journal.js'
import { orderCommand } from './commands/orders.js'
import { peersCommand } from './commands/peers.js'
import { psCommand } from './commands/ps.js'
import { sendCommand } from './commands/send.js'
import { showCommand } from './commands/show.js'
import { tailCommand } from './commands/tail.js'
import { topCommand } from './commands/top.js'
import { treeCommand } from './commands/tree.js'
import { verifyCommand } from './commands/verify.js'
import { vizCommand } from './commands/viz.js'

/** A subcommand: takes what follows its name, answers the exit code. */
export type Command = (args: readonly string[]) => Promise<number>

const COMMANDS: Readonly<Record<string, Command>> = {
  approvals: approvalsCommand,
  audit: auditCommand,
  cancel: orderCommand('cancel'),
  check: checkCommand,
  completion: completionCommand,
  coverage: coverageCommand,
  deadletters: deadlettersCommand,
  diff: diffCommand,
  explain: explainCommand,
  inspect: (args) => inspectCommand(args),
  journal: journalCommand,
  pause: orderCommand('pause'),
  peers: (args) => peersCommand(args),
  ps: psCommand,
  restart: orderCommand('restart'),
  resume: orderCommand('resume'),
  send: sendCommand,
  show: showCommand,
  tail: (args) => tailCommand(args),
  top: (args) => topCommand(args),
  tree: treeCommand,
  verify: verifyCommand,
  viz: vizCommand,
}

const HELP = `Usage: roscius <command> [options]

What runs:
  top <folder>                  a live table of what a running system and its actors do
  tree <folder>                 draw the actors: status, state, restarts, mail
  ps <folder>                   the actors as a table: filtered, sorted
  show <folder> <path>          one actor: state, timers, effects, mail, budget; its context
  explain <folder> <path>       why an actor is where it is, and what it waits for
  journal <folder> <path>       the records of an actor
  tail <folder> [<path>]        what actors do, as it happens
  inspect [<folder>]            where the console of a running system is; its actors in the inspector of Stately
  peers <folder>                the links to other nodes: state, round trips, what waits; reset one

What you do:
  send <folder> <path> <event>  send an actor an event
  pause <folder> <path>         let an actor wait, until it is resumed
  resume <folder> <path>        let a paused actor go on
  restart <folder> <path>       restart an actor
  cancel <folder> <path>        cancel an actor and all below it
  approvals <verb> <folder>     what agents ask people: list, show, approve, deny
  deadletters <folder>          events that nobody took, and why; retry or discard them

Stores and machines:
  audit <verb> <folder>         the audit trail of a store: verify, export
  verify <folder>               check a whole store: records, journals, timers, references
  check <file>                  check the statecharts that a module exports, without running them
  coverage <file> [<folder>]    which states, transitions and guard outcomes the actors of a machine have come to
  viz <file>                    draw the statechart of a machine, or of an actor with its states: SVG, Mermaid, JSON
  diff <old> <new>              what differs between two versions of a machine, and which stored actors that touches

  completion <shell>            what makes a shell complete these commands: bash, zsh, fish

roscius <command> --help tells more, roscius --version which this is.
`

async function main([name, ...args]: readonly string[]): Promise<number> {
  const command = name !== undefined && Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined
  if (command !== undefined) return command(args)
  if (name === '--version') {
    process.stdout.write(`${ownVersion()}\n`)
    return 0
  }
  const isHelp = name === '--help' || name === '-h' || name === 'help'
  if (isHelp) process.stdout.write(HELP)
  else process.stderr.write(name === undefined ? HELP : `roscius: there is no command "${name}".\n\n${HELP}`)
  return isHelp ? 0 : 2
}

try {
  process.exitCode = await main(process.argv.slice(2))
} catch (error) {
  process.stderr.write(`roscius: ${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 2
}

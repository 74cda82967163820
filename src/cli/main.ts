#!/usr/bin/env node
/**
 * The command `roscius`: finds the subcommand and turns its result into an exit code.
 *
 * 0: all is well. 1: the command found something: damage, findings. 2: it was called wrongly, or could not do its work.
 */
import { approvalsCommand } from './approvals-command.js'
import { auditCommand } from './audit-command.js'
import { checkCommand } from './check-command.js'
import { peersCommand } from './peers-command.js'
import { treeCommand } from './tree-command.js'
import { verifyCommand } from './verify-command.js'

/** A subcommand: takes what follows its name, answers the exit code. */
export type Command = (args: readonly string[]) => Promise<number>

const COMMANDS: Readonly<Record<string, Command>> = {
  approvals: approvalsCommand,
  audit: auditCommand,
  check: checkCommand,
  peers: (args) => peersCommand(args),
  tree: treeCommand,
  verify: verifyCommand,
}

const HELP = `Usage: roscius <command> [options]

  approvals <verb>  what agents ask people: list, show, approve, deny
  audit <verb>      the audit trail of a store: verify, export
  check <file>      check the statecharts that a module exports, without running them
  peers <folder>    the links to other nodes: state, round trips, what waits; reset one
  tree <folder>     draw the actors of a store: status, state, restarts, mail
  verify <folder>   check a whole store: records, journals, timers, references

roscius <command> --help tells more.
`

async function main([name, ...args]: readonly string[]): Promise<number> {
  const command = name !== undefined && Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined
  if (command !== undefined) return command(args)
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

import { parseArgs } from 'node:util'
import { type AskedLimits, readLimits } from './limits.js'
import type { ModelServer } from './model-writer.js'

export const USAGE = `Usage: npm start -- [folder] [--yes | --ask] [--watch] [--json] [--verbose]
                 [--budget <limits>]
                 [--model <baseURL> --model-name <name> [--model-key <variable>]]

Audits a folder of source code (default: the current one) and writes roscius-audit/report.md and report.json into it.
Kill it whenever you like: started again, it goes on where it was.

While it runs, the address that it prints opens the console: every agent with its statechart, live.

Before it writes the report it asks whether it may. Where there is a terminal, it asks there; where there is none, whoever
started it wants the report, and it writes it. A question that is open when the process is killed is asked again by the
next start. It can be decided from another terminal as well, in the folder of this project:
  npx roscius approvals list <folder>/roscius-audit/.store

  --yes                 write the report without asking
  --ask                 ask nobody here: wait for "roscius approvals"
  --watch               keep the console open when the report is written, until Ctrl-C: it shows what each agent did
  --json                print the report as JSON instead of a summary; npm prints above it what it starts, unless it is
                        called with --silent: npm start --silent -- --json > report.json
  --verbose             print what the agents decide, and why
  --budget <limits>     what the agents may spend in all, such as turns=500,toolCalls=500,modelCalls=4,tokens=20000; of an
                        audit that goes on, limits can only be raised
  --model <baseURL>     let a model write the summary: a server of the chat-completions protocol, such as
                        http://127.0.0.1:11434/v1. It is sent figures and names of files, never what is in them
  --model-name <name>   the model's name there
  --model-key <name>    the environment variable that holds the key for it
  --help                print this

Exit code: 0 the report is written, 1 it is not (the reason is printed, and the next start goes on), 2 called wrongly.
`

export type Arguments =
  | {
      readonly command: 'audit'
      readonly folder: string
      readonly isJson: boolean
      readonly isVerbose: boolean
      /** Whether the console stays open at the end. */
      readonly isWatched: boolean
      /** Who decides: a terminal if there is one, the option, or `roscius approvals`. */
      readonly approval: 'terminal' | 'yes' | 'ask'
      readonly limits: AskedLimits
      readonly model: ModelServer | undefined
    }
  | { readonly command: 'help' }
  | { readonly command: 'invalid'; readonly message: string }

const OPTIONS = {
  yes: { type: 'boolean' },
  ask: { type: 'boolean' },
  watch: { type: 'boolean' },
  json: { type: 'boolean' },
  verbose: { type: 'boolean' },
  budget: { type: 'string' },
  model: { type: 'string' },
  'model-name': { type: 'string' },
  'model-key': { type: 'string' },
  help: { type: 'boolean', short: 'h' },
} as const

/** Reads the command line, without the program's own name. */
export function readArguments(argv: readonly string[]): Arguments {
  try {
    const { values, positionals } = parseArgs({ args: [...argv], options: OPTIONS, allowPositionals: true })
    if (values.help) return { command: 'help' }
    if (positionals.length > 1) return invalid(`One folder at a time, not ${positionals.length}.`)
    if (values.yes && values.ask) return invalid('Either --yes or --ask, not both.')
    const limits = values.budget === undefined ? {} : readLimits(values.budget)
    if (typeof limits === 'string') return invalid(limits)
    const { model: baseURL, 'model-name': name, 'model-key': keyEnv } = values
    if ((baseURL === undefined) !== (name === undefined)) return invalid('--model and --model-name go together.')
    if (keyEnv !== undefined && baseURL === undefined) return invalid('--model-key goes with --model.')
    return {
      command: 'audit',
      folder: positionals[0] ?? '.',
      isJson: values.json ?? false,
      isVerbose: values.verbose ?? false,
      isWatched: values.watch ?? false,
      approval: values.yes ? 'yes' : values.ask ? 'ask' : 'terminal',
      limits,
      model: baseURL === undefined || name === undefined ? undefined : { baseURL, name, keyEnv },
    }
  } catch (error) {
    return invalid(error instanceof Error ? error.message : String(error))
  }
}

function invalid(message: string): Arguments {
  return { command: 'invalid', message }
}

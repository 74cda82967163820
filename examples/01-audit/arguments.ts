import { parseArgs } from 'node:util'

export const USAGE = `Usage: npm start -- [folder] [--json]

Audits a folder of source code (default: the current one) and writes roscius-audit/report.md and report.json into it.
Kill it whenever you like: started again, it goes on where it was.

  --json   print the report as JSON instead of a summary
  --help   print this
`

export type Arguments =
  | { readonly command: 'audit'; readonly folder: string; readonly isJson: boolean }
  | { readonly command: 'help' }
  | { readonly command: 'invalid'; readonly message: string }

/** Reads the command line, without the program's own name. */
export function readArguments(argv: readonly string[]): Arguments {
  try {
    const options = { json: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } } as const
    const { values, positionals } = parseArgs({ args: [...argv], options, allowPositionals: true })
    if (values.help) return { command: 'help' }
    if (positionals.length > 1)
      return { command: 'invalid', message: `One folder at a time, not ${positionals.length}.` }
    return { command: 'audit', folder: positionals[0] ?? '.', isJson: values.json ?? false }
  } catch (error) {
    return { command: 'invalid', message: error instanceof Error ? error.message : String(error) }
  }
}

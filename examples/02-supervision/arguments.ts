import { parseArgs } from 'node:util'

export const USAGE = `Usage: npm run example -- 02-supervision [--json] [--fast]

Plays a newsroom whose parts are made to fail, and shows how it recovers.

  --json   print each step, event and tree as a line of JSON
  --fast   don't pause between the steps (without a terminal there are no pauses)
  --help   print this
`

export type Arguments =
  | {
      readonly command: 'play'
      readonly isJson: boolean
      readonly isFast: boolean
      readonly untilKilled: string | undefined
    }
  | { readonly command: 'help' }
  | { readonly command: 'invalid'; readonly message: string }

/** Reads the command line, without the program's own name. */
export function readArguments(argv: readonly string[]): Arguments {
  try {
    const { values } = parseArgs({
      args: [...argv],
      options: {
        json: { type: 'boolean', default: false },
        fast: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h' },
        // For the process that is killed: the folder of the store.
        'until-killed': { type: 'string' },
      },
    })
    if (values.help) return { command: 'help' }
    return { command: 'play', isJson: values.json, isFast: values.fast, untilKilled: values['until-killed'] }
  } catch (error) {
    return { command: 'invalid', message: error instanceof Error ? error.message : String(error) }
  }
}

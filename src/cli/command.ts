/**
 * What all commands have in common: `--help`, options, and how many words follow them.
 *
 * 1. Called wrongly: the help goes to standard error, and the exit code is 2.
 * 2. Nothing is looked up before that.
 */
import { type ParseArgsConfig, parseArgs } from 'node:util'
import type { z } from 'zod'
import { readWith } from '../supervision/refusal.js'

export interface Form<O extends Options> {
  readonly help: string
  readonly options: O
  /** How many words may stand beside the options: the fewest and the most. */
  readonly words: readonly [fewest: number, most: number]
}

type Options = NonNullable<ParseArgsConfig['options']>
type Parsed<O extends Options> = ReturnType<
  typeof parseArgs<{ readonly args: string[]; readonly allowPositionals: true; readonly options: O }>
>

export type Values<O extends Options> = Parsed<O>['values']

export interface Call<O extends Options> {
  readonly values: Values<O>
  readonly words: readonly string[]
}

/** What every command takes. */
export const HELP_OPTION = { help: { type: 'boolean', short: 'h' } } as const

/** Runs `run` if the command was called rightly; `undefined` from it says that it was not. */
export async function runCommand<O extends Options>(
  { help, options, words: [fewest, most] }: Form<O>,
  args: readonly string[],
  run: (call: Call<O>) => Promise<number | undefined>,
): Promise<number> {
  const { values, positionals: words } = parseArgs({ args: [...args], allowPositionals: true, options }) as Parsed<O>
  if ((values as { readonly help?: boolean }).help === true) {
    process.stdout.write(help)
    return 0
  }
  const isRight = words.length >= fewest && words.length <= most
  const code = isRight ? await run({ values, words }) : undefined
  if (code === undefined) process.stderr.write(help)
  return code ?? 2
}

/** Options as a schema of the control API reads them. Throws `OPTIONS_INVALID` with the name of the option. */
export function readOptions<T>(schema: z.ZodType<T>, options: object): T {
  const said = Object.entries(options).filter(([, value]) => value !== undefined)
  return readWith(schema, Object.fromEntries(said), '')
}

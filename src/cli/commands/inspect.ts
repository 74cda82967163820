/** `roscius inspect [folder]`: where the console of a running system is; with `--stately`, its actors in Stately's inspector. */
import { z } from 'zod'
import { consolePlace } from '../../control/client/system-place.js'
import { RosciusError } from '../../core/errors.js'
import { type Form, HELP_OPTION, readOptions, runCommand, type Values } from '../command.js'
import { runningSystem } from '../running/running-system.js'
import { STATELY } from '../stately/stately-page.js'
import { openStatelyRelay } from '../stately/stately-relay.js'
import { canAsk, hasConsent } from '../terminal/consent.js'
import { print } from '../terminal/output.js'
import { type Sitting, sit, withSitting } from '../terminal/sitting.js'
import { paragraph } from '../text/paragraph.js'

const HELP = `Usage: roscius inspect [<folder>] [--json]
       roscius inspect [<folder>] --stately [--port <n>] [--yes] [--json]

Where to look at the system that has the store in the folder open; default: the current folder.

Without --stately it prints the address of its console, with the token: whoever has it can act as an operator. It needs a
system that has called createConsole(system, { folder }).

With --stately it serves a page on this machine that shows the actors in Stately's inspector, until Ctrl-C. That is a page
of another company's (${STATELY}): what actors are called, their definitions, events and contexts, secrets masked, go into
it, in your browser. So it is asked for first. Nothing that the page does reaches the system. It needs a system that lets
programs in (see serveControl and createConsole). The console shows the same and more, and sends nothing anywhere.

  --stately   in Stately's inspector
  --port <n>  where that page is served, on 127.0.0.1 only; default: any port that is free
  --yes       it may be passed on: nobody is asked
  --json      { url }

Exit code: 0 told; with --stately it has ended, 1 it was not wanted, and nothing was passed on, 2 called wrongly, or there
is nothing to look at.
`

const OPTIONS = {
  stately: { type: 'boolean' },
  port: { type: 'string' },
  yes: { type: 'boolean' },
  json: { type: 'boolean' },
  ...HELP_OPTION,
} as const

const FORM: Form<typeof OPTIONS> = { help: HELP, options: OPTIONS, words: [0, 1] }

const settings = z.object({ port: z.coerce.number().int().min(0).max(65_535).default(0) })

export async function inspectCommand(args: readonly string[], sitting?: Sitting): Promise<number> {
  return runCommand(FORM, args, ({ values, words: [folder = '.'] }) => {
    if (values.stately === true) return withSitting(sitting, (own) => showInStately(folder, values, own))
    return (values.port ?? values.yes) === undefined ? tellConsole(folder, values) : Promise.resolve(undefined)
  })
}

async function tellConsole(folder: string, { json }: Values<typeof OPTIONS>): Promise<number> {
  const place = await consolePlace(folder)
  if (place === undefined) throw await noConsole(folder)
  const url = `${place.url}#token=${place.token}`
  print(json, { url }, () => url)
  return 0
}

/** Throws where there is no running system either. */
async function noConsole(folder: string): Promise<RosciusError> {
  await runningSystem(folder, 'there is a console')
  const message = `The system at ${folder} lets programs in, and has no console: let it call createConsole(system, { folder }).`
  return new RosciusError('STORE_FAILED', message, { details: { path: folder } })
}

// --- Stately's page ---

const WARNING = `What leaves your machine: the page shows ${STATELY}/inspect, which belongs to another company, in your browser, and passes on \
to it what the actors are called, the definitions of their machines, their events and their contexts, of all actors that there are and \
as they act. Secrets are masked as in the console: fields of such names, and texts that look like one. What looks like nothing is not \
found. Nothing that the page does reaches the system.`

async function showInStately(folder: string, values: Values<typeof OPTIONS>, sitting: Sitting): Promise<number> {
  const { port } = readOptions(settings, { port: values.port })
  await runningSystem(folder, 'there is something to look at')
  process.stderr.write(paragraph(WARNING))
  if (values.yes !== true && !(await isWanted(sitting))) return 1
  await sit(sitting, async () => {
    const relay = await openStatelyRelay(folder, port)
    print(values.json, { url: relay.url }, () => `Open ${relay.url}`)
    process.stderr.write('Ctrl-C ends it.\n')
    return [relay]
  })
  return 0
}

async function isWanted({ interrupted }: Sitting): Promise<boolean> {
  if (!canAsk()) throw new Error('Nobody can be asked whether it may be passed on: call it with --yes.')
  if (await hasConsent('Pass it on?', interrupted)) return true
  process.stderr.write('Nothing was passed on.\n')
  return false
}

/**
 * `roscius peers <folder>`: the links of a running system to other nodes, or what a store knows of those;
 * `roscius peers reset <folder> <peer>`: takes one as it is.
 */
import { parseArgs } from 'node:util'
import { findControl } from '../../control/client/control-client.js'
import { type Clock, systemClock } from '../../core/clock.js'
import { RosciusError } from '../../core/errors.js'
import { NO_DOOR } from '../sources/no-door.js'
import { operatorOf } from '../sources/operator.js'
import { type FoundPeers, figuresOf, findPeers } from '../sources/peers-source.js'
import { assertStore, KEY_HELP } from '../stored/open-store.js'
import { redraw } from '../terminal/redraw.js'
import { type Paint, paintOfOutput } from '../text/colours.js'
import { isInTrouble, peersText } from '../text/peers-text.js'
import { line } from '../text/printable.js'
import { storedPeersText } from '../text/stored-peers-text.js'

const HELP = `Usage: roscius peers <folder> [--json] [--watch]
       roscius peers reset <folder> <peer> [--by <name>] [--reason <text>] [--json]

The links between the node whose store is in <folder> and others. A system that has the folder open is asked itself, if it
lets anybody in (see serveControl). Else it is what the store knows: who the others were, and what waits for them.

  --json           { from, peers }: from is system, store, or copy (a process has the store open and lets nobody in)
  --watch          draws it every second, on a terminal, until the system stops, or until Ctrl-C

reset takes a peer as it is, where its link was refused because one of the two was restored from a backup: what the peer
does not know any more is sent again as far as it is still here, what it had confirmed and lost is lost. The audit trail
of the system tells of it.

  --by <name>      who decides; default: your user name
  --reason <text>  why
  --json           { peer }

${KEY_HELP}
Exit code: 0 shown, or reset, 1 shown: a link is refused, a peer is down, or a record can't be read, 2 called wrongly, or
it could not be done.
`

const OPTIONS = {
  json: { type: 'boolean' },
  watch: { type: 'boolean' },
  by: { type: 'string' },
  reason: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
} as const

const EVERY_MS = 1_000
const NOT_RUNNING = 'No system has the store open: this is what it knows.\n'

type Values = ReturnType<typeof read>['values']

function read(args: readonly string[]) {
  return parseArgs({ args: [...args], allowPositionals: true, options: OPTIONS })
}

export async function peersCommand(args: readonly string[], clock: Clock = systemClock()): Promise<number> {
  const { values, positionals } = read(args)
  if (values.help === true) {
    process.stdout.write(HELP)
    return 0
  }
  const run = commandOf(positionals, values, clock)
  if (run !== undefined) return run()
  process.stderr.write(HELP)
  return 2
}

/** What is to be done; `undefined` if it was called wrongly. */
function commandOf(
  [first, ...rest]: readonly string[],
  values: Values,
  clock: Clock,
): (() => Promise<number>) | undefined {
  const { by, reason, json = false, watch = false } = values
  const [folder, peer, ...more] = rest
  if (first === 'reset') {
    const isRight = folder !== undefined && peer !== undefined && more.length === 0 && !watch && by !== ''
    return isRight ? () => reset(folder, peer, values) : undefined
  }
  const isShown = first !== undefined && rest.length === 0 && by === undefined && reason === undefined
  if (!isShown || (watch && (json || process.stdout.isTTY !== true))) return undefined
  return () => (watch ? watchPeers(first, clock) : show(first, json))
}

async function show(folder: string, isJson: boolean): Promise<number> {
  const found = await findPeers(folder)
  noteSource(found)
  const text = isJson ? `${JSON.stringify(found, undefined, 2)}\n` : textOf(found, folder, paintOfOutput())
  process.stdout.write(text)
  return codeOf(found)
}

/** Where there is no system to ask, it is shown once: a store that nobody has open does not change. */
async function watchPeers(folder: string, clock: Clock): Promise<number> {
  let found = await findPeers(folder)
  if (found.from !== 'system') return show(folder, false)
  for (;;) {
    redraw(textOf(found, folder, paintOfOutput()))
    await new Promise<void>((resolve) => clock.schedule(resolve, EVERY_MS))
    const system = await findControl(folder)
    if (system === undefined) break
    found = await figuresOf(system)
  }
  process.stderr.write('The system has stopped, or has closed its door.\n')
  return codeOf(found)
}

function noteSource({ from }: FoundPeers): void {
  if (from === 'copy') process.stderr.write(NO_DOOR)
  if (from === 'store') process.stderr.write(NOT_RUNNING)
}

function textOf(found: FoundPeers, folder: string, paint: Paint): string {
  return found.from === 'system' ? peersText(found.peers, folder, paint) : storedPeersText(found.peers, paint)
}

function codeOf(found: FoundPeers): number {
  const isBad = found.from === 'system' ? found.peers.some(isInTrouble) : found.peers.some(({ damaged }) => damaged > 0)
  return isBad ? 1 : 0
}

async function reset(folder: string, peer: string, values: Values): Promise<number> {
  assertStore(folder)
  const { by, reason } = values
  const system = await findControl(folder, { by: operatorOf(by) })
  if (system === undefined) throw notRunning(folder)
  const answer = await system.resetLink({ peer, reason })
  const text = `${line(answer.peer, 64)} is taken as it is. How its link fares: roscius peers ${folder}`
  process.stdout.write(values.json === true ? `${JSON.stringify(answer, undefined, 2)}\n` : `${text}\n`)
  return 0
}

function notRunning(folder: string): RosciusError {
  const message = `No system lets anybody in at ${folder}. A link is reset in a running one: let it call serveControl(system, { folder }).`
  return new RosciusError('STORE_FAILED', message, { details: { path: folder } })
}

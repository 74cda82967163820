/** `roscius top <folder>`: the actors of a running system as a live table. */
import { z } from 'zod'
import type { ControlClient } from '../../control/client/control-client.js'
import type { ActorRow } from '../../control/protocol/actors.js'
import type { LiveFrame, Pulse } from '../../control/protocol/live.js'
import { type Form, HELP_OPTION, readOptions, runCommand, type Values } from '../command.js'
import { runningSystem } from '../running/running-system.js'
import { pathOf } from '../sources/actor-word.js'
import { outputWidth } from '../terminal/output.js'
import { redraw } from '../terminal/redraw.js'
import { type Sitting, sit, withSitting } from '../terminal/sitting.js'
import { isWrong } from '../text/actor-table.js'
import { paintOfOutput } from '../text/colours.js'
import { jsonText, line } from '../text/printable.js'
import { ORDERS, type Picture, pictureOf, topText } from '../text/top-text.js'

const HELP = `Usage: roscius top <folder> [--sort <by>] [--under <path>] [--limit <n>] [--every <seconds>] [--once] [--json]

What a running system does, and its actors, drawn every second until Ctrl-C, or until the system stops: events a second,
mail, restarts, budgets. The busiest come first.

  --sort <by>        rate (default), mailbox, restarts, budget, last, path
  --under <path>     only this actor, and those below it
  --limit <n>        at most so many; default: as many as there is room for, with --once 100, with --json all
  --every <seconds>  how often it is drawn; default 1
  --once             draws it once, as it does where standard output is no terminal
  --json             { pulse, rows }, one JSON object a line

It needs a running system that lets programs in (see serveControl and createConsole).

Exit code: 0 it has ended, 1 it has ended, and at its end an actor was failed, quarantined, restarting or missing, or the
system stood still by an error, 2 called wrongly, or it could not begin.
`

const OPTIONS = {
  sort: { type: 'string' },
  under: { type: 'string' },
  limit: { type: 'string' },
  every: { type: 'string' },
  once: { type: 'boolean' },
  json: { type: 'boolean' },
  ...HELP_OPTION,
} as const

const FORM: Form<typeof OPTIONS> = { help: HELP, options: OPTIONS, words: [1, 1] }

const MOST_AT_ONCE = 100

const settings = z.object({
  sort: z.enum(ORDERS).default('rate'),
  limit: z.coerce.number().int().min(1).max(10_000).optional(),
  every: z.coerce.number().min(0.1).max(3_600).default(1),
})

export async function topCommand(args: readonly string[], sitting?: Sitting): Promise<number> {
  return runCommand(FORM, args, ({ values, words: [folder = ''] }) =>
    withSitting(sitting, (own) => top(folder, values, own)),
  )
}

async function top(folder: string, values: Values<typeof OPTIONS>, sitting: Sitting): Promise<number> {
  const { sort, limit, every } = readOptions(settings, { sort: values.sort, limit: values.limit, every: values.every })
  const under = values.under === undefined ? undefined : pathOf(values.under)
  const system = await runningSystem(folder, 'actors are watched', { word: values.under })
  const { name } = await system.node()
  const isJson = values.json === true
  const isOnce = values.once === true || !(isJson || process.stdout.isTTY === true)
  const seen = new Seen()
  const draw = (): void => {
    const picture = seen.picture(name)
    if (picture !== undefined) show(pictureOf(picture, sort, limit ?? roomFor({ isOnce, isJson })), { isOnce, isJson })
  }
  const why = await sit(sitting, async (end, clock) => {
    let cancel = (): void => undefined
    const again = (): void => {
      draw()
      if (isOnce) end(undefined)
      else cancel = clock.schedule(again, every * 1_000)
    }
    seen.onWhole(again)
    const gone = (reason: string): void => end(`The system has stopped, or has closed its door: ${reason}`)
    const live = await watch(system, under, (frame) => seen.take(frame, end), gone)
    return [live, { close: () => cancel() }]
  })
  if (why !== undefined) process.stderr.write(`${line(why)}\n`)
  return seen.isWrong ? 1 : 0
}

interface Way {
  readonly isOnce: boolean
  readonly isJson: boolean
}

/** Lines that nobody would see need not be laid out. */
function roomFor({ isOnce, isJson }: Way): number {
  if (isJson) return Number.POSITIVE_INFINITY
  return isOnce ? MOST_AT_ONCE : (process.stdout.rows ?? MOST_AT_ONCE)
}

async function watch(
  system: ControlClient,
  under: string | undefined,
  take: (frame: LiveFrame) => void,
  gone: (why: string) => void,
): Promise<{ close(): void }> {
  const pulse = await system.live({ topic: 'pulse' }, take, gone)
  try {
    const tree = await system.live({ topic: 'tree', under }, take, gone)
    const close = (): void => {
      pulse.close()
      tree.close()
    }
    return { close }
  } catch (error) {
    pulse.close()
    throw error
  }
}

function show(picture: Picture, { isOnce, isJson }: Way): void {
  const { pulse, rows } = picture
  if (isJson) process.stdout.write(`${jsonText({ pulse, rows }, 0)}\n`)
  else if (isOnce) process.stdout.write(topText(picture, outputWidth(), paintOfOutput()))
  else redraw(topText(picture, outputWidth(), paintOfOutput()))
}

/** What the frames have told so far. */
class Seen {
  readonly #rows = new Map<string, ActorRow>()
  #pulse: Pulse | undefined
  #hasAll = false
  #whole: (() => void) | undefined

  /** Called once, when the first picture is complete. */
  onWhole(whole: () => void): void {
    this.#whole = whole
  }

  take(frame: LiveFrame, end: (why: string) => void): void {
    if (frame.kind === 'refused') end(frame.error.message)
    if (frame.kind === 'pulse') this.#pulse = frame.pulse
    if (frame.kind === 'rows') {
      for (const path of frame.gone) this.#rows.delete(path)
      for (const row of frame.rows) this.#rows.set(row.path, row)
      this.#hasAll ||= frame.isWhole
    }
    if (!this.#hasAll || this.#pulse === undefined) return
    const whole = this.#whole
    this.#whole = undefined
    whole?.()
  }

  picture(name: string): Picture | undefined {
    return this.#pulse === undefined ? undefined : { name, pulse: this.#pulse, rows: [...this.#rows.values()] }
  }

  get isWrong(): boolean {
    const { counts = {}, halted } = this.#pulse ?? {}
    return halted !== undefined || Object.entries(counts).some(([status, count]) => count > 0 && isWrong(status))
  }
}

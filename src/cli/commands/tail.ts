/** `roscius tail <folder> [path]`: what the actors of a running system do, as it happens. */
import { z } from 'zod'
import type { LiveFrame, TimelineItem } from '../../control/protocol/live.js'
import { type Form, HELP_OPTION, readOptions, runCommand, type Values } from '../command.js'
import { runningSystem } from '../running/running-system.js'
import { pathOf } from '../sources/actor-word.js'
import { outputWidth } from '../terminal/output.js'
import { type End, type Sitting, sit, withSitting } from '../terminal/sitting.js'
import { type Paint, paintOfOutput } from '../text/colours.js'
import { eventText } from '../text/event-text.js'
import { jsonText, line } from '../text/printable.js'
import { fitted } from '../text/text-width.js'
import { timeText } from '../text/times.js'

const HELP = `Usage: roscius tail <folder> [<path>] [--types <t,...>] [--kinds <k,...>] [--sample <n>] [--json]

What the actors of a running system do, from now on, until Ctrl-C, or until the system stops: one line for each event
that was handled, after its commit. Times are UTC, secrets are masked. With <path> only that actor, and those below it.
Where there are more than can be shown, some are left out: it is said how many.

  --types <t,...>  only events of these types
  --kinds <k,...>  unit: an event handled; effect; commit; notice: what the system tells of, as failures.
                   Default: unit,notice
  --sample <n>     of so many units one
  --json           one JSON object a line

It needs a running system that lets programs in (see serveControl and createConsole).

Exit code: 0 it has ended, 2 called wrongly, or it could not begin.
`

const OPTIONS = {
  types: { type: 'string' },
  kinds: { type: 'string', default: 'unit,notice' },
  sample: { type: 'string' },
  json: { type: 'boolean' },
  ...HELP_OPTION,
} as const

const FORM: Form<typeof OPTIONS> = { help: HELP, options: OPTIONS, words: [1, 2] }

const names = z.string().transform((text) => text.split(',').map((name) => name.trim()))
const filter = z.object({
  types: names.pipe(z.array(z.string().min(1).max(1_000)).max(50)).optional(),
  kinds: names.pipe(z.array(z.enum(['unit', 'commit', 'effect', 'notice']))),
  sample: z.coerce.number().int().min(1).max(1_000_000).optional(),
})

export async function tailCommand(args: readonly string[], sitting?: Sitting): Promise<number> {
  return runCommand(FORM, args, async ({ values, words: [folder = '', path] }) => {
    const why = await withSitting(sitting, (own) => tail(folder, path, values, own))
    if (why !== undefined) process.stderr.write(`${line(why)}\n`)
    return 0
  })
}

async function tail(
  folder: string,
  path: string | undefined,
  values: Values<typeof OPTIONS>,
  sitting: Sitting,
): Promise<End> {
  const { types, kinds, sample } = readOptions(filter, {
    types: values.types,
    kinds: values.kinds,
    sample: values.sample,
  })
  const topic = {
    topic: 'timeline',
    path: path === undefined ? undefined : pathOf(path),
    types,
    kinds,
    sample,
  } as const
  const system = await runningSystem(folder, 'actors do something', { word: path })
  const tell = teller(values.json === true, paintOfOutput())
  return sit(sitting, async (end) => {
    const live = await system.live(
      topic,
      (frame) => (frame.kind === 'refused' ? end(frame.error.message) : tell(frame)),
      (why) => end(`The system has stopped, or has closed its door: ${why}`),
    )
    return [live]
  })
}

function teller(isJson: boolean, paint: Paint): (frame: LiveFrame) => void {
  return (frame) => {
    if (frame.kind !== 'items') return
    const lines = frame.items.map((item) => (isJson ? jsonText(item, 0) : itemText(item, outputWidth(), paint)))
    if (lines.length > 0) process.stdout.write(`${lines.join('\n')}\n`)
    if (frame.lost > 0) process.stderr.write(`… ${frame.lost} left out\n`)
  }
}

function itemText(item: TimelineItem, width: number, paint: Paint): string {
  const [what, tone] = saidOf(item)
  const path = 'path' in item && item.path !== undefined ? `${placeText(item.path, width)}  ` : ''
  const text = fitted(`${timeText(item.atMs)}  ${path}${line(what.trimEnd(), 1_000)}`, width)
  return tone === undefined ? text : paint(text, tone)
}

/** The end of a path says more than its beginning; what happened says more than both. */
function placeText(path: string, width: number): string {
  const text = line(path, 10_000)
  const most = Math.max(12, Math.floor(width * 0.4))
  return text.length <= most ? text : `…${text.slice(1 - most)}`
}

function saidOf(item: TimelineItem): readonly [text: string, tone?: Parameters<Paint>[1]] {
  switch (item.kind) {
    case 'unit':
      return unitText(item)
    case 'commit':
      return [
        `commit ${item.commit}: ${item.units} units, ${item.operations} operations, ${milliseconds(item.ms)}`,
        'faint',
      ]
    case 'effect': {
      const took = item.ms === undefined ? '' : ` after ${milliseconds(item.ms)}`
      const text = `effect ${item.id} (${item.src}) ${item.status}, attempt ${item.attempt}${took}`
      return [text, item.status === 'failed' ? 'warning' : 'faint']
    }
    case 'notice':
      return [`${item.type}: ${item.text}`, LEVELS[item.level]]
  }
}

const LEVELS = { info: 'faint', warning: 'warning', error: 'bad' } as const

function unitText(item: Extract<TimelineItem, { kind: 'unit' }>): readonly [text: string, tone?: Parameters<Paint>[1]] {
  const { event, outcome, isMove, state } = item
  const after = outcome !== 'handled' ? `  ${outcome}` : isMove ? `  → ${state ?? ''}` : ''
  // Where it went is worth more than the fields, which may be long.
  const { type } = event
  return after === ''
    ? [eventText(event)]
    : [`${type}${after}  ${event.fields ?? ''}`, outcome === 'ignored' ? 'faint' : undefined]
}

const milliseconds = (ms: number): string => `${ms < 10 ? ms.toFixed(1) : Math.round(ms)} ms`

/** Notices as text for a terminal of 100 columns. */
import { styleText } from 'node:util'
import { type DeadLetter, isRosciusError } from 'roscius'
import type { Notice, Outlet, ShownEvent } from './notice.js'

type Style = 'bold' | 'dim' | 'green' | 'yellow' | 'red'
type Paint = (style: Style, text: string) => string

const COLUMNS = 100
const INDENT = '   '
/** Where the text of an event begins. */
const EVENT_COLUMN = 43
const PATH_WIDTH = 22

/** Writes each notice as text: events line by line, everything else set apart by empty lines. */
export function createTextOutlet(write: (text: string) => void, isColoured: boolean): Outlet {
  const paint: Paint = (style, text) => (isColoured ? styleText(style, text) : text)
  let wasApart = false
  return (notice) => {
    const isApart = notice.type !== 'deed' && notice.type !== 'event'
    write(`${isApart || wasApart ? '\n' : ''}${textOf(notice, paint)}\n`)
    wasApart = isApart
  }
}

function textOf(notice: Notice, paint: Paint): string {
  switch (notice.type) {
    case 'step':
      return `${paint('bold', `${notice.number}. ${notice.title}`)}\n${indented(notice.text)}`
    case 'deed':
      return `${INDENT}${timeOf(notice.at, paint)}  ${paint('bold', `> ${notice.text}`)}`
    case 'event':
      return `${INDENT}${timeOf(notice.at, paint)}  ${eventText(notice.event, paint)}`
    case 'tree':
      return indented(String(notice.tree))
    case 'explanation':
      return indented(String(notice.explanation))
    case 'deadLetter':
      return indented(letterText(notice.letter))
  }
}

/** Each line indented, and broken where it is too long. */
function indented(text: string): string {
  return text
    .split('\n')
    .flatMap((line) => (line === '' ? [''] : broken(`${INDENT}${line}`)))
    .join('\n')
}

function broken(line: string): readonly string[] {
  const at = line.length > COLUMNS ? line.lastIndexOf(' ', COLUMNS) : -1
  const margin = ' '.repeat(line.search(/\S/) + 2)
  return at <= margin.length ? [line] : [line.slice(0, at), ...broken(`${margin}${line.slice(at + 1)}`)]
}

/** The time of day, with ms. */
function timeOf(at: number, paint: Paint): string {
  return paint('dim', new Date(at).toISOString().slice(11, 23))
}

function eventText(event: ShownEvent, paint: Paint): string {
  const line = (style: Style, sign: string, path: string, text: string): string =>
    `${paint(style, sign)} ${path.padEnd(PATH_WIDTH)}  ${text}`
  switch (event.type) {
    case 'childFailed':
      return `${line('red', '✗', event.path, messageOf(event.error))}\n${paint('dim', decisionText(event))}`
    case 'childBackingOff':
      return line('yellow', '·', event.path, `waits ${event.delayMs} ms for its restart`)
    case 'childRestarted':
      return line('green', '↻', event.path, `is back, from its ${STATES[event.from]} state`)
    case 'childGivenUp':
      return line('red', '†', event.path, 'is given up')
    case 'groupRestarting':
      return line('yellow', '·', event.path, `${event.strategy}: stops and restarts ${event.children.join(', ')}`)
    case 'intensityExceeded':
      return line(
        'red',
        '▲',
        event.path ?? '',
        `more than ${event.maxRestarts} restarts in ${event.withinMs / 1_000} s`,
      )
    case 'rootFailed':
      return line('red', '†', '', `the root has failed: ${messageOf(event.error)}`)
    case 'deadLetter':
      return line('red', '†', event.path, `${JSON.stringify(event.event)} is a dead letter`)
  }
}

const STATES = { lastGood: 'last good', initial: 'initial' }

/** The messages of Roscius say what to do as well, at length. */
function messageOf(error: unknown): string {
  if (isRosciusError(error)) return error.code
  return error instanceof Error ? error.message : String(error)
}

function decisionText({ failureClass, decision, rule }: Extract<ShownEvent, { type: 'childFailed' }>): string {
  return `${' '.repeat(EVENT_COLUMN)}${failureClass}, so ${decision}; rule: ${rule}`
}

function letterText({ path, event, reason, failure }: DeadLetter): string {
  const { value, context } = (failure?.snapshot ?? {}) as { readonly value?: unknown; readonly context?: unknown }
  const rows = [
    ['dead letter', `${JSON.stringify(event)} for ${path}`],
    ['reason', reason],
    ['error', String(failure?.error)],
    ['state', `${JSON.stringify(value)}, context ${JSON.stringify(context)}`],
  ]
  return rows.map(([label = '', text]) => `${label.padEnd(13)}${text}`).join('\n')
}
